"""Writes what people look at: the grid as pictures, and the page with its sheets."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from dramatis.core.images import Image, decode, encode_jpeg, encode_png, resize
from dramatis.preview.grid import Row, grid, pages, shown_steps
from dramatis.preview.prompts import Request

ROWS, COLUMNS = 36, 12
"""Of a page of the grid at most."""
SHEET_PX = 320
"""Longer side of a picture on the page at most."""
NAMES = {
    "tags": "as in the training captions",
    "fixed": "the same for everybody",
    "guard": "steered away from composites",
    "pair": "several people",
    "forget": "nobody of the run",
    "control": "after a control image",
}
"""Headings by purpose."""


def column_name(step: int) -> str:
    """What stands above the pictures of a step."""
    return "base" if step == 0 else f"step {step}"


def by_prompt(wanted: Sequence[Request]) -> dict[str, list[Request]]:
    """The pictures of each prompt in order of their numbers, by `<purpose>-<who>-<prompt:02d>`."""
    found: dict[str, list[Request]] = {}
    for request in wanted:
        found.setdefault(request.key.rsplit("-", 1)[0], []).append(request)
    return found


def write_grids(drawn: Mapping[int, Path], wanted: Sequence[Request], folder: Path) -> None:
    """Writes `grid.png`, and `grid-02.png` and so on where it has more pages: the first picture of every prompt.

    Args:
        drawn: folder of `<key>.png` by step, the base first.
        wanted: every picture of a step, kind by kind.
        folder: where to write.
    """
    firsts = [several[0] for several in by_prompt(wanted).values()]
    steps = shown_steps(list(drawn), COLUMNS)
    for number, page in enumerate(pages(len(firsts), ROWS), 1):
        rows = [
            Row(NAMES[first.purpose], first.prompt, [_picture(drawn[step], first) for step in steps])
            for first in firsts[page.start : page.stop]
        ]
        name = "grid.png" if number == 1 else f"grid-{number:02d}.png"
        (folder / name).write_bytes(encode_png(grid(rows, [column_name(step) for step in steps])))


def write_page(
    drawn: Mapping[int, Path], wanted: Sequence[Request], about: Mapping[str, Any], negative: str, folder: Path
) -> None:
    """Writes `page.html` and its sheets: for each prompt a picture with a row for each number, a column for each step.

    Args:
        drawn: folder of `<key>.png` by step, the base first.
        wanted: every picture of a step, kind by kind.
        about: run, method, base, and the trigger word of each character.
        negative: that of prompts which have none of their own.
        folder: where to write.
    """
    sheets = folder / "sheets"
    sheets.mkdir()
    prompts = []
    for key, several in by_prompt(wanted).items():
        first = several[0]
        cells = [[_small(_picture(at, one)) for at in drawn.values()] for one in several]
        (sheets / f"{key}.jpg").write_bytes(encode_jpeg(np.vstack([np.hstack(row) for row in cells])))
        if first.control:
            (sheets / f"{key}-control.jpg").write_bytes(encode_jpeg(_small(first.control.image)))
        prompts.append(
            {
                "key": key,
                "purpose": first.purpose,
                "characters": first.characters,
                "prompt": first.prompt,
                "negative": negative if first.negative is None else first.negative,
                "wanted": first.wanted,
                "seeds": [str(one.seed) for one in several],  # as text: numbers of 63 bits are too long for a browser
                "size": cells[0][0].shape[1::-1],
                "control": first.control is not None,
            }
        )
    shown = {**about, "steps": list(drawn), "prompts": prompts, "purposes": NAMES}
    text = json.dumps(shown, ensure_ascii=False).replace("<", "\\u003c")
    page = files("dramatis.preview").joinpath("page.html").read_text(encoding="utf-8")
    (folder / "page.html").write_text(page.replace("/*shown*/", text), encoding="utf-8")


def _picture(folder: Path, request: Request) -> Image:
    return decode((folder / f"{request.key}.png").read_bytes(), request.key)


def _small(picture: Image) -> Image:
    """A picture as the page shows it."""
    scale = SHEET_PX / max(picture.shape[:2])
    return picture if scale >= 1 else resize(picture, *(round(side * scale) for side in picture.shape[1::-1]))
