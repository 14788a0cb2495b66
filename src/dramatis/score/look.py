"""Looks at pictures with the project's own models: the main face, its vector, the tags."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dramatis.backends.detect import Detection, Detector, boxes_of
from dramatis.backends.embed import Embedder, Face
from dramatis.backends.tag import Tagger
from dramatis.core.boxes import area
from dramatis.core.images import Image, resize
from dramatis.core.words import words
from dramatis.score.recscore import Vectors

GREY = 114
"""Level of the paper, the border that YOLO models know."""


def presented(image: Image, view_px: int, paper_px: int) -> Image:
    """The picture with its longer side at least `view_px` long, in the middle of a grey square.

    A head that fills a picture is larger than the heads of films, which detectors are made for; on the paper it is as
    large as those. The paper's side is `paper_px`, or the picture's longer side if that is longer.
    """
    scale = view_px / max(image.shape[:2])
    if scale > 1:
        image = resize(image, round(image.shape[1] * scale), round(image.shape[0] * scale))
    height, width = image.shape[:2]
    side = max(height, width, paper_px)
    paper = np.full((side, side, 3), GREY, np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    paper[top : top + height, left : left + width] = image
    return paper


def main_face(image: Image, found: Sequence[Detection], min_face_px: int) -> Face | None:
    """The largest face of a picture with the head and the person that hold most of it; None if there is no face.

    Args:
        image: the picture, RGB.
        found: what a detector says is in it.
        min_face_px: shortest side of a face that counts [px].
    """
    faces = [one for one in found if one.kind == "face" and _short_side(one) >= min_face_px]
    if not faces:
        return None
    face = max(faces, key=lambda one: area(one.box)[0])
    return Face(image, boxes_of(face, found), face.landmarks)


def _short_side(one: Detection) -> float:
    x0, y0, x1, y1 = one.box
    return min(x1 - x0, y1 - y0)


def find_face(detector: Detector, image: Image, view_px: int, paper_px: int, min_face_px: int) -> Face | None:
    """The main face of a picture, as `presented`."""
    view = presented(image, view_px, paper_px)
    return main_face(view, detector.detect(view), min_face_px)


def vectors(embedder: Embedder, faces: Sequence[Face | None]) -> tuple[Vectors, NDArray[np.bool_]]:
    """Vectors of the faces there are, shape (F, D), and for each picture whether it has one, shape (P,)."""
    there = [face for face in faces if face is not None]
    return embedder.embed(there), np.array([face is not None for face in faces], bool)


def control(tagger: Tagger, image: Image, wanted: Sequence[str], min_score: float) -> float | None:
    """Share of the wanted tags that the tagger reads in a picture; None if it knows none of them."""
    known = [number for tag in wanted if (number := _numbers(tagger).get(spelling(tag))) is not None]
    if not known:
        return None
    return float((tagger.scores([image])[0][known] >= min_score).mean())


def _numbers(tagger: Tagger) -> Mapping[str, int]:
    return {spelling(tag.name): number for number, tag in enumerate(tagger.tags)}


def spelling(tag: str) -> str:
    """A tag as it is compared: `Red_Robe` is `red robe`."""
    return words(tag).casefold()
