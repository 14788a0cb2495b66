"""Faces whose points or poses are known: of films that nothing learned from, and labelled ones of clips."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.backends.detect import Detector
from dramatis.backends.landmarks import Landmarker, Landmarks
from dramatis.bench.clips import read_labels
from dramatis.core.images import Image, read_image
from dramatis.core.tables import stored_box
from dramatis.film.head import LARGEST_TURN
from dramatis.film.render import draw_shot
from dramatis.film.story import EPISODES, write_story
from dramatis.landmark.params import LandmarkParams
from dramatis.landmark.pose import Pose, fit
from dramatis.measure.match import pairs

FILM_PX, FILM_FRAMES, EVERY = (480, 270), 1056, 3
"""Size of a film, its frames, and which of its drawings are looked at: every third, four a second."""
LEAST_LIGHT, MOST_HIDDEN, MIN_IOU = 0.25, 0.5, 0.5
"""Which true faces count, as in `measure`."""
FACE_OF_CROP = np.array([33.0, 33, 127, 127])
"""Where the face is in a labelled crop of 160 px: each was cut at 1.7 times its box."""
TURNS = (-60, -30, 30, 60)
"""By how much labelled faces are turned in the picture [degrees]."""


class Seen(NamedTuple):
    """A face as the stage sees it, beside what is known of it.

    Attributes:
        image: the picture.
        box: of the face, as detected [px].
        found: its points.
        pose: what they say; None where they are not sure enough or fit too badly.
        yaw: the true one [degrees]; None of somebody who shows no face.
        kind: front, three-quarter or profile; nobody for a detection of what is no face.
    """

    image: Image
    box: NDArray[np.float64]
    found: Landmarks
    pose: Pose | None
    yaw: float | None
    kind: str


def posed(found: Landmarks, params: LandmarkParams) -> Pose | None:
    """The pose as stage `landmark` would write it."""
    pose = fit(found.points, found.confidence, params.template)
    sure = found.confidence.mean() >= params.min_confidence
    return pose if pose and sure and pose.residual <= params.max_residual else None


def film_faces(seed: int, detector: Detector, finder: Landmarker, params: LandmarkParams) -> Iterator[Seen]:
    """Every face that the detector finds in a film; faces that are hidden or dark are left out."""
    for episode in EPISODES:
        shots = write_story(seed, episode, FILM_FRAMES, FILM_PX[0] / FILM_PX[1])
        for number, shot in enumerate(shots):
            for count, drawn in enumerate(draw_shot(shot, *FILM_PX, seed, f"{episode}-{number:04d}")):
                if count % EVERY == 0:
                    yield from _of_frame(drawn.image, drawn.figures, detector, finder, params)


def _of_frame(
    image: Image, figures: list[dict[str, Any]], detector: Detector, finder: Landmarker, params: LandmarkParams
) -> Iterator[Seen]:
    boxes = [each.box for each in detector.detect(image) if each.kind == "face"]
    true = [figure for figure in figures if figure["face"] is not None]
    shown = dict(pairs([{"box": stored_box(box.round())} for box in boxes], true, MIN_IOU))
    for number, box in enumerate(boxes):
        figure = true[shown[number]] if number in shown else None
        if figure and (figure["luma"] < LEAST_LIGHT or figure["occlusion"] > MOST_HIDDEN):
            continue
        found = finder.find(image, box)
        yaw, kind = (LARGEST_TURN * figure["yaw"], figure["pose"]) if figure else (None, "nobody")
        yield Seen(image, box, found, posed(found, params), yaw, kind)


class Photo(NamedTuple):
    """A labelled crop of a real face, 160 px.

    Attributes:
        name: who it is.
        image: the picture.
        five: eyes, nose and corners of the mouth as labelled, shape (5, 2) [px].
    """

    name: str
    image: Image
    five: NDArray[np.float64]


def photos(media: Path) -> list[Photo]:
    """The faces of `faces/cc_by_faces.csv`."""
    return [
        Photo(
            row["identity"],
            read_image(media / "faces" / row["file"]),
            np.array([[float(row[f"{point}{axis}"]) for axis in "xy"] for point in ("re", "le", "n", "rm", "lm")]),
        )
        for row in read_labels(media / "faces" / "cc_by_faces.csv")
    ]


def turned(image: Image, degrees: float) -> Image:
    """A square picture turned clockwise about its middle, its border repeated."""
    middle = (image.shape[0] - 1) / 2
    turn = cv2.getRotationMatrix2D((middle, middle), -degrees, 1)
    return cv2.warpAffine(image, turn, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
