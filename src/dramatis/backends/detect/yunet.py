"""YuNet through OpenCV: faces of real people with five landmarks (Wu et al. 2023)."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from dramatis.backends.detect import SETTING, Detection, OneByOne, inside
from dramatis.backends.onnx_files import check_onnx
from dramatis.backends.weights import single_weight_file
from dramatis.core.errors import InputError
from dramatis.core.images import Image

CANDIDATES = 5000


class Yunet(OneByOne):
    """Finds faces from about 20 px; pictures of another size than `input_px` are scaled before."""

    def __init__(self, model: cv2.FaceDetectorYN, input_px: int | None):
        self._model, self._input_px = model, input_px

    def detect(self, image: Image) -> list[Detection]:
        """Faces of an RGB picture, most confident first."""
        height, width = image.shape[:2]
        scale = self._input_px / max(height, width) if self._input_px else 1.0
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        seen = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2BGR)
        if size != (width, height):
            seen = cv2.resize(seen, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        self._model.setInputSize(size)
        rows = self._model.detect(seen)[1]
        found = []
        for row in np.empty((0, 15)) if rows is None else rows.astype(np.float64):
            corner, side, score = row[:2], row[2:4], min(float(row[14]), 1.0)
            box = inside(np.concatenate([corner, corner + side]) / scale, width, height)
            if box is not None:
                landmarks = (row[4:14].reshape(5, 2) / scale).astype(np.float32)
                found.append(Detection("face", box, score, landmarks))
        return sorted(found, key=lambda detection: (-detection.score, *detection.box))


def load(weights: Path, min_score: Mapping[str, float], max_iou: float, input_px: int | None) -> Yunet:
    """The detector of one file; see `load_detect`."""
    file = single_weight_file(weights, SETTING)
    check_onnx(file, SETTING, "a YuNet model that OpenCV can run")  # OpenCV would follow a path out of the folder
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_FATAL)  # what it cannot run is said below, in one line
    try:
        model = cv2.FaceDetectorYN.create(str(file), "", (64, 64), min_score["face"], max_iou, CANDIDATES)
        model.detect(np.zeros((64, 64, 3), np.uint8))  # a model of another kind fails here, not at the first frame
    except cv2.error:
        raise InputError(
            str(file),
            "not a YuNet model that OpenCV can run",
            f"Fetch it again, or point `{SETTING}` in params.yaml at another",
        ) from None
    return Yunet(model, input_px)
