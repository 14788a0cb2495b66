"""Models in the ArcFace layout: a 112 px face, turned upright by five landmarks (Deng et al. 2019)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.backends.embed import SETTING, Face, in_batches, unit
from dramatis.backends.embed.align import TEMPLATE, similarity
from dramatis.backends.embed.threshold import known_threshold
from dramatis.backends.onnx import CPU, engine, open_session
from dramatis.backends.weights import single_weight_file
from dramatis.core.errors import InputError
from dramatis.core.images import Image

SIDE_PX = 112
NORMALISATIONS = {
    "imagenet": (np.array([0.485, 0.456, 0.406]) * 255, np.array([0.229, 0.224, 0.225]) * 255),
    "arcface": (np.full(3, 127.5), np.full(3, 127.5)),
}
"""Mean and deviation of RGB [0..255] that the model was trained with."""


def aligned(face: Face, model: Path) -> Image:
    """The face upright, shape (112, 112, 3), its landmarks on the template as near as they go.

    Raises:
        InputError: the face has no landmarks, or they are one point.
    """
    points = None if face.landmarks is None else np.asarray(face.landmarks, float).reshape(5, 2)
    if points is None or not np.ptp(points, axis=0).any():
        raise InputError(
            str(model),
            "arcface_onnx needs the five landmarks of every face, and the detector gave none",
            "Use `detect.backend: yunet`, or `embed.backend: ccip_onnx`",
        )
    return cv2.warpAffine(face.image, similarity(points, TEMPLATE), (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR)


class ArcfaceOnnx:
    """Sums the vectors of a face and of its mirror image."""

    def __init__(self, file: Path, threshold: float, normalisation: str, batch_size: int, providers: Sequence[str]):
        self.files, self.threshold, self.engine = [file], threshold, engine()
        self._session = open_session(file, SETTING, providers)
        mean, deviation = NORMALISATIONS[normalisation]
        self._levels = ((np.arange(256)[:, None] - mean) / deviation).astype(np.float32).T  # (3, 256): of each channel
        entry, result = self._session.get_inputs()[0], self._session.get_outputs()[0]
        shape = list(entry.shape[1:])
        if shape not in ([3, SIDE_PX, SIDE_PX], [SIDE_PX, SIDE_PX, 3]) or len(result.shape) != 2:
            raise InputError(
                str(file),
                f"input {entry.shape} and output {result.shape}, not (N, 3, 112, 112) or (N, 112, 112, 3) and (N, D)",
                f"Point `{SETTING}` in params.yaml at an ArcFace model",
            )
        self._input, self._channels_first = entry.name, shape[0] == 3
        self._batch = entry.shape[0] if isinstance(entry.shape[0], int) else batch_size  # some models take one only
        self.width = self._features(self._tensor(np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8))[None]).shape[1]

    def _tensor(self, image: Image) -> NDArray[np.float32]:
        planes = [levels[channel] for levels, channel in zip(self._levels, cv2.split(image), strict=True)]
        return np.stack(planes, axis=0 if self._channels_first else -1)

    def _features(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._session.run(None, {self._input: np.ascontiguousarray(inputs)})[0]  # (N, D)

    def embed(self, faces: Sequence[Face]) -> NDArray[np.float32]:
        """Vectors of length 1, shape (len(faces), width); an `InputError` for a face without landmarks."""
        if not faces:
            return np.empty((0, self.width), np.float32)
        upright = [aligned(face, self.files[0]) for face in faces]
        tensors = [self._tensor(image) for image in upright]
        both = [each for one in tensors for each in (one, np.flip(one, 2 if self._channels_first else 1))]
        features = in_batches(self._features, both, self._batch)  # (2 N, D)
        return unit(features[::2] + features[1::2])


def load(
    weights: Path,
    threshold: float | None,
    crop: str,
    expand: Mapping[str, float],
    normalisation: str,
    batch_size: int = 1,
    providers: Sequence[str] = CPU,
) -> ArcfaceOnnx:
    """The model of a file, or alone in a folder; see `load_embed`. What it looks at is the aligned face only."""
    file = single_weight_file(weights, SETTING)
    return ArcfaceOnnx(file, known_threshold(threshold, file), normalisation, batch_size, providers)
