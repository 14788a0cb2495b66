"""Several detectors for one picture: each finds what the others miss, and nobody is found twice."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dramatis.backends.detect import Detection, Detector
from dramatis.core import boxes
from dramatis.core.images import Image


class Part(NamedTuple):
    """One of the detectors."""

    detector: Detector
    min_score: dict[str, float]
    """Its smallest confidence of each kind that it is asked for [0..1]."""


class Combined:
    """Boxes of all detectors, merged kind by kind."""

    def __init__(self, parts: Sequence[Part], same_iou: float):
        self._parts, self._same_iou = parts, same_iou

    def detect(self, image: Image) -> list[Detection]:
        """Boxes of an RGB picture, most confident first."""
        return self.detect_batch([image])[0]

    def detect_batch(self, images: Sequence[Image]) -> list[list[Detection]]:
        """Boxes of each of several RGB pictures, most confident first."""
        rows = zip(*(part.detector.detect_batch(images) for part in self._parts), strict=True)
        limits = [part.min_score for part in self._parts]
        return [merged(found, limits, self._same_iou) for found in rows]


def surety(score: float, min_score: float) -> float:
    """How sure a detector is on a scale that others share: 0 at its smallest score, 1 at a score of 1."""
    return (score - min_score) / (1 - min_score) if min_score < 1 else 1.0


def merged(
    found: Sequence[Sequence[Detection]], min_scores: Sequence[dict[str, float]], same_iou: float
) -> list[Detection]:
    """The boxes of several detectors, one for each person and kind, most confident first.

    Boxes of one detector stay apart: it has merged its own. A box of the next detector that overlaps one that is there
    already by more than `same_iou` is the same thing: the box of which its detector is surer stays, with the landmarks
    of the other if it has none of its own. Pairs that overlap most are made first, and what is left over and overlaps
    anything goes.

    Args:
        found: what each detector found, the first one first.
        min_scores: smallest score of each detector, by kind [0..1].
        same_iou: boxes of two detectors that overlap by more are the same thing [0..1].
    """
    kept: list[tuple[Detection, float]] = []
    for ours, limits in zip(found, min_scores, strict=True):
        rated = [(one, surety(one.score, limits[one.kind])) for one in ours]
        kept = [pair for kind in _kinds(kept, rated) for pair in _joined(_of(kept, kind), _of(rated, kind), same_iou)]
    return sorted((one for one, _ in kept), key=lambda one: (-one.score, one.kind, *one.box))


def _kinds(*groups: Sequence[tuple[Detection, float]]) -> list[str]:
    return sorted({one.kind for group in groups for one, _ in group})


def _of(group: Sequence[tuple[Detection, float]], kind: str) -> list[tuple[Detection, float]]:
    return [pair for pair in group if pair[0].kind == kind]


def _joined(
    before: list[tuple[Detection, float]], more: list[tuple[Detection, float]], same_iou: float
) -> list[tuple[Detection, float]]:
    """Boxes of one kind: those of earlier detectors, joined with those of the next."""
    if not before or not more:
        return before or more
    overlap = boxes.iou(*(np.array([one.box for one, _ in group]) for group in (before, more)))
    new = [pair for pair, own in zip(more, overlap.T, strict=True) if own.max() <= same_iou]
    result = list(before)
    while overlap.max() > same_iou:
        row, column = np.unravel_index(overlap.argmax(), overlap.shape)
        result[row] = _better(before[row], more[column])
        overlap[row], overlap[:, column] = 0, 0
    return result + new


def _better(one: tuple[Detection, float], other: tuple[Detection, float]) -> tuple[Detection, float]:
    (winner, sure), (loser, _) = (one, other) if one[1] >= other[1] else (other, one)
    return (winner if winner.landmarks is not None else winner._replace(landmarks=loser.landmarks)), sure
