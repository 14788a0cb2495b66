"""Face models of the library deepface. The name of the weight file says which model it is."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.backends import deepface
from dramatis.backends.embed import SETTING, Face, in_batches, unit
from dramatis.backends.embed.align import TEMPLATE, similarity
from dramatis.backends.embed.threshold import known_threshold
from dramatis.backends.onnx import CPU, engine
from dramatis.core.errors import InputError

MODELS = {
    "arcface_weights.onnx": "ArcFace",
    "facenet_weights.onnx": "Facenet",
    "facenet512_weights.onnx": "Facenet512",
    "face_recognition_sface_2021dec.onnx": "SFace",
    "ghostfacenet_v1.onnx": "GhostFaceNet",
    "vgg_face_weights.onnx": "VGG-Face",
    "openface_weights.onnx": "OpenFace",
    "deepid_weights.onnx": "DeepID",
    "VGGFace2_DeepFace_weights_val-0.9034.onnx": "DeepFace",
}
"""deepface's name of the model of each file. Dlib and Buffalo_L are left out: they need libraries of their own."""
ALIGNED = ("ArcFace", "SFace", "GhostFaceNet")
"""Models trained on faces that five points lay on ArcFace's template; the others saw the box of an upright face."""


class Deepface:
    """Vectors as deepface's `represent` gives them, of faces that are turned upright here."""

    def __init__(self, model: deepface.DeepfaceModel, name: str, file: Path, threshold: float, batch_size: int):
        self.files, self.threshold, self.engine = [file], threshold, f"{engine()}, {deepface.engine()}"
        self._model, self._name = model, name
        height, width = model.client.input_shape
        entry = model.client.model.get_inputs()[0]
        self._size = width, height
        self._batch = entry.shape[0] if isinstance(entry.shape[0], int) else batch_size
        try:
            self.width = self._features(np.zeros((1, height, width, 3), np.float32)).shape[1]
        except deepface.UNRUNNABLE:
            raise InputError(
                str(file),
                f"input {entry.shape}, not that of {name}, (N, {height}, {width}, 3)",
                f"Fetch it again, or point `{SETTING}` in params.yaml at another",
            ) from None

    def _features(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        with self._model.settings():
            rows = np.array(self._model.client.forward(inputs), np.float32)
        return rows.reshape(len(inputs), -1)  # deepface gives a flat list for one face

    def embed(self, faces: Sequence[Face]) -> NDArray[np.float32]:
        """Vectors of length 1, shape (len(faces), width)."""
        if not faces:
            return np.empty((0, self.width), np.float32)
        inputs = [
            cv2.warpAffine(face.image, placing(face, self._size, self._name in ALIGNED), self._size)[..., ::-1]
            for face in faces
        ]
        return unit(in_batches(self._features, [image.astype(np.float32) / 255 for image in inputs], self._batch))


def placing(face: Face, size: tuple[int, int], on_template: bool) -> NDArray[np.float64]:
    """The turn, scale and shift, shape (2, 3), that lays a face into a model's input.

    Args:
        face: upright by its landmarks if it has any, else as it stands.
        size: width and height of the input [px].
        on_template: its five points come onto ArcFace's template; else the square about its box fills the input, and
            its eyes are level.
    """
    width, height = size
    points = None if face.landmarks is None else np.asarray(face.landmarks, float).reshape(5, 2)
    if points is not None and not np.ptp(points, axis=0).any():
        points = None
    if on_template and points is not None:
        return similarity(points, TEMPLATE * [width / 112, height / 112])
    x0, y0, x1, y1 = np.asarray(face.boxes["face"], float)
    scale = min(width, height) / max(x1 - x0, y1 - y0)
    dx, dy = (1.0, 0.0) if points is None else points[1] - points[0]  # from the right eye to the left one
    cos, sin = np.array([dx, dy]) / max(np.hypot(dx, dy), 1e-9)
    turn = scale * np.array([[cos, sin], [-sin, cos]])
    centre = np.array([x0 + x1, y0 + y1]) / 2
    return np.column_stack([turn, np.array([width, height]) / 2 - turn @ centre])


def load(
    weights: Path,
    threshold: float | None,
    crop: str,
    expand: Mapping[str, float],
    normalisation: str,
    batch_size: int = 1,
    providers: Sequence[str] = CPU,
) -> Deepface:
    """The model of a file, itself or alone in a folder; see `load_embed`. What it looks at is the face only."""
    file = deepface.known_file(weights, MODELS, {}, SETTING)
    name = MODELS[file.name]
    model = deepface.DeepfaceModel("facial_recognition", name, file, SETTING, providers)
    return Deepface(model, name, file, known_threshold(threshold, file), batch_size)
