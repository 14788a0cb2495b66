"""A model as it would be sent: its release, the previews of its step, and the card for others to read."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dramatis.core.choice import choice_in
from dramatis.core.errors import ParameterError
from dramatis.core.tables import iter_rows
from dramatis.dataset.card import without_places
from dramatis.publish.contents import CARD, Contents, Entry, contents_sorted, visible
from dramatis.publish.dataset import read_card, same_license
from dramatis.publish.gate import gate_lines, of_lineage, of_places, of_scores
from dramatis.publish.header import joined
from dramatis.publish.lineage import lineage_lines, lineage_of
from dramatis.publish.params import PublishParams

RELEASES, PREVIEWS = Path("models/release"), Path("data/previews")
DRAWN = "previews"
"""Folder of the previews at the place."""
ON_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
"""A base that the hub knows, `<user>/<name>`."""
WIDGETS = 4
"""Previews that the hub shows beside the model."""
SHOWN = ("preview_id", "purpose", "characters", "prompt", "negative", "seed")

Facts = Mapping[str, Any]


def model_contents(
    run: str, runs: Sequence[str], said_license: str | None, limits: PublishParams, project: Path = Path()
) -> Contents:
    """The release of a run.

    Args:
        run: which.
        runs: all of params.yaml.
        said_license: `release.license` of params.yaml, which the card must say too.
        limits: section `publish`.
        project: top folder of the project.

    Raises:
        ParameterError: there is no such run, or the card says another licence than params.yaml.
        MissingError: the run has no release, no score or no previews.
        InputError: one of them is damaged, or not what its stage made.
    """
    if run not in runs:
        raise ParameterError(run, f"there is no such run, there are {', '.join(runs) or 'none'}", "Name one of these")
    release = RELEASES / run
    header, text = read_card(project / release, f"release@{run}")
    license_id = same_license(header, said_license, "release.license", project / release / CARD, f"release@{run}")
    score = choice_in(project, run)
    drawn = _previews(project / PREVIEWS / run / "previews.parquet", run, score["best_step"])
    lineage = lineage_of([release], project)
    entries = [*visible(project / release), *_pictures(drawn)]
    findings = [*of_scores(score, limits), *of_lineage(lineage), *of_places(entries, project, Path.home())]
    lines = [*_asked(score, limits), *gate_lines(findings), *_files(run, len(drawn), score["best_step"])]
    lines += lineage_lines(lineage) if lineage else []
    base = str(header.get("base_model", ""))
    text = text.replace(base, str(without_places(base))) if base else text
    entries.append(Entry(CARD, _card(_front(header, drawn, project), text, lines).encode()))
    return Contents(
        kind="model",
        title=f"run {run}",
        files=contents_sorted(entries),
        outs=(release,),
        license=license_id,
        license_key="release.license",
        findings=tuple(findings),
        replaced=(f"{DRAWN}/*", "pipeline/*", "controlnet/*"),
        usage=f"hf download {{repo}} --local-dir {release}",
    )


def _previews(file: Path, run: str, step: int) -> list[dict[str, Any]]:
    return [row for row in iter_rows(file, f"preview@{run}") if row["step"] == step]


def _pictures(drawn: Sequence[Facts]) -> list[Entry]:
    """Each preview, and a list of what they were drawn from."""
    if not drawn:
        return []
    told = [{key: row[key] for key in SHOWN} | {"file": f"{row['preview_id']}.png"} for row in drawn]
    listed = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    entries = [Entry(f"{DRAWN}/{row['preview_id']}.png", row["image"]) for row in drawn]
    return [*entries, Entry(f"{DRAWN}/previews.json", listed.encode())]


def _front(header: Facts, drawn: Sequence[Facts], project: Path) -> dict[str, Any]:
    """The header as the hub takes it: a base only if it is one of the hub's, some previews beside the model."""
    front = dict(header)
    base = str(front.get("base_model", ""))
    if not ON_HUB.fullmatch(base) or (project / base).exists():
        front.pop("base_model", None)
    front["pipeline_tag"] = "text-to-image"
    front["tags"] = [*front.get("tags", []), "dramatis"]
    asked = [row for row in drawn if row["purpose"] not in ("forget", "guard")]
    by_prompt = {row["prompt"]: row for row in reversed(asked)}
    shown = sorted(by_prompt.values(), key=lambda row: row["preview_id"])[:WIDGETS]
    if shown:
        front["widget"] = [
            {"text": row["prompt"], "output": {"url": f"{DRAWN}/{row['preview_id']}.png"}} for row in shown
        ]
    return front


def _card(front: Facts, text: str, lines: Sequence[str]) -> str:
    return joined(front, text.rstrip("\n") + "\n\n" + "\n".join(lines))


def _asked(score: Facts, limits: PublishParams) -> list[str]:
    """The figures that a model is let through by."""
    if None in (score.get("recscore"), score.get("copy_risk")):
        return []
    return [
        "## What was asked of it",
        "",
        f"Recscore of at least {limits.min_recscore:g}: it has {score['recscore']:.2f}. Copy risk of at most "
        f"{limits.max_copy_risk:g}: it has {score['copy_risk']:.2f}.",
        "",
    ]


def _files(run: str, count: int, step: int) -> list[str]:
    told = f"`{DRAWN}/` holds the {count} previews of step {step}, `{DRAWN}/previews.json` the prompt and seed of each."
    return [
        "## Files",
        "",
        f"The code above looks for these files in `{RELEASES / run}`; the base is not among them. "
        f"{told if count else ''}".rstrip(),
        "",
    ]
