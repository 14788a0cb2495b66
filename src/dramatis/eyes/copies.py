"""Copy risk: is a preview nearer to what was trained on than to what was held out?

Pictures of the training set and held-out pictures show the same character. To a model that learned who it is, and
nothing by heart, a preview's nearest picture is as likely among the ones as among the others: 0.5. A model that
repeats its training pictures comes near 1. There are more training pictures than held-out ones, and of more some one
is nearer by chance: so as many of the one are taken as of the other, in every way that this can be done.
"""

from math import comb

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image, resize
from dramatis.core.phash import phash

SIDE = 16
"""Side of the small picture that is compared [px]."""


def nearer_to_trained(trained: NDArray[np.float64], held_out: NDArray[np.float64]) -> float:
    """Chance that the nearest picture is one of training, of as many of each [0..1]; 0.5 is no copying.

    Of the larger set a random part of the smaller one's size is taken; the chance over all parts is exact. Of two
    equal distances either counts half.

    Args:
        trained: distances of one preview to training pictures, shape (N,), N at least 1.
        held_out: its distances to held-out pictures, shape (M,), M at least 1.
    """
    if len(trained) < len(held_out):
        return 1.0 - nearer_to_trained(held_out, trained)
    nearest, size, count = float(held_out.min()), len(held_out), len(trained)
    below = int((trained < nearest).sum())
    ties = int((trained == nearest).sum())
    none_below = comb(count - below, size) / comb(count, size)  # a part without one that is nearer
    neither = comb(count - below - ties, size) / comb(count, size)
    return 1.0 - none_below + 0.5 * (none_below - neither)


def farthest_points(distance: NDArray[np.float64], limit: int) -> list[int]:
    """Indices of at most `limit` items that lie apart: first the one in the middle, then each time the farthest.

    Args:
        distance: of each pair, shape (N, N).
        limit: at least 1.

    Returns:
        Ascending indices; of equals the first is taken.
    """
    if len(distance) <= limit:
        return list(range(len(distance)))
    chosen = [int(distance.sum(axis=1).argmin())]
    reach = distance[chosen[0]].copy()
    while len(chosen) < limit:
        chosen.append(int(reach.argmax()))
        reach = np.minimum(reach, distance[chosen[-1]])
    return sorted(chosen)


def layout(image: Image, aspect: float) -> int:
    """What lies where in a picture, whatever its colours: the hash of its middle of an aspect.

    A picture that was learned by heart keeps its layout in other colours, and layouts of a few shots differ less from
    those of others than their colours do: so a model that copies nothing stays near 0.5.

    Args:
        image: RGB.
        aspect: width over height of what it is compared with; what lies outside is cut off, as in training.
    """
    height, width = image.shape[:2]
    wide, high = min(width, round(height * aspect)), min(height, round(width / aspect))
    left, top = (width - wide) // 2, (height - high) // 2
    return phash(image[top : top + max(high, 1), left : left + max(wide, 1)])


def small(image: Image) -> NDArray[np.float32]:
    """A picture as a vector to compare: 16 × 16 colours in CIE Lab, shape (768,)."""
    lab = cv2.cvtColor(resize(image, SIDE, SIDE).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return lab.reshape(-1)


def distances(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """Root mean square difference of each pair of small pictures [Lab units], shape (len(a), len(b))."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T
    return np.sqrt(np.maximum(squares, 0) / a.shape[1] * 3)  # three channels make one difference


def diversity(vectors: NDArray[np.float32], prompts: list[str]) -> NDArray[np.float64]:
    """For each picture its mean distance to the others of its prompt [Lab units], shape (P,); NaN if it is alone."""
    apart = distances(vectors, vectors)
    np.fill_diagonal(apart, 0)
    same = np.array(prompts)[:, None] == np.array(prompts)[None]
    others = same.sum(axis=1) - 1
    return np.where(others > 0, (apart * same).sum(axis=1) / np.maximum(others, 1), np.nan)
