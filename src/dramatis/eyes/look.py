"""Looks at pictures with the project's own models: once at each, for all measures and all embedders."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.backends.detect import Detection, Detector, boxes_of
from dramatis.backends.embed import Embedder, Face
from dramatis.backends.landmarks import Landmarker
from dramatis.backends.tag import Tagger
from dramatis.core.boxes import area
from dramatis.core.images import Image, resize
from dramatis.core.words import words
from dramatis.eyes.copies import layout, small
from dramatis.eyes.leaks import leaks
from dramatis.eyes.params import SightParams
from dramatis.eyes.recscore import Vectors
from dramatis.eyes.style import features
from dramatis.eyes.tone import luma

GREY = 114
"""Level of the paper, the border that YOLO models know."""


class View(NamedTuple):
    """A picture as it is shown to a detector."""

    image: Image
    """In the middle of a grey square."""
    corner: NDArray[np.float64]
    """Where the picture's upper left corner lies on it [px], shape (2,)."""
    size: NDArray[np.float64]
    """Width and height of the picture on it [px], shape (2,)."""

    def shares(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points of the view [px], shape (N, 2), as shares of the picture's width and height."""
        return (np.asarray(points, float) - self.corner) / self.size


class Seen(NamedTuple):
    """What was seen in one picture."""

    vectors: tuple[Vectors, ...]
    """Of each embedder, of every face, the largest first, each of shape (F, D)."""
    centres: NDArray[np.float64]
    """Middle of each face from the left [share of the width], shape (F,)."""
    points: NDArray[np.float64] | None
    """68 points of the largest face [shares of width and height], shape (68, 2); None without, or if not asked for."""
    tags: NDArray[np.float32]
    """Probability of each tag of the tagger, shape (T,)."""
    leaks: bool
    """Two figures, or a seam."""
    luma: float
    """Mean brightness [0..1]."""
    small: NDArray[np.float32]
    """The picture in small, shape (768,); see `copies.small`."""
    layout: int
    """What lies where; see `copies.layout`."""
    style: NDArray[np.float64] | None
    """Features of its style, see `style.features`; None if not asked for."""


def presented(image: Image, view_px: int, paper_px: int) -> View:
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
    return View(paper, np.array([left, top], float), np.array([width, height], float))


def faces_of(image: Image, found: Sequence[Detection], min_face_px: int) -> list[Face]:
    """The faces of a picture, the largest first, each with the head and the person that hold most of it.

    Args:
        image: the picture, RGB.
        found: what a detector says is in it.
        min_face_px: shortest side of a face that counts [px].
    """
    faces = [one for one in found if one.kind == "face" and _short_side(one) >= min_face_px]
    faces.sort(key=lambda one: -area(one.box)[0])
    return [Face(image, boxes_of(face, found), face.landmarks) for face in faces]


def _short_side(one: Detection) -> float:
    x0, y0, x1, y1 = one.box
    return min(x1 - x0, y1 - y0)


class Eyes(NamedTuple):
    """The models that look, and how."""

    detector: Detector
    embedders: Sequence[Embedder]
    tagger: Tagger
    landmarker: Landmarker | None
    """Finds points where a pose is asked for."""
    params: SightParams
    styles: bool = False
    """Whether styles are looked at."""

    def faces(self, image: Image) -> list[Face]:
        """Faces of a picture, the largest first, on the paper of `presented`."""
        view = presented(image, self.params.view_px, self.params.paper_px)
        return faces_of(view.image, self.detector.detect(view.image), self.params.min_face_px)

    def embed(self, faces: Sequence[Face]) -> tuple[Vectors, ...]:
        """Vectors of each embedder, each of shape (len(faces), D)."""
        return tuple(embedder.embed(faces) for embedder in self.embedders)

    def see(self, image: Image) -> Seen:
        """Everything that is measured of one picture."""
        params = self.params
        view = presented(image, params.view_px, params.paper_px)
        found = self.detector.detect(view.image)
        faces = faces_of(view.image, found, params.min_face_px)
        points = None
        if self.landmarker and faces:
            points = view.shares(self.landmarker.find(view.image, np.asarray(faces[0].boxes["face"])).points)
        middles = np.array([[(face.boxes["face"][0] + face.boxes["face"][2]) / 2, 0.0] for face in faces])
        boxes = [
            np.array([one.box for one in found if one.kind == kind and _short_side(one) >= params.min_face_px])
            for kind in ("face", "head")
        ]
        return Seen(
            vectors=self.embed(faces),
            centres=view.shares(middles.reshape(-1, 2))[:, 0],
            points=points,
            tags=self.tagger.scores([image])[0],
            leaks=leaks([some.reshape(-1, 4) for some in boxes], image, params.min_second, params.seam),
            luma=luma(image),
            small=small(image),
            layout=layout(image, image.shape[1] / image.shape[0]),
            style=features(image) if self.styles else None,
        )


def numbers_of(tagger: Tagger) -> Mapping[str, int]:
    """Place of each tag in the tagger's list, by its `spelling`."""
    return {spelling(tag.name): number for number, tag in enumerate(tagger.tags)}


def read_share(scores: NDArray[np.float32], numbers: Sequence[int], min_score: float) -> float:
    """Share of some tags that are read in a picture [0..1]; NaN of none.

    Args:
        scores: probability of each tag of the tagger, shape (T,).
        numbers: places of the tags that are asked for.
        min_score: probability from which a tag counts as read.
    """
    return float((scores[list(numbers)] >= min_score).mean()) if numbers else float("nan")


def spelling(tag: str) -> str:
    """A tag as it is compared: `Red_Robe` is `red robe`."""
    return words(tag).casefold()


class Reader(NamedTuple):
    """How tags are read."""

    numbers: Mapping[str, int]
    """Place of each tag in the tagger's list, by its spelling."""
    min_score: float
    """Probability from which a tag counts as read."""

    def share(self, seen: Seen, wanted: Sequence[str]) -> float:
        """Share of the wanted tags that are read in a picture; NaN if the tagger knows none of them."""
        return self.share_of(seen.tags, wanted)

    def share_of(self, tags: NDArray[np.float32], wanted: Sequence[str]) -> float:
        """The same of probabilities of all tags, shape (T,)."""
        known = [number for tag in wanted if (number := self.numbers.get(spelling(tag))) is not None]
        return read_share(tags, known, self.min_score)
