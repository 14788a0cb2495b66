"""`dramatis merge --search`: the ratio of two checkpoints by the score rather than by eye."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml

from dramatis.cli.merge import (
    MERGED_STEP,
    Chosen,
    check_bases,
    check_free,
    family_of_sources,
    merged_run,
    read_source,
)
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.params import PARAMS, read_yaml
from dramatis.core.tables import whole_folder, write_json
from dramatis.diffusion.merge import Source, golden_section, merge
from dramatis.train.schema import RUN_FILE, checkpoint_name

TABLE = "search.json"
"""Beside run.json of the result: ratio, step, recscore with its interval, identified, control of each candidate."""
GRAIN = 1000
"""A candidate goes by a step: 1 + its ratio in thousandths, as step 0 is the bare base."""

Search = Literal["grid", "golden"]


def step_of_ratio(ratio: float) -> int:
    """Step by which a candidate goes: 1 at ratio 0, 1001 at ratio 1."""
    return 1 + round(GRAIN * ratio)


def in_ratios(reason: str) -> str:
    """What stage score says of steps, said of the ratios that go by them."""
    return re.sub(
        r"([Ss])tep (\d+)",
        lambda found: f"{'R' if found[1] == 'S' else 'r'}atio {(int(found[2]) - 1) / GRAIN:g}",
        reason,
    )


def search(words: Sequence[str], out: Path, how: Search, count: int, rank: int | None, force: bool) -> list[str]:
    """Draws and scores merges of two checkpoints over one ratio, by the stages preview and score of this project.

    The best is chosen as stage score chooses a step; of equals that with least of the second.

    Args:
        words: the two checkpoints, without ratios.
        out: folder of the merged run, with the best candidate as its only checkpoint.
        how: grid: evenly from 0 to 1; golden: golden section on what the runs are for, each candidate by the last ones.
        count: of candidates.
        rank: of a merged LoRA; None is exact.
        force: whether `out` may be written over.

    Returns:
        Lines that say what was found.

    Raises:
        ParameterError: not two checkpoints, or there is something at `out`.
        InputError: they do not fit each other, or a stage failed.
    """
    chosen = _two(words, count)
    check_free(out, chosen, force)
    place = Path("work/merge") / out.name
    shutil.rmtree(place, ignore_errors=True)
    models = scratch_project(place, out.name, chosen)
    tried: dict[float, dict[str, Any]] = {}

    def value(ratios: Sequence[float]) -> dict[str, Any]:
        for ratio in ratios:
            _candidate(models, chosen, ratio, rank)
        verdict = judged(place, out.name)
        for ratio in [*tried, *ratios]:
            tried[ratio] = verdict["by_step"][checkpoint_name(step_of_ratio(ratio))]
        return verdict

    verdict = ratios_tried(how, count, value, tried)
    best = next(ratio for ratio in sorted(tried) if step_of_ratio(ratio) == verdict["best_step"])
    rows = [_row(ratio, tried[ratio]) for ratio in sorted(tried)]
    with whole_folder(out) as folder:
        shutil.copytree(models / checkpoint_name(step_of_ratio(best)), folder / checkpoint_name(MERGED_STEP))
        write_json(merged_run(out.name, chosen, _sources(chosen, best), MERGED_STEP), folder / RUN_FILE)
        write_json(rows, folder / TABLE)
    return [*_table(rows), f"{out}: {words[0]} {1 - best:g}, {words[1]} {best:g}. {in_ratios(verdict['reason'])}"]


def _two(words: Sequence[str], count: int) -> list[Chosen]:
    """The two checkpoints that are searched between."""
    if len(words) != 2 or count < 2:
        raise ParameterError("--search", "it needs two checkpoints and two candidates at least", "Name two")
    chosen = [read_source(word) for word in words]
    if any(one.ratio is not None for one in chosen) or not all(one.run for one in chosen):
        raise ParameterError(
            " ".join(words), "the ratio is what is searched, between runs of this project", "Name runs"
        )
    check_bases(chosen, None)
    return chosen


def _table(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Lines of what was tried."""
    keys = ("recscore", "identified", "control")
    lines = [[f"{row['ratio']:g}", *(_number(row[key]) for key in keys)] for row in rows]
    return [f"{ratio:>6} {a:>9} {b:>10} {c:>8}" for ratio, a, b, c in [["ratio", *keys], *lines]]


