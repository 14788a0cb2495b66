"""Which of many pictures to take: those that differ most."""

import heapq
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.crops.schema import STAGES
from dramatis.selection.kinds import DISTANCES
from dramatis.selection.params import Trait

FULL_TURN = 90.0
"""Difference of yaw that counts as much as can be [degrees]."""
FULL_LIGHT = 0.5
"""Difference of brightness that counts as much as can be [0..1]."""
UNSURE = 0.5
"""What counts between a head whose turn is known and one whose turn is not."""
DIGITS = 6
"""Decimals of differences: coarser than what the order of a sum changes in the last bits."""


class Traits(NamedTuple):
    """What two pictures of one character can differ in; arrays of N rows.

    Attributes:
        vectors: identity vectors of length 1, shape (N, D).
        yaw: turn of the head [degrees], nan if unsure.
        luma: brightness of the face [0..1].
        outfit, shot: numbers, equal if and only if the outfit or shot is.
        distance, stage: places in `DISTANCES` and `STAGES`.
        sharpness: of the face, higher is sharper (0..1].
    """

    vectors: NDArray[np.float32]
    yaw: NDArray[np.float64]
    luma: NDArray[np.float64]
    outfit: NDArray[np.int64]
    shot: NDArray[np.int64]
    distance: NDArray[np.int64]
    stage: NDArray[np.int64]
    sharpness: NDArray[np.float64]

    def of(self, rows: Sequence[int] | NDArray[np.int64]) -> "Traits":
        """The traits of some of the pictures."""
        return Traits._make(column[rows] for column in self)


def traits_of(crops: Sequence[Mapping[str, Any]], vectors: NDArray[np.float32]) -> Traits:
    """The traits of crops, row by row.

    Args:
        crops: rows of `crops.parquet` with `distance`.
        vectors: identity vector of each, of length 1, shape (N, D).
    """

    def numbered(values: Iterable[Hashable]) -> NDArray[np.int64]:
        number: dict[Hashable, int] = {}
        return np.array([number.setdefault(value, len(number)) for value in values], np.int64)

    return Traits(
        vectors=vectors,
        yaw=np.array([np.nan if row["yaw"] is None else row["yaw"] for row in crops], float),
        luma=np.array([row["luma"] for row in crops], float),
        outfit=numbered(row["outfit"] for row in crops),
        shot=numbered((row["video"], row["shot"]) for row in crops),
        distance=np.array([DISTANCES.index(row["distance"]) for row in crops], np.int64),
        stage=np.array([STAGES.index(row["stage"]) for row in crops], np.int64),
        sharpness=np.array([row["sharpness"] for row in crops], float),
    )


def difference(traits: Traits, one: int, threshold: float, spread: Mapping[Trait, float]) -> NDArray[np.float64]:
    """How far each picture is from one of them, 0 to 1.

    The mean of seven differences of 0 to 1, weighted by `spread`. That of identity is 1 from the embedder's threshold
    on: what lies beyond it is likely another person, and no reason to take a picture.

    Args:
        threshold: largest (1 - cosine) / 2 of one person.
        spread: weight of each trait; at least one above 0.
    """
    turn = np.minimum(np.abs(traits.yaw - traits.yaw[one]) / FULL_TURN, 1)
    known = np.isfinite(traits.yaw)
    turn = np.where(known & known[one], turn, np.where(known == known[one], 0, UNSURE))
    parts: dict[Trait, NDArray[Any]] = {
        "identity": np.clip((1 - traits.vectors @ traits.vectors[one]) / 2 / threshold, 0, 1),
        "yaw": turn,
        "light": np.minimum(np.abs(traits.luma - traits.luma[one]) / FULL_LIGHT, 1),
        "outfit": traits.outfit != traits.outfit[one],
        "distance": np.abs(traits.distance - traits.distance[one]) / (len(DISTANCES) - 1),
        "shot": traits.shot != traits.shot[one],
        "stage": np.abs(traits.stage - traits.stage[one]) / (len(STAGES) - 1),
    }
    total = sum(spread.get(name, 0.0) * np.asarray(part, float) for name, part in parts.items())
    return np.round(total / sum(spread.values()), DIGITS)


def line_up(
    traits: Traits, most: int, threshold: float, spread: Mapping[Trait, float]
) -> tuple[list[int], list[float]]:
    """Pictures in the order in which they are worth taking, and the gain of each.

    Farthest-point order (Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985): the sharpest
    comes first, then always the one with the largest gain, which is its sharpness times how far it is from the nearest
    of those before. Of equals the first row. The gains never rise, the first is infinite, and the order for a smaller
    `most` is the start of that for a larger one.

    Args:
        most: pictures to line up.
    """
    rows: list[int] = []
    gains: list[float] = []
    gain = np.full(len(traits.yaw), np.inf)
    gap = gain.copy()
    start = traits.sharpness
    for _ in range(min(most, len(gap))):
        best = int(np.argmax(start if not rows else gain))
        rows.append(best)
        gains.append(float(gain[best]))
        gap = np.minimum(gap, difference(traits, best, threshold, spread))
        gain = np.round(gap * traits.sharpness, DIGITS)
        gain[rows] = -1.0
    return rows, gains


def merged(lines: Iterable[tuple[Sequence[Hashable], Sequence[float]]], most: int) -> list[Hashable]:
    """The first pictures of several lines, those with the largest gains; of equal gains the smallest ids.

    Each line is made without the others: so another video only shortens what is taken of those before.
    """
    ordered = heapq.merge(*([(-gain, key) for key, gain in zip(*line, strict=True)] for line in lines))
    return [key for (_, key), _ in zip(ordered, range(most), strict=False)]
