"""Who is in a crop, where, and whose landmarks can be drawn."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.control.params import ControlParams
from dramatis.control.place import Points, in_crop, inside, why_unreliable
from dramatis.control.pose import Figure
from dramatis.core.tables import box_of

Row = Mapping[str, Any]
PARTS = ("face", "head", "halfbody", "person")
"""Kinds of boxes, smallest first."""


class Person(NamedTuple):
    """Somebody in a frame.

    Attributes:
        figure_id: who it is.
        boxes: x0 y0 x1 y1 by kind [px of the frame].
        found: the row of stage `landmark` of the face; None without one.
    """

    figure_id: str
    boxes: dict[str, list[int]]
    found: Row | None

    @property
    def smallest(self) -> NDArray[np.int64]:
        """Box of the smallest part that was found, x0 y0 x1 y1."""
        return np.array(next(self.boxes[kind] for kind in PARTS if kind in self.boxes))


class Shown(NamedTuple):
    """What of people can be drawn in a crop.

    Attributes:
        figures: everybody in it, the crop's character last.
        faces: landmarks of those whose are reliable, shape (68, 2) [px of the crop], in the same order.
        own: those of the crop's character; None if they are not.
        rejected_by: why they are not; None if they are.
    """

    figures: list[Figure]
    faces: list[Points]
    own: Points | None
    rejected_by: str | None


def people_by_frame(detections: Iterable[Row], landmarks: Iterable[Row]) -> dict[str, list[Person]]:
    """Everybody in each frame, the largest last, as the nearest cover the others."""
    found = {row["detection_id"]: row for row in landmarks}
    boxes: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(dict)
    face_of: dict[str, Row] = {}
    for row in detections:
        boxes[row["frame_id"], row["figure_id"]][row["kind"]] = box_of(row["box"])
        if row["detection_id"] in found:
            face_of[row["figure_id"]] = found[row["detection_id"]]
    people = defaultdict(list)
    for (frame, figure), own in boxes.items():
        people[frame].append(Person(figure, own, face_of.get(figure)))
    for here in people.values():
        here.sort(key=lambda person: (person.smallest[3] - person.smallest[1], person.figure_id))
    return people


def shown_in(crop: Row, people: Iterable[Person], params: ControlParams) -> Shown:
    """Who and what of them is drawn in a crop.

    Args:
        crop: its row, but for the picture.
        people: of its frame.
        params: whether others are drawn, and which landmarks are reliable.
    """
    box, size = np.array(box_of(crop["box"])), (crop["width_px"], crop["height_px"])
    drawn = [person for person in people if person.figure_id == crop["figure_id"]]
    if params.others and not crop["masked"]:  # which of them were painted over is not known
        others = (person for person in people if person.figure_id != crop["figure_id"])
        drawn = [person for person in others if _is_in(person, box, size)] + drawn
    faces: list[Points] = []
    own: Points | None = None
    why: str | None = "no_landmarks"
    for person in drawn:
        points = _points(person, box, size)
        reason = why_unreliable(person.found, points, size, params)
        faces += [points] if reason is None and points is not None else []
        if person.figure_id == crop["figure_id"]:
            own, why = None if reason else points, reason
    return Shown([_figure(person, box, size) for person in drawn], faces, own, why)


def _is_in(person: Person, box: NDArray[np.int64], size: tuple[int, int]) -> bool:
    """True if the middle of the smallest part lies in the crop."""
    return bool(inside(in_crop(person.smallest.reshape(2, 2).mean(0, keepdims=True), box, *size), *size)[0])


def _points(person: Person, box: NDArray[np.int64], size: tuple[int, int]) -> Points | None:
    if person.found is None or person.found["points"] is None:
        return None
    return in_crop(np.reshape(person.found["points"], (68, 2)), box, *size)


def _figure(person: Person, box: NDArray[np.int64], size: tuple[int, int]) -> Figure:
    boxes = {kind: in_crop(np.reshape(sides, (2, 2)), box, *size).ravel() for kind, sides in person.boxes.items()}
    found = person.found
    return Figure(
        boxes, None if found is None or found["yaw"] is None else (found["yaw"], found["pitch"], found["roll"])
    )
