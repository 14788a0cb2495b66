"""Cascades through OpenCV, such as nagadomi's lbpcascade_animeface: drawn faces from the front, without landmarks."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from dramatis.backends.detect import SETTING, Detection, OneByOne, inside
from dramatis.backends.weights import weight_files
from dramatis.core.errors import InputError
from dramatis.core.images import Image

SMALLEST_PX = 20
HALF = 5
"""Overlapping hits that make a confidence of one half: a cascade says yes or no, only counts tell how surely."""


class LbpAnime(OneByOne):
    """Finds faces of any size from 20 px; pictures of another size than `input_px` are scaled before."""

    def __init__(self, model: cv2.CascadeClassifier, min_score: float, input_px: int | None):
        self._model, self._input_px = model, input_px
        self._hits = max(int(np.ceil(HALF * min_score / max(1 - min_score, 1e-6) - 1e-9)), 1)

    def detect(self, image: Image) -> list[Detection]:
        """Faces of an RGB picture, those with most hits first; hits / (hits + 5) is the confidence."""
        height, width = image.shape[:2]
        scale = self._input_px / max(height, width) if self._input_px else 1.0
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
        seen = cv2.equalizeHist(cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR))
        rows, hits = self._model.detectMultiScale2(
            seen, scaleFactor=1.1, minNeighbors=self._hits, minSize=(SMALLEST_PX, SMALLEST_PX)
        )
        found = []
        for (x, y, w, h), count in zip(rows, hits, strict=True):
            box = inside(np.array([x, y, x + w, y + h], float) / scale, width, height)
            if box is not None:
                found.append(Detection("face", box, float(count) / (float(count) + HALF), None))
        return sorted(found, key=lambda detection: (-detection.score, *detection.box))


def load(weights: Path, min_score: Mapping[str, float], max_iou: float, input_px: int | None) -> LbpAnime:
    """The detector of one cascade file (.xml), itself or alone in a folder; see `load_detect`.

    OpenCV groups overlapping hits by a rule of its own, so `max_iou` has no say.
    """
    files = weight_files(weights, SETTING, ".xml")
    model = cv2.CascadeClassifier()
    try:
        readable = len(files) == 1 and model.load(str(files[0]))
    except cv2.error:
        readable = False
    if not readable:
        raise InputError(
            str(weights), "not one cascade file that OpenCV can read", f"Point `{SETTING}` in params.yaml at one"
        )
    return LbpAnime(model, min_score["face"], input_px)
