"""CCIP: identity of drawn characters (deepghs). Input (N, 3, S, S) RGB, output (N, D), difference (1 - cosine) / 2."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dramatis.backends.embed import SETTING, Face, in_batches, unit
from dramatis.backends.embed.threshold import known_threshold
from dramatis.backends.onnx import CPU, engine, open_session
from dramatis.backends.weights import single_weight_file
from dramatis.core.errors import InputError
from dramatis.core.images import Image, cut

MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
DYNAMIC_PX = 384
"""Side of the input for models without a size of their own: that of the published ones."""


@lru_cache(maxsize=512)
def triangle(size: int, target: int) -> NDArray[np.float32]:
    """Weights (target, size) that resample a line bilinearly; when it shrinks, the filter widens with the step.

    This is the bilinear filter of Pillow, which the published models were trained with; OpenCV's skips pixels instead.
    """
    step = size / target
    centre = (np.arange(target)[:, None] + 0.5) * step
    distance = np.abs(np.arange(size)[None] + 0.5 - centre) / max(step, 1.0)
    weights = np.clip(1 - distance, 0, None)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def tensor(image: Image, side: int) -> NDArray[np.float32]:
    """The input for one picture, shape (1, 3, side, side): squashed, whatever its proportions, and normalised."""
    rows, columns = triangle(image.shape[0], side), triangle(image.shape[1], side)
    small = np.einsum("yh,hwc,xw->yxc", rows, image.astype(np.float32), columns, optimize=True)
    small = np.rint(small) / np.float32(255)  # to whole levels, as a resized picture has
    return np.ascontiguousarray(((small - MEAN) / STD).transpose(2, 0, 1)[None], dtype=np.float32)


def region(face: Face, crop: str, expand: Mapping[str, float]) -> NDArray[np.float64]:
    """The box to look at: the wanted one, grown about its centre, or the grown face box where it is missing."""
    kind = crop if crop in face.boxes else "face"
    x0, y0, x1, y1 = np.asarray(face.boxes[kind], float)
    half_w, half_h = (x1 - x0) / 2 * expand[kind], (y1 - y0) / 2 * expand[kind]
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    return np.array([cx - half_w, cy - half_h, cx + half_w, cy + half_h])


class CcipOnnx:
    """Looks at one face at a time unless told otherwise: on a CPU a batch is no faster."""

    def __init__(
        self,
        file: Path,
        threshold: float,
        crop: str,
        expand: Mapping[str, float],
        batch_size: int,
        providers: Sequence[str],
    ):
        self.files, self.threshold, self.engine = [file], threshold, engine()
        self._session, self._crop, self._expand = open_session(file, SETTING, providers), crop, expand
        entry, result = self._session.get_inputs()[0], self._session.get_outputs()[0]
        if len(entry.shape) != 4 or entry.shape[1] != 3 or len(result.shape) != 2:
            raise InputError(
                str(file),
                f"input {entry.shape} and output {result.shape}, not (N, 3, S, S) and (N, D)",
                f"Point `{SETTING}` in params.yaml at a CCIP feature model (model_feat.onnx)",
            )
        self._input, self._side = entry.name, entry.shape[2] if isinstance(entry.shape[2], int) else DYNAMIC_PX
        self._batch = entry.shape[0] if isinstance(entry.shape[0], int) else batch_size
        self.width = self._features(tensor(np.zeros((1, 1, 3), np.uint8), self._side)).shape[1]

    def _features(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._session.run(None, {self._input: inputs})[0]  # (N, D)

    def embed(self, faces: Sequence[Face]) -> NDArray[np.float32]:
        """Vectors of length 1, shape (len(faces), width)."""
        if not faces:
            return np.empty((0, self.width), np.float32)
        looked_at = [cut(face.image, region(face, self._crop, self._expand)) for face in faces]
        inputs = [tensor(image, self._side)[0] for image in looked_at]
        return unit(in_batches(self._features, inputs, self._batch))


def load(
    weights: Path,
    threshold: float | None,
    crop: str,
    expand: Mapping[str, float],
    normalisation: str,
    batch_size: int = 1,
    providers: Sequence[str] = CPU,
) -> CcipOnnx:
    """The model of a file, or `model_feat.onnx` alone in a folder; see `load_embed`. Its normalisation is CLIP's."""
    file = single_weight_file(weights, SETTING)
    return CcipOnnx(file, known_threshold(threshold, file), crop, expand, batch_size, providers)
