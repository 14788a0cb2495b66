"""Detectors of the library deepface: faces of real people. The name of the weight file says which detector it is."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.backends.deepface import DeepfaceModel, known_file
from dramatis.backends.detect import SETTING, Detection, OneByOne, inside
from dramatis.core.images import Image

DETECTORS = {
    "face_detection_yunet_2023mar.onnx": "yunet",
    "retinaface.onnx": "retinaface",
    "centerface.onnx": "centerface",
    "haarcascade_frontalface_default.xml": "opencv",
    "res10_300x300_ssd_iter_140000.caffemodel": "ssd",
    "shape_predictor_5_face_landmarks.dat": "dlib",
}
"""deepface's name of the detector of each file.

Left out are mtcnn, fastmtcnn and mediapipe, which have no weight file, and the YOLO ones, whose weights are pickled.
"""
OTHERS = {
    "haarcascade_frontalface_default.xml": ("haarcascade_eye.xml",),
    "res10_300x300_ssd_iter_140000.caffemodel": ("deploy.prototxt", "haarcascade_eye.xml"),
}
THRESHOLDS = ("yunet_score_threshold", "CENTERFACE_THRESHOLD")
"""Environment variables by which deepface's detectors are told the smallest confidence; retinaface has 0.9 built in."""


class Deepface(OneByOne):
    """Finds faces; yunet and centerface scale large pictures themselves."""

    def __init__(self, model: DeepfaceModel, min_score: float, input_px: int | None):
        self._model, self._min_score, self._input_px = model, min_score, input_px

    def detect(self, image: Image) -> list[Detection]:
        """Faces of an RGB picture, most confident first; with landmarks if the detector has all five."""
        height, width = image.shape[:2]
        scale = self._input_px / max(height, width) if self._input_px else 1.0
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        seen = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        with self._model.settings(**dict.fromkeys(THRESHOLDS, self._min_score)):
            regions = self._model.client.detect_faces(np.ascontiguousarray(seen[..., ::-1]))
        found = []
        for region in regions:
            score = min(max(float(region.confidence or 0), 0.0), 1.0)
            corners = np.array([region.x, region.y, region.x + region.w, region.y + region.h], float)
            box = inside(corners / scale, width, height)
            if box is not None and score >= self._min_score:
                found.append(Detection("face", box, score, _landmarks(region, scale)))
        return sorted(found, key=lambda detection: (-detection.score, *detection.box))


def _landmarks(region: object, scale: float) -> NDArray[np.float32] | None:
    names = ("right_eye", "left_eye", "nose", "mouth_right", "mouth_left")
    points = [getattr(region, name) for name in names]
    return None if any(point is None for point in points) else (np.array(points, float) / scale).astype(np.float32)


def load(weights: Path, min_score: Mapping[str, float], max_iou: float, input_px: int | None) -> Deepface:
    """The detector of a file, itself or alone in a folder; see `load_detect`.

    Overlapping faces are suppressed by rules of its own, so `max_iou` has no say.
    """
    file = known_file(weights, DETECTORS, OTHERS, SETTING)
    model = DeepfaceModel("face_detector", DETECTORS[file.name], file, SETTING)
    return Deepface(model, min_score["face"], input_px)
