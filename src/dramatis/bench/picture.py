"""`make picture`: the pictures of the README, from what the pipeline wrote last."""

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from dramatis.core.errors import one_line_errors
from dramatis.core.images import Image, decode, encode_png, read_image, resize
from dramatis.core.tables import read_rows

SHEET_PX = 760
"""Width of the cast sheet in the picture, and of the story's strip."""
CELL_PX = 88
COLUMNS = 8
LINE_PX = 26
INK, PAPER = (40, 40, 40), 255


def titled(text: str, image: Image) -> Image:
    """A picture under a line of text."""
    line = np.full((LINE_PX, image.shape[1], 3), PAPER, np.uint8)
    cv2.putText(line, text, (4, LINE_PX - 9), cv2.FONT_HERSHEY_SIMPLEX, 0.46, INK, 1, cv2.LINE_AA)
    return np.vstack([line, image])


def row_of(pictures: Sequence[Image]) -> Image:
    """Pictures side by side, all of one size; white where there are too few."""
    cells = [resize(picture, CELL_PX, CELL_PX) for picture in pictures[:COLUMNS]]
    blank = np.full((CELL_PX, CELL_PX, 3), PAPER, np.uint8)
    return np.hstack(cells + [blank] * (COLUMNS - len(cells)))


def stacked(parts: Sequence[Image]) -> Image:
    """Pictures below each other, left-aligned on white."""
    width = max(part.shape[1] for part in parts)
    return np.vstack(
        [
            cv2.copyMakeBorder(part, 0, 0, 0, width - part.shape[1], cv2.BORDER_CONSTANT, value=(PAPER,) * 3)
            for part in parts
        ]
    )


def run_rows(run: str) -> list[Image]:
    """For each character of a run: the bare base, and the chosen step, on the same prompts and seeds."""
    score = json.loads(Path(f"data/scores/{run}/verdict.json").read_text())
    previews = read_rows(Path(f"data/previews/{run}/previews.parquet"), f"preview@{run}")
    rows = []
    for character, figures in score["by_character"].items():
        for step, text in (
            (0, f"{character}: the bare base ({figures['base_recscore']:.2f})"),
            (
                score["best_step"],
                f"{character}: run {run}, step {score['best_step']}, recscore {figures['recscore']:.2f}",
            ),
        ):
            drawn = [one for one in previews if one["character"] == character and one["step"] == step]
            pick = drawn[:: max(len(drawn) // COLUMNS, 1)]
            rows.append(titled(text, row_of([decode(one["image"]) for one in pick])))
    return rows


def shown(file: Path) -> Image:
    """A picture as wide as the README shows it."""
    image = read_image(file)
    return resize(image, SHEET_PX, round(image.shape[0] * SHEET_PX / image.shape[1]))


def main() -> None:
    """Writes docs/first-look.png and docs/story.png."""
    Path("docs/story.png").write_bytes(encode_png(shown(Path("data/stories/lost/strip.png"))))
    left = shown(Path("metrics/plots/cast/sheet.png"))
    runs = sorted(file.stem for file in Path("metrics/score").glob("*.json"))
    right = stacked([part for run in runs for part in run_rows(run)])
    height = max(left.shape[0], right.shape[0])
    page = np.full((height + 16, left.shape[1] + right.shape[1] + 32, 3), PAPER, np.uint8)
    page[8 : 8 + left.shape[0], 8 : 8 + left.shape[1]] = left
    page[8 : 8 + right.shape[0], left.shape[1] + 24 : left.shape[1] + 24 + right.shape[1]] = right
    Path("docs/first-look.png").write_bytes(encode_png(page))


if __name__ == "__main__":
    with one_line_errors():
        main()
