"""Drawn faces with their 68 points, as a detector's box shows them: what the landmark model learns from."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.backends.landmarks import square_view
from dramatis.core import seeds
from dramatis.core.images import Image
from dramatis.film.brush import Brush, canvas, develop, pixel_brush
from dramatis.film.character import draw_character
from dramatis.film.figure import figure_boxes, paint_figure
from dramatis.film.head import EYE_X, Pose
from dramatis.film.landmarks import landmarks
from dramatis.film.scenery import PLACES, paint_place
from dramatis.pocket.degrade import film_look, generated_look

RADII_PX = (8.0, 80.0)
"""Radius of the head in the picture, before a crop of it is resized."""
JITTER = 0.07
"""How far a detector's box lies off, as a deviation in widths of the face."""
MIRRORED = np.array(
    [*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, *range(35, 30, -1), 45, 44, 43, 42, 47, 46, 39, 38, 37, 36,
     41, 40, *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), 67, 66, 65]
)  # fmt: skip
"""Which point each becomes when left and right are swapped."""


class Face(NamedTuple):
    """A drawn picture with one face in it."""

    image: Image
    box: NDArray[np.float64]
    """Where a detector might say that it is, x0 y0 x1 y1 [px]."""
    points: NDArray[np.float64] | None
    """Shape (68, 2) [px]; None of a head from behind, or where nobody is."""
    pose: Pose
    eyes_px: float
    """Distance of the eyes of the same head seen from the front."""


class Sample(NamedTuple):
    """What the model sees, and what it should say."""

    pixels: Image
    points: NDArray[np.float32]
    """Shares of its side, shape (68, 2); NaN where there is no face."""


def draw_face(rng: np.random.Generator, nobody: float = 0.08) -> Face:
    """A head somewhere in a film-like picture, at times cut by its edge or half covered by somebody nearer.

    Args:
        nobody: share of pictures with a head from behind, or none.
    """
    radius = float(np.exp(rng.uniform(*np.log(RADII_PX))))
    side = round(4.6 * radius)
    on = canvas(side, side)
    brush = pixel_brush(on)
    paint_place(brush.moved(scale=side * rng.uniform(1, 3)), str(rng.choice(PLACES)), rng)
    character, pose = draw_character(rng), draw_pose(rng, nobody)
    apart = rng.normal(0, 0.75 if rng.random() < 0.2 else 0.2, 2)
    x, y = side / 2 + radius * apart
    here = brush.moved(x, y, radius)
    box, points = figure_boxes(here, character, pose), landmarks(here, character, pose)
    if points is not None or rng.random() < 0.7:
        paint_figure(here, character, pose)
    else:
        points = None
    if rng.random() < 0.15:
        _cover(rng, brush, side, radius)
    shown = box.head if box.face is None else box.face
    width = shown[2] - shown[0]
    shown = np.clip(shown, 0, side) + rng.normal(0, JITTER / 2, 4) * width
    shown = shown + np.tile(rng.normal(0, JITTER / 2, 2), 2) * width
    shown[2:] = np.maximum(shown[2:], shown[:2] + 4)
    image = in_style(develop(on), rng)
    looked = generated_look(image, rng) if rng.random() < 0.15 else film_look(image, rng, blur=radius / 24)
    return Face(looked, shown, points, pose, 2 * EYE_X * radius)


def draw_pose(rng: np.random.Generator, back: float) -> Pose:
    """Any turn of the head alike, tilts as far as heads go."""
    return Pose(
        yaw=float(rng.uniform(-1, 1) if rng.random() < 0.6 else np.clip(rng.normal(0, 0.42), -1, 1)),
        roll=float(rng.normal(0, 25 if rng.random() < 0.2 else 8)),
        back=bool(rng.random() < back),
        mouth=str(rng.choice(["smile", "open", "flat"])),
        blink=bool(rng.random() < 0.1),
    )


def in_style(image: Image, rng: np.random.Generator) -> Image:
    """Most drawings as they are; some in grey, in other colours, or with inked edges."""
    kind = rng.random()
    if kind < 0.1:
        return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if kind < 0.2:
        return np.ascontiguousarray(image[..., rng.permutation(3)])
    if kind < 0.3:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        edges = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
        ink = np.clip(edges.astype(np.float32) / 60, 0, 1)[..., None] * rng.uniform(0.5, 1)
        return (image * (1 - ink)).astype(np.uint8)
    return image


def seen(face: Face, growth: float, size_px: int) -> Sample:
    """The face as the model sees it."""
    view = square_view(face.image, face.box, growth, size_px)
    if face.points is None:
        return Sample(view.pixels, np.full((68, 2), np.nan, np.float32))
    return Sample(view.pixels, ((face.points - view.corner) / view.scale / size_px).astype(np.float32))


def sample(seed: int, purpose: str, index: int, nobody: float = 0.08) -> Face:
    """The face with this number; other purposes (`train`, `held-out`) give other faces."""
    return draw_face(seeds.rng(seed, "pocket", "landmarks", purpose, index), nobody)


def mirrored(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """Points (…, 68, 2), in shares of the picture, of its mirror image."""
    return points[..., MIRRORED, :] * np.array([-1, 1], points.dtype) + np.array([1, 0], points.dtype)


def _cover(rng: np.random.Generator, brush: Brush, side: int, radius: float) -> None:
    """Paints something before the face: a hand, a stick, or somebody nearer."""
    if rng.random() < 0.5:
        colour = [int(value) for value in rng.integers(0, 256, 3)]
        x, y = rng.uniform(0.2, 0.8, 2) * side
        brush.moved(x, y, radius, float(rng.uniform(0, 180))).ellipse(0, 0, rng.uniform(0.15, 0.6), 0.25, colour)
        return
    nearer = brush.moved(side * rng.choice([0.1, 0.9]), side * rng.uniform(0.6, 0.9), radius * rng.uniform(0.9, 1.3))
    paint_figure(nearer, draw_character(rng), draw_pose(rng, 0.3))