def ratios_tried(
    how: Search,
    count: int,
    value: Callable[[Sequence[float]], dict[str, Any]],
    tried: dict[float, dict[str, Any]],
) -> dict[str, Any]:
    """The verdict after all candidates; `value` adds those that it is given to `tried`."""
    if how == "grid":
        return value([index / (count - 1) for index in range(count)])
    ratios = golden_section(count)
    ratio, verdict = round(next(ratios) * GRAIN) / GRAIN, {}
    while True:
        if ratio not in tried:
            verdict = value([ratio])
        try:
            ratio = round(ratios.send(worth(tried[ratio])) * GRAIN) / GRAIN
        except StopIteration:
            return verdict


def worth(score: dict[str, Any]) -> float:
    """By what golden section goes: what the runs are for, more is better."""
    if score.get("pose_error") is not None:
        return 1 - score["pose_error"]
    return score["style_gain"] if score.get("recscore") is None else score["recscore"]


def _sources(chosen: Sequence[Chosen], ratio: float) -> list[Source]:
    return [
        Source(folder, share / len(one.folders))
        for one, share in zip(chosen, (1 - ratio, ratio), strict=True)
        for folder in one.folders
    ]


def _candidate(models: Path, chosen: Sequence[Chosen], ratio: float, rank: int | None) -> None:
    sources = _sources(chosen, ratio)
    step = step_of_ratio(ratio)
    merge(sources, models / checkpoint_name(step), family_of_sources(chosen, sources), rank)
    write_json(merged_run(models.name, chosen, sources, step), models / RUN_FILE)


def scratch_project(place: Path, name: str, chosen: Sequence[Chosen]) -> Path:
    """A scratch project in which the candidates are the checkpoints of a run: links to this one, and its own outputs.

    The stages run as they are, so what they say of a merged run is what they say of a trained one.
    """
    own = {"data": {"previews", "scores"}, "models": {name}, "metrics": set(), "work": set(), PARAMS.name: set()}
    place.mkdir(parents=True)
    for entry in sorted(Path().iterdir()):
        if entry.name not in own and not entry.name.startswith("."):
            (place / entry.name).symlink_to(entry.resolve())
    for folder in ("data", "models"):
        (place / folder).mkdir()
        for entry in sorted(Path(folder).iterdir()):
            if entry.name not in own[folder]:
                (place / folder / entry.name).symlink_to(entry.resolve())
    run = chosen[0].run or {}
    characters = list(dict.fromkeys(key for one in chosen for key in (one.run or {})["characters"]))
    spec = {"method": run["method"], "characters": characters, "base": run["base"], "clip_skip": run["clip_skip"]}
    params = read_yaml(PARAMS) | {"runs": {name: spec}}
    (place / PARAMS.name).write_text(yaml.safe_dump(params, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (place / "models" / name).mkdir()
    return place / "models" / name


def judged(place: Path, name: str) -> dict[str, Any]:
    """What stage score says of the candidates, after stage preview drew them.

    Raises:
        InputError: a stage failed; its last words are in the message.
    """
    sources = str(Path(__file__).parents[2])
    for stage in ("preview", "score"):
        done = subprocess.run(
            [sys.executable, f"stages/{stage}.py", name],
            cwd=place,
            env=os.environ | {"PYTHONPATH": sources},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.strip()][-1:] or ["no word"]
            raise InputError(
                f"stage {stage} of {name}", said[0].removeprefix("error: "), "Mend that, then search again"
            )
    return json.loads((place / "data" / "scores" / name / "verdict.json").read_text())


def _row(ratio: float, score: dict[str, Any]) -> dict[str, Any]:
    low, high = score.get("interval") or (None, None)
    kept = {key: score.get(key) for key in ("recscore", "identified", "control")}
    return {"ratio": ratio, "step": step_of_ratio(ratio), "low": low, "high": high, **kept}


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
