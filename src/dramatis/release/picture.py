"""The picture of a release: what the base draws, and what the chosen weights draw, for the same prompts and seeds."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from dramatis.core.fonts import font
from dramatis.core.images import Image, decode, resize
from dramatis.core.wrap import wrapped

GRID, CONTROL = "grid.png", "control.png"
ROWS = 8
CELL_PX, WIDTH_PX, LINE_PX, TEXT_PX, GAP_PX = 160, 260, 18, 13, 6
INK = (30, 30, 30)

Row = Mapping[str, Any]


def some(rows: Sequence[Row], step: int, count: int = ROWS) -> list[tuple[Row, Row]]:
    """Pairs of previews, of the base and of a step, with the same prompt and seed: a few, everybody in turn.

    Args:
        rows: of the table of previews.
        step: the chosen one.
        count: of pairs, at most.
    """
    base = {_asked(row): row for row in rows if row["step"] == 0}
    pairs: dict[Any, list[tuple[Row, Row]]] = {}
    seen = set()
    asked = [row for row in rows if row.get("purpose") != "forget"]  # those show nobody of the run
    for row in sorted(asked, key=lambda row: row["preview_id"]):
        if row["step"] == step and _asked(row) in base and row["prompt"] not in seen:
            seen.add(row["prompt"])
            pairs.setdefault(row["character"], []).append((base[_asked(row)], row))
    taken = [group[turn] for turn in range(count) for group in pairs.values() if turn < len(group)]
    return taken[:count]


def _asked(row: Row) -> tuple[str, str, int]:
    return row["prompt"], row["negative"] or "", row["seed"]


def picture(pairs: Sequence[tuple[Row, Row]]) -> Image:
    """The pairs one below the other, prompts on the left; RGB."""
    cells = [[decode(row["image"]) for row in pair] for pair in pairs]
    heights = [max(round(CELL_PX * one.shape[0] / one.shape[1]) for one in pair) for pair in cells]
    y = LINE_PX + 2 * GAP_PX
    page = Pillow.new("RGB", (WIDTH_PX + 2 * (CELL_PX + GAP_PX), y + sum(heights) + GAP_PX * len(cells)), "white")
    pen = ImageDraw.Draw(page)
    for column, label in enumerate(("the base", f"step {pairs[0][1]['step']}")):
        pen.text((WIDTH_PX + (CELL_PX + GAP_PX) * column, GAP_PX), label, INK, font(TEXT_PX))
    for pair, images, high in zip(pairs, cells, heights, strict=True):
        for line, text in enumerate(wrapped(pair[1]["prompt"], WIDTH_PX - 2 * GAP_PX, font(TEXT_PX), high // LINE_PX)):
            pen.text((GAP_PX, y + LINE_PX * line), text, INK, font(TEXT_PX))
        for column, image in enumerate(images):
            height = round(CELL_PX * image.shape[0] / image.shape[1])
            x = WIDTH_PX + (CELL_PX + GAP_PX) * column
            page.paste(Pillow.fromarray(resize(image, CELL_PX, height)), (x, y))
        y += high + GAP_PX
    return np.asarray(page)
