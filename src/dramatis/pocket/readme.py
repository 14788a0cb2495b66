"""`models/pocket/README.md`: what each pocket model is and what it reaches, from the measurements."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dramatis.core.errors import MissingError

SECTIONS = {
    "blur": "Blur of a face, in `blur/` (two dense layers on gradients; `dramatis.quality.blur`)",
    "detector": "Detector of faces, heads, half bodies and people, in `detect/` (YOLOv8 layout)",
    "embedder": "Embedder that never saw a generated picture, in `ccip-clean/` (CCIP layout)",
    "judge": "Embedder in use, gone on with on pictures that the generator gave back, in `ccip/` (CCIP layout)",
    "landmarks": "68 points of a face, in `landmarks/` (heatmaps; `dramatis.backends.landmarks.heatmap_onnx`)",
    "tagger": "Tagger, in `wd14/` (WD14 layout)",
    "text_to_image": "Text to image, in `sd/` (diffusers folder, 64 px)",
}
HEADER = """\
# Pocket models

Small models in real formats, trained by this project alone on characters that its own renderer draws. The seeds of
those characters are other than any film's. `make pocket` rebuilds all of them with the parameters in `params.yaml`;
this file is generated from the measurements in `metrics/` by `python models/pocket/stages/readme.py`.
All figures are of pictures that no training saw.

The autoencoder, the base and the embedders were trained in several goes, each raising `steps`, so their learning rates
rose again in between: a rebuild in one go gives models of the same kind and not the same bytes. The base knows 40
people by the names in `KNOWN_NAMES` (`src/dramatis/pocket/pictures.py`), as real base models know the famous; all other
names mean nothing to it.
"""
GRID = """
Prompts of the grid: black, brown, blonde, red, blue, green, pink and white hair from top to bottom; meadow, forest,
city, beach, room, night, snow and sunset from left to right; all else as in unseen pictures.

![Grid of 8 × 8 prompts](grid.png)
"""


def write_readme(metrics: Path, out: Path) -> None:
    """Writes the file from `<section>.json` of each section.

    Raises:
        MissingError: a measurement is missing.
    """
    parts = [HEADER]
    for name, title in SECTIONS.items():
        file = metrics / f"{name}.json"
        if not file.is_file():
            raise MissingError(str(file), "there is no such measurement", f"Run models/pocket/stages/{name}.py first")
        parts += [f"\n## {title}\n", *tables(json.loads(file.read_text()))]
    out.write_text("\n".join([*parts, GRID]).rstrip("\n") + "\n")


def tables(measured: Mapping[str, Any], title: str = "") -> list[str]:
    """Markdown tables of nested measurements: plain figures first, then those of each part that holds more.

    Parts whose values are all groups of plain figures become one table, with a column for each group.
    """
    plain = {key: value for key, value in measured.items() if not isinstance(value, Mapping)}
    nested = {key: value for key, value in measured.items() if isinstance(value, Mapping)}
    found = [table(title or "measure", {"value": plain})] if plain else []
    for key, value in nested.items():
        name = f"{title} {key}".strip().replace("_", " ")
        groups = [item for item in value.values() if isinstance(item, Mapping)]
        flat = groups and all(not isinstance(item, Mapping) for group in groups for item in group.values())
        found += [table(name, value)] if flat and len(groups) == len(value) else tables(value, name)
    return found


def table(title: str, columns: Mapping[str, Mapping[str, Any]]) -> str:
    """One Markdown table: a row for each key, a column for each group."""
    rows = list(dict.fromkeys(key for group in columns.values() for key in group))
    lines = [f"| {title} | {' | '.join(_words(column) for column in columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {_words(row)} | {' | '.join(_said(group.get(row)) for group in columns.values())} |" for row in rows]
    return "\n".join(lines) + "\n"


def _words(key: str) -> str:
    return key.replace("_", " ")


def _said(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
    return ", ".join(map(_said, value)) if isinstance(value, list) else str(value)
