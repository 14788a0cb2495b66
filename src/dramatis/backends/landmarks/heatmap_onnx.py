"""Heatmaps: input (N, 3, S, S) RGB 0..1, output (N, 68, H, W), for each point the probability 0..1 of every cell.

The metadata key `growth` says how much larger than the face box the square is that the model looks at.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dramatis.backends.landmarks import POINTS, SETTING, Landmarks, square_view
from dramatis.backends.onnx import engine, open_session
from dramatis.backends.weights import single_weight_file
from dramatis.core.errors import InputError
from dramatis.core.images import Image

SURE = 1 - 1e-6
"""Largest probability that counts as such, so that its odds are finite."""


def peaks(heatmaps: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places and confidences of points.

    A point lies at the mean of the cells' middles, weighted by their odds p / (1 - p), which are the exponentials of
    the network's logits: the place that its training compares with the truth. Its confidence is the largest p.

    Args:
        heatmaps: shape (N, H, W) [0..1].

    Returns:
        x, y as shares of the map's width and height, shape (N, 2), and confidences, shape (N,).
    """
    count, height, width = heatmaps.shape
    p = np.clip(heatmaps.astype(np.float64), 1e-9, SURE).reshape(count, -1)
    odds = p / (1 - p)
    odds /= odds.sum(1, keepdims=True)
    y, x = np.mgrid[:height, :width].reshape(2, -1) + 0.5
    return np.stack([odds @ x / width, odds @ y / height], -1), p.max(1)


class HeatmapOnnx:
    """Looks at one face at a time."""

    def __init__(self, file: Path):
        self.files, self.engine = [file], engine()
        self._session = open_session(file, SETTING)
        entry, result = self._session.get_inputs()[0], self._session.get_outputs()[0]
        written = self._session.get_modelmeta().custom_metadata_map.get("growth", "")
        sides = entry.shape[2:]
        fits = len(sides) == 2 and isinstance(sides[0], int) and sides[0] == sides[1] and entry.shape[1] == 3
        if not fits or len(result.shape) != 4 or result.shape[1] != POINTS or not _is_number(written):
            raise InputError(
                str(file),
                f"input {entry.shape}, output {result.shape} and metadata growth={written!r}, not (N, 3, S, S), "
                f"(N, {POINTS}, H, W) and a number",
                f"Point `{SETTING}` in params.yaml at such a model, or choose another `landmark.backend`",
            )
        self._input, self._side, self._growth = entry.name, sides[0], float(written)

    def find(self, image: Image, box: NDArray[np.floating]) -> Landmarks:
        """The points of the face in a box; see `Landmarker`."""
        view = square_view(image, box, self._growth, self._side)
        tensor = np.ascontiguousarray(view.pixels.transpose(2, 0, 1)[None], np.float32) / np.float32(255)
        places, confidence = peaks(self._session.run(None, {self._input: tensor})[0][0])
        return Landmarks(view.placed(places * self._side), confidence)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def load(weights: Path) -> HeatmapOnnx:
    """The model of a file, or alone in a folder; see `load_landmarks`."""
    return HeatmapOnnx(single_weight_file(weights, SETTING))
