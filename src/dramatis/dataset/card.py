"""The dataset card: what `load_dataset` needs, and what a person wants to know."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import yaml

from dramatis.core.splits import PLAN_FILE
from dramatis.dataset.schema import CONFIGS, SPLITS

Row = Mapping[str, Any]
STAGES = ("full", "upper", "head")
WHAT = {
    "characters": "crops of one character each (full, upper, head), and variants of them in other light",
    "scenes": "whole frames with everybody who was named",
    "composites": "several characters joined in one picture",
    "control": "crops with control images beside them, for a ControlNet",
    "regularization": "class pictures, which show nobody of the cast",
}
PEOPLE = {
    "real": "**These are pictures of real people.** Their rights in their likeness stand beside the rights in the "
    "video, whatever the licence. Ask them, or know why you need not, before you share the pictures or anything "
    "trained on them. Do not use either to make somebody seem to do or say what they did not.",
    "drawn": "The characters are drawn.",
    None: "Nobody said whether they show real people (`dataset.people`). If they do, ask them before you share any.",
}


@dataclass(frozen=True)
class Facts:
    """What a card says.

    Attributes:
        figures: what `figures.figures` found.
        cast: rows of CHARACTERS, also of those without a picture.
        shots: by character, the shots of its training pictures.
        coverage: rows of COVERAGE.
        left_out: rows of LEFT_OUT.
        sources: what `source.json` says of each video.
        videos: by configuration and video, how many pictures are of it.
        warnings: lines on buckets with too few pictures.
        sections: the sections of the parameters that made it.
        license: SPDX id; None leaves the licence open.
        people: real, drawn or None.
    """

    figures: Mapping[str, Any]
    cast: Sequence[Row]
    shots: Mapping[str, int]
    coverage: Sequence[Row]
    left_out: Sequence[Row]
    sources: Mapping[str, Row]
    videos: Mapping[str, Mapping[str, int]]
    warnings: Sequence[str]
    sections: Mapping[str, Any]
    license: str | None
    people: str | None


def card(facts: Facts) -> str:
    """The text of README.md."""
    pictures = facts.figures["pictures"]
    parts = [
        _header(facts.license, pictures),
        "# The cast, captioned\n",
        "`image` is the picture, `caption` the text to train with; `frame_id` and `time_code` say where in the video "
        "it was, `parents` what it was made of.\n",
        _contents(facts.figures),
        '```python\ndatasets.load_dataset("<this folder>", "characters")  # or another configuration\n```\n',
        f"`{PLAN_FILE}` (configuration `plan`) is how often each training picture is seen in an epoch, and in which "
        "bucket.\n",
        "## Characters\n",
        _characters(facts),
        _notes(facts),
        "Held-out pictures come from shots of which training has no picture at all. They were chosen before anything "
        "was made of pictures, and nothing is made of them but control images, which are held out too. It was checked "
        "that no training picture is of a held-out frame or shot, or repeats a held-out picture.\n",
        "## Known gaps\n",
        _gaps(facts.coverage),
        "## Buckets\n",
        _buckets(facts),
        "## Videos\n",
        _videos(facts),
        "## Left out\n",
        _left_out(facts.left_out),
        "## Rights\n",
        f"Licence: {facts.license or 'not said. Nobody but their owner can say what the pictures may be used for'}.\n",
        PEOPLE[facts.people] + "\n",
        "## How it was made\n",
        "By Dramatis, in the project that this folder is an output of: `dvc repro pipelines/dataset/dvc.yaml:dataset` "
        "makes it again from the videos above, with these parameters and those of the stages before in `params.yaml`; "
        "`dvc pull data/dataset` only fetches it.\n",
        f"```yaml\n{_parameters(facts.sections)}```\n",
    ]
    return "\n".join(part for part in parts if part)


def without_places(value: Any) -> Any:
    """Parameters without the places of this machine: of an absolute path the last part."""
    if isinstance(value, Mapping):
        return {key: without_places(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_places(item) for item in value]
    if isinstance(value, str) and (value.startswith("~") or PurePosixPath(value).is_absolute()):
        return PurePosixPath(value).name
    if isinstance(value, str) and PureWindowsPath(value).is_absolute():
        return PureWindowsPath(value).name
    return value


def _parameters(sections: Mapping[str, Any]) -> str:
    return yaml.safe_dump(
        without_places(sections), sort_keys=False, allow_unicode=True, default_flow_style=None, width=120
    )


def _header(license_id: str | None, pictures: Mapping[str, Mapping[str, int]]) -> str:
    """The YAML that `load_dataset` reads. It cannot load a split without rows, so an empty one is not named."""
    configs = [
        {
            "config_name": config,
            **({"default": True} if config == "characters" else {}),
            "data_files": [
                {"split": split, "path": f"{config}/{split}/*.parquet"}
                for split in SPLITS
                if pictures[config].get(split)
            ],
        }
        for config in CONFIGS
        if config in pictures
    ]
    configs.append({"config_name": "plan", "data_files": [{"split": "train", "path": PLAN_FILE}]})
    header: dict[str, Any] = {"license": license_id} if license_id else {}
    header |= {"task_categories": ["text-to-image"], "configs": configs}
    return f"---\n{yaml.safe_dump(header, sort_keys=False)}---\n"


def _contents(figures: Row) -> str:
    pictures, epoch = figures["pictures"], figures["epoch"]
    rows = (
        (f"`{c}`", WHAT[c], *(pictures[c].get(split, 0) for split in SPLITS), _number(epoch.get(c, 0)))
        for c in CONFIGS
        if c in pictures
    )
    return _table(("configuration", "pictures", *SPLITS, "seen in an epoch"), rows)


def _characters(facts: Facts) -> str:
    found = facts.figures["characters"]
    empty: Row = {split: {} for split in SPLITS} | {"variants": 0, "epoch": 0}
    columns = [(split, stage) for split in SPLITS for stage in STAGES]
    rows = []
    for row in facts.cast:
        own = found.get(row["character"], empty)
        counts = (own[split].get(stage, 0) for split, stage in columns)
        rows.append((row["character"], row["display"], row["trigger"], *counts, own["variants"], _number(own["epoch"])))
    heads = ("key", "name", "trigger", *(f"{split}: {stage}" for split, stage in columns))
    return _table((*heads, "variants", "seen in an epoch"), rows)


def _notes(facts: Facts) -> str:
    """A line on each character with nothing to train with, or nothing held out."""
    lines = []
    for row in facts.cast:
        name = row["character"]
        own = facts.figures["characters"].get(name)
        if not own or not own["train"]:
            lines.append(f"- **{name}** has no picture for training.")
        elif not own["validation"]:
            single = facts.shots[name] == 1
            why = "it is seen in a single shot" if single else "no shot of its own could be spared"
            lines.append(f"- **{name}** has no picture held out: {why}. It cannot be scored.")
    return "\n".join([*lines, ""]) if lines else ""


def _gaps(coverage: Sequence[Row]) -> str:
    """What stage `selection` advises."""
    lines = []
    for row in coverage:
        if row["advice"]:
            size = (row["size_class"] or "no picture").replace("_", "-")
            lines.append(f"- **{row['character']}** ({size}): {'; '.join(row['advice'])}.")
    return "\n".join([*lines, ""]) if lines else "None that stage `selection` knows of.\n"


def _buckets(facts: Facts) -> str:
    rows = (
        (name, about["pictures"], f"{about['cut_share']:.1%}", f"{about['most_cut']:.1%}")
        for name, about in facts.figures["buckets"].items()
    )
    lines = [_table(("bucket", "training pictures", "cut off of them", "most of one"), rows)]
    lines += [f"- {line}.\n" for line in facts.warnings]
    share = ", ".join(f"{config} {value:.1%}" for config, value in facts.figures["cut_share"].items())
    cut = {config: count for config, count in facts.figures["faces_cut"].items() if count}
    told = ", ".join(f"{count} of {config}" for config, count in cut.items())
    faces = f"No bucket holds the whole face, or all faces, of {told}" if cut else "No face is cut"
    if cut.keys() & {"scenes", "composites"}:
        faces += "; scenes and composites among them are never seen, as their captions name who would be cut off"
    lines.append(f"A picture is scaled until it covers its bucket, then cut beside the faces: {share}. {faces}.\n")
    return "\n".join(lines)


def _videos(facts: Facts) -> str:
    configs = [config for config in ("characters", "scenes") if config in facts.figures["pictures"]]
    rows = (
        (video, about["sha256"], about["bytes"], *(facts.videos.get(config, {}).get(video, 0) for config in configs))
        for video, about in facts.sources.items()
    )
    folders = any(about["kind"] == "folder" for about in facts.sources.values())
    note = "Of a folder: sha256 of the sorted lines `<sha256>  <path>` of its files.\n" if folders else ""
    return "\n".join([_table(("video", "sha256 of the file", "bytes", *configs), rows), note])


def _left_out(left_out: Sequence[Row]) -> str:
    if not left_out:
        return "Nothing.\n"
    counts = Counter((row["character"] or row["stage"], row["reason"]) for row in left_out)
    names = sorted({name for name, _ in counts})
    reasons = sorted({reason for _, reason in counts})
    return _table(("reason", *names), ((reason, *(counts[name, reason] for name in names)) for reason in reasons))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
