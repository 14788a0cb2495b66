"""How well a detector finds boxes: recall and precision by size."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core import boxes as bx

LARGEST_PX = 10_000
BANDS_PX = ((0, 20), (20, 32), (32, 64), (64, LARGEST_PX), (20, LARGEST_PX))
"""Sizes of a box (its shorter side) that are counted apart; the last is all from 20 px on."""


class Match(NamedTuple):
    """Boxes of one kind in one picture, found and true, and which of them belong together."""

    found_px: NDArray[np.float64]
    """Shorter side of each box found."""
    right: NDArray[np.bool_]
    """True where a box found is a true one."""
    true_px: NDArray[np.float64]
    """Shorter side of each true box."""
    seen: NDArray[np.bool_]
    """True where a true box was found."""


def shorter_side(boxes: NDArray[np.floating]) -> NDArray[np.float64]:
    """Shorter side of each box [px], shape (N,)."""
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    return (boxes[:, 2:] - boxes[:, :2]).min(1)


def match(found: NDArray[np.floating], true: NDArray[np.floating], min_iou: float = 0.5) -> Match:
    """Pairs boxes found, most confident first, each with the true box not yet taken that it overlaps most."""
    found, true = np.asarray(found, float).reshape(-1, 4), np.asarray(true, float).reshape(-1, 4)
    iou = bx.iou(found, true)
    right, seen = np.zeros(len(found), bool), np.zeros(len(true), bool)
    for row in range(len(found)):
        free = np.where(seen, 0, iou[row])
        if len(free) and free.max() >= min_iou:
            right[row] = seen[free.argmax()] = True
    return Match(shorter_side(found), right, shorter_side(true), seen)


def by_size(matches: Sequence[Match]) -> dict[str, dict[str, float | int | None]]:
    """Recall, precision and number of true boxes in each band of sizes; null where there is nothing to count."""
    found_px, right, true_px, seen = (np.concatenate(part) for part in zip(*matches, strict=True))
    table = {}
    for low, high in BANDS_PX:
        of_true, of_found = (true_px >= low) & (true_px < high), (found_px >= low) & (found_px < high)
        name = f"{low} px and more" if high == LARGEST_PX else f"{low} to {high} px"
        table[name] = {
            "boxes": int(of_true.sum()),
            "recall": float(seen[of_true].mean()) if of_true.any() else None,
            "precision": float(right[of_found].mean()) if of_found.any() else None,
        }
    return table
