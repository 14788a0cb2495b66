"""The grid of a run: one row per character and prompt, one column per checkpoint, the bare base first."""

from collections.abc import Sequence

import cv2
import numpy as np

from dramatis.core.images import Image, resize

CELL_PX = 128
LINE_PX = 16
WIDTH_PX = 170
INK, PAPER = (30, 30, 30), (255, 255, 255)


def _wrapped(text: str, letters: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], longer] if len(longer) <= letters else [*lines, word]
    return lines


def _write(on: Image, lines: Sequence[str], x: int, y: int) -> None:
    for number, line in enumerate(lines):
        place = (x, y + LINE_PX * (number + 1) - 4)
        cv2.putText(on, line, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, INK, 1, cv2.LINE_AA)


def grid(cells: Sequence[Sequence[Image]], columns: Sequence[str], rows: Sequence[str]) -> Image:
    """One picture of all cells, labelled.

    Args:
        cells: pictures by row and column.
        columns: labels above the columns.
        rows: labels left of the rows, wrapped.
    """
    height, width = cells[0][0].shape[:2]
    high = round(CELL_PX * height / width)
    page = np.full((LINE_PX + 4 + high * len(rows), WIDTH_PX + CELL_PX * len(columns), 3), PAPER, np.uint8)
    for column, label in enumerate(columns):
        _write(page, [label], WIDTH_PX + CELL_PX * column + 4, 2)
    for row, (label, pictures) in enumerate(zip(rows, cells, strict=True)):
        top = LINE_PX + 4 + high * row
        _write(page, _wrapped(label, 21), 4, top)
        for column, picture in enumerate(pictures):
            left = WIDTH_PX + CELL_PX * column
            page[top : top + high, left : left + CELL_PX] = resize(picture, CELL_PX, high)
    return page
