"""The dataset card: what `load_dataset` needs, and what a person wants to know."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

Row = Mapping[str, Any]
SPLITS = ("train", "validation", "regularization")
STAGES = ("full", "upper", "head")


def card(
    splits: Mapping[str, Sequence[Row]],
    characters: Sequence[Row],
    left_out: Sequence[Row],
    sources: Mapping[str, str],
    license_id: str | None,
) -> str:
    """The text of README.md.

    Args:
        splits: rows of each split; their pictures are not looked at.
        characters: rows of the cast, also of those without a picture.
        left_out: rows of LEFT_OUT.
        sources: file name of each video.
        license_id: SPDX id; None leaves the licence open.
    """
    parts = [
        _header(license_id, [split for split in SPLITS if splits[split]]),
        "# The cast, captioned\n",
        f"{len(splits['train'])} pictures for training, {len(splits['validation'])} held out, "
        f"{len(splits['regularization'])} for regularization. `image` is the picture, `caption` the text to train "
        "with, `weight` how often a picture counts in its split; `frame_id` and `time_code` say where in the video "
        "it was.\n",
        '```python\ndatasets.load_dataset("data/dataset")\n```\n',
        "## Characters\n",
        _characters(splits, characters),
        _notes(splits, characters),
        "Held-out pictures come from shots of which training has no picture at all. They were chosen before any "
        "variant was made; variants of them are not used.\n",
        "## Buckets\n",
        _table(("bucket", *SPLITS), ((b, *(_count(splits[s], bucket=b) for s in SPLITS)) for b in _buckets(splits))),
        "## Videos\n",
        _table(
            ("video", "file", *SPLITS[:2]),
            ((v, file, *(_count(splits[s], video=v) for s in SPLITS[:2])) for v, file in sources.items()),
        ),
        "## Left out\n",
        _left_out(left_out),
    ]
    return "\n".join(part for part in parts if part)


def _header(license_id: str | None, filled: Sequence[str]) -> str:
    """The YAML that `load_dataset` reads. It cannot load a split without rows, so an empty one is not named."""
    files = [{"split": split, "path": f"{split}.parquet"} for split in filled]
    header: dict[str, Any] = {"license": license_id} if license_id else {}
    header |= {"task_categories": ["text-to-image"], "configs": [{"config_name": "default", "data_files": files}]}
    return f"---\n{yaml.safe_dump(header, sort_keys=False)}---\n"


def _characters(splits: Mapping[str, Sequence[Row]], characters: Sequence[Row]) -> str:
    columns = [(split, stage) for split in SPLITS[:2] for stage in STAGES]
    rows = (
        (
            row["character"],
            row["display"],
            row["trigger"],
            *(_count(splits[split], character=row["character"], stage=stage) for split, stage in columns),
            _count(splits["train"], character=row["character"], origin="augment"),
        )
        for row in characters
    )
    heads = ("key", "name", "trigger", *(f"{split}: {stage}" for split, stage in columns), "of them variants")
    return _table(heads, rows)


def _notes(splits: Mapping[str, Sequence[Row]], characters: Sequence[Row]) -> str:
    """A line on each character with nothing to train with, or nothing held out."""
    lines = []
    for row in characters:
        name = row["character"]
        if not _count(splits["train"], character=name):
            lines.append(f"- **{name}** has no picture for training.")
        elif not _count(splits["validation"], character=name):
            shots = len({(one["video"], one["shot"]) for one in splits["train"] if one["character"] == name})
            why = "it is seen in a single shot" if shots == 1 else "no shot of its own could be spared"
            lines.append(f"- **{name}** has no picture held out: {why}. It cannot be scored.")
    return "\n".join([*lines, ""]) if lines else ""


def _left_out(left_out: Sequence[Row]) -> str:
    counts = Counter((row["character"], row["reason"]) for row in left_out)
    names = sorted({row["character"] for row in left_out})
    reasons = sorted({row["reason"] for row in left_out})
    return _table(("reason", *names), ((reason, *(counts[name, reason] for name in names)) for reason in reasons))


def _buckets(splits: Mapping[str, Sequence[Row]]) -> list[str]:
    return sorted({row["bucket"] for rows in splits.values() for row in rows})


def _count(rows: Sequence[Row], **values: Any) -> int:
    return sum(all(row[name] == value for name, value in values.items()) for row in rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"
