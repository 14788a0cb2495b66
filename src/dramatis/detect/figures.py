"""Figures: the boxes of one frame that belong to one person."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from dramatis.backends.detect import Detection
from dramatis.core import boxes
from dramatis.detect.schema import KINDS

Figure = Mapping[str, Detection]
"""The boxes of one person by kind; at least one."""

HEAD_OF_BODY = {"halfbody": 0.45, "person": 0.18}
"""Side of the head over the height of the half body or person, where neither face nor head was found."""


def figures(found: Sequence[Detection], min_cover: float) -> list[Figure]:
    """Every detection of a frame in exactly one figure, from left to right.

    A face goes to the head around it, a head to the half body under it, and so on; where two could go to one, each
    gets the one whose top and middle are nearest. A head without a face is somebody seen from behind.

    Args:
        found: detections of one frame.
        min_cover: share of the inner box that must lie in the outer one [0..1].
    """
    people: list[dict[str, Detection]] = []
    for kind in KINDS:  # from the innermost to the outermost
        outer = [detection for detection in found if detection.kind == kind]
        taken = dict(_pairs([_largest(person) for person in people], outer, kind, min_cover))
        for column, detection in enumerate(outer):
            if column in taken:
                people[taken[column]][kind] = detection
            else:
                people.append({kind: detection})
    return sorted(people, key=lambda person: tuple(head_box(person)))


def head_box(figure: Figure) -> NDArray[np.float64]:
    """The head of a figure, shape (4,): as found, or by fixed proportions from its face, half body or person."""
    if "head" in figure:
        return figure["head"].box
    if "face" in figure:
        return boxes.expand(figure["face"].box, boxes.HEAD_OF_FACE)
    kind = "halfbody" if "halfbody" in figure else "person"
    x0, y0, x1, y1 = figure[kind].box
    side, middle = HEAD_OF_BODY[kind] * (y1 - y0), (x0 + x1) / 2
    return np.array([middle - side / 2, y0, middle + side / 2, y0 + side])


def _largest(person: Figure) -> Detection:
    return next(person[kind] for kind in reversed(KINDS) if kind in person)


def _pairs(inner: list[Detection], outer: list[Detection], kind: str, min_cover: float) -> list[tuple[int, int]]:
    """(outer, inner) pairs, as many as can be, with the least distance in all."""
    if not inner or not outer:
        return []
    small, large = np.array([each.box for each in inner]), np.array([each.box for each in outer])
    allowed = boxes.cover(small, large) >= min_cover
    aside = (small[:, None, 0] + small[:, None, 2] - large[None, :, 0] - large[None, :, 2]) / 2
    vertical = (1, 3) if kind == "head" else (1, 1)  # a face lies in the middle of a head, a head on top of a body
    below = small[:, None, vertical].mean(axis=-1) - large[None, :, vertical].mean(axis=-1)
    far = np.hypot(aside, below) / np.sqrt(boxes.area(small))[:, None]  # in sides of the inner box
    cost = np.where(allowed, far / (1 + far), 1e3)  # so large that one more pair is always better
    rows, columns = linear_sum_assignment(cost)
    return [(int(column), int(row)) for row, column in zip(rows, columns, strict=True) if allowed[row, column]]
