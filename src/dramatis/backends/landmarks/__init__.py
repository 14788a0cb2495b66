"""Landmark models: 68 points of one face, in the order of iBUG 300-W."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict

from dramatis.core.boxes import expand
from dramatis.core.images import Image, cut, resize
from dramatis.core.params import Params

SETTING = "landmark.weights"
"""The parameter that names the weights, for messages."""
POINTS = 68
"""Jaw 0 to 16, brows 17 to 26, nose 27 to 35, eyes 36 to 47, outer lips 48 to 59, inner lips 60 to 67.

Each group runs from left to right in the picture of an upright face (the person's right to left), eyes and lips once
round over the top (Sagonas et al. 2013).
"""


class LandmarkChoice(Params):
    """The keys of section `landmark` that load a model, for stages that use it beside `landmark`, which checks them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    backend: str | None
    weights: Path


class Landmarks(NamedTuple):
    """The points of one face. The middle of the pixel in column 0, row 0 of the picture is (0.5, 0.5)."""

    points: NDArray[np.float64]
    """x, y [px of the picture], shape (68, 2); points that a turned head hides lie on its visible contour."""
    confidence: NDArray[np.float64]
    """How surely each was found [0..1], shape (68,)."""


class Landmarker(Protocol):
    """Finds the points of a face."""

    files: Sequence[Path]
    """The weight files in use."""
    engine: str
    """Library that runs the model, with its version."""

    def find(self, image: Image, box: NDArray[np.floating]) -> Landmarks:
        """The points of the face in a box x0 y0 x1 y1 of a picture of shape (H, W, 3); the same input, the same points.

        It always answers: where there is no face, with a low confidence.
        """
        ...


class View(NamedTuple):
    """A part of a picture as a model sees it."""

    pixels: Image
    """RGB, shape (S, S, 3)."""
    corner: NDArray[np.float64]
    """Where its upper left corner lies in the picture [px], shape (2,)."""
    scale: NDArray[np.float64]
    """Pixels of the picture in one of its own, by axis, shape (2,)."""

    def placed(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points of the view [px], shape (N, 2), as points of the picture."""
        return self.corner + np.asarray(points, float) * self.scale


def square_view(image: Image, box: NDArray[np.floating], growth: float, side: int) -> View:
    """The square about a box, `growth` times its longer side, resized; outside the picture its border is repeated."""
    region = np.round(expand(np.asarray(box, float), growth))
    region[2:] = np.maximum(region[2:], region[:2] + 1)
    return View(resize(cut(image, region), side, side), region[:2], (region[2:] - region[:2]) / side)


def load_landmarks(backend: str, weights: Path) -> Landmarker:
    """A landmark model by the name of its file in this package.

    Args:
        backend: heatmap_onnx, openseeface or points_onnx.
        weights: model file, or folder with it.

    Raises:
        InputError: the weights are missing or of another layout.
    """
    return import_module(f"dramatis.backends.landmarks.{backend}").load(weights)
