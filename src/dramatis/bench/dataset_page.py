"""`docs/dataset.md`: the figures of the dataset with their bars, and two of its sheets."""

from collections.abc import Mapping
from typing import Any

from dramatis.bench.bars import bar_lines, least, most, shown

HEADER = """\
# The dataset: what is measured

Written by `make benchmark-dataset`; a figure that misses its bar says so. It looks at the sample film, the truth of
which is known, and at 20,000 pictures made of the test media.
"""

BARS = {
    "leaks": most(0, "held-out pictures of which training has a near copy, the frame, or something made of them"),
    "name_order": least(1, "captions with the right names in the right order"),
    "tag_f1": least(0.85, "F1 of automatic tags, against what was drawn"),
    "landmark_error": most(0.04, "mean distance of drawn landmarks from the truth [diagonals of the face]"),
    "composite_found": least(0.95, "composites in which detector, embedder and tagger find everybody in their places"),
    "gb_20k": most(3, "memory of stage `dataset` on 20,000 pictures [GB]"),
    "io_ratio_20k": least(0.7, "its speed, to reading and writing the same bytes"),
}
"""Every figure that has a bar."""
SHOWN = {"composites": "Composites with their captions", "control": "Crops and their control images"}
"""Configurations whose sheets stand in the documents."""


def page(found: Mapping[str, Any]) -> str:
    """Markdown."""
    opened = ", ".join(f"`{name}`" for name in found["formats_opened"])
    others = sorted(name for name in found if name not in (*BARS, "formats_opened"))
    return "\n".join(
        [
            HEADER,
            *bar_lines(BARS, found),
            "",
            f"Formats opened by their readers: {opened} ([formats.md](formats.md)).",
            "",
            "What these are made of, and what lies beside them:",
            "",
            "| figure | reached |",
            "|---|---|",
            *(f"| `{name}` | {shown(found[name])} |" for name in others),
            "",
            "## What it looks like",
            "",
            "`dramatis sheet dataset` writes a page for each configuration. Two of them:",
            *(f"\n![{title}]({sheet_name(config)})" for config, title in SHOWN.items()),
            "",
        ]
    )


def sheet_name(config: str) -> str:
    """File name of the sheet of a configuration, in `docs/`."""
    return f"dataset-{config}.png"
