"""Who is in each frame: everybody whose face or head was found, with the boxes of the figure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dramatis.cast.schema import NOT_A_PERSON
from dramatis.core.tables import box_of
from dramatis.crops.boxes import Box, Proportions, figure_boxes
from dramatis.crops.params import Kind

Row = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """One figure of a frame.

    Attributes:
        figure_id: the figure.
        track_id: its track.
        detection_id: its face; None if only the head was found, as from behind.
        character: key of its character; None if unnamed.
        boxes: by kind [px of the frame]; of a figure with a face all four, what was not detected worked out from it.
        found: kinds that were detected.
    """

    figure_id: str
    track_id: str
    detection_id: str | None
    character: str | None
    boxes: Mapping[str, Box]
    found: frozenset[str]

    @property
    def face(self) -> str:
        """The detection of its face.

        Raises:
            ValueError: only the head was found.
        """
        if self.detection_id is None:
            raise ValueError(f"no face was found of {self.figure_id}")
        return self.detection_id

    @property
    def sight(self) -> Box:
        """The box that tells where it is seen: of the face, else of the head."""
        return self.boxes["face"] if self.detection_id else self.boxes["head"]


def people_of(
    detections: Iterable[Row], cast: Iterable[Row], proportions: Mapping[Kind, Proportions]
) -> dict[str, list[Person]]:
    """The people of each frame that has any, in order of their figures; what people said is no person is none."""
    named = {row["detection_id"]: row["character"] for row in cast if row["origin"] != NOT_A_PERSON}
    figures: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in detections:
        figures[row["figure_id"]][row["kind"]] = row
    people: dict[str, list[Person]] = defaultdict(list)
    for figure_id, kinds in sorted(figures.items()):
        found = {kind: np.array(box_of(row["box"]), float) for kind, row in kinds.items()}
        seen = kinds.get("face") or kinds.get("head")
        if not seen or ("face" in kinds and seen["detection_id"] not in named):
            continue
        face = seen["detection_id"] if "face" in kinds else None
        boxes = found | figure_boxes(found, proportions) if face else found
        person = Person(figure_id, seen["track_id"], face, named.get(face), boxes, frozenset(found))
        people[seen["frame_id"]].append(person)
    return dict(people)
