"""One shot: from the figures of its frames to their track numbers."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.backends.detect import Detection
from dramatis.detect.figures import Figure, head_box
from dramatis.detect.identity import Piece, Place, Vectors, asked, joined, numbered, parted
from dramatis.detect.params import DetectParams
from dramatis.detect.tracks import Sighting, link, link_cost


class FrameFigures(NamedTuple):
    """The people of one frame."""

    frame: dict[str, Any]
    """Its row of the frame table, without the picture."""
    size: tuple[int, int]
    """Width and height of the picture [px]."""
    people: list[Figure]
    looks: list[NDArray[np.float32]]
    """Appearance of each figure's head."""


def whole(found: Sequence[Any]) -> FrameFigures:
    """The people of a frame, of which a file has made lists."""
    frame, size, people, looks = found
    figures: list[Figure] = [{kind: Detection(*box) for kind, box in person.items()} for person in people]
    return FrameFigures(frame, tuple(size), figures, looks)


def pieces(frames: Sequence[FrameFigures], params: DetectParams) -> list[Piece]:
    """The figures of a shot followed by motion and colours, and the faces that tell who the pieces are."""
    sightings = [
        [Sighting(head_box(person), look) for person, look in zip(each.people, each.looks, strict=True)]
        for each in frames
    ]

    def cost(before: Place, after: Place) -> float:
        (a, m), (b, n) = before, after
        return link_cost(sightings[a][m], sightings[b][n], params.tracks)

    faces = [["face" in person for person in each.people] for each in frames]
    return asked(link(sightings, params.tracks), faces, _times(frames), cost, params.identity)


def tracks(
    frames: Sequence[FrameFigures], found: Sequence[Piece], vectors: Vectors, threshold: float, params: DetectParams
) -> list[list[int]]:
    """Track number of every figure of each frame, from 0 in order of appearance.

    Args:
        frames: of the shot, in order of time.
        found: what `pieces` makes of them.
        vectors: identity vectors of the faces that it asks for.
        threshold: the embedder's largest difference of one person [0..1].
    """
    rules = params.identity
    single = [part for piece in found for part in parted(piece, vectors, rules.split, threshold)]
    people = joined(single, vectors, _times(frames), rules, threshold)
    return numbered([person.places for person in people], [len(each.people) for each in frames])


def _times(frames: Sequence[FrameFigures]) -> list[float]:
    return [each.frame["pts_s"] for each in frames]
