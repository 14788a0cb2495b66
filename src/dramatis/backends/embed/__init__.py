"""Embedders: one identity vector for each face."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict

from dramatis.backends.onnx import CPU
from dramatis.core.images import Image
from dramatis.core.params import Params

SETTING = "embed.weights"
"""The parameter that names the weights, for messages."""


class EmbedChoice(Params):
    """The keys of section `embed` that load an embedder, for stages that use it beside `embed`, which checks them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    backend: str
    weights: Path
    threshold: float | None
    crop: str
    expand: dict[str, float]
    normalisation: str
    batch_size: int = 1
    providers: tuple[str, ...] = CPU


class Face(NamedTuple):
    """A face in a picture: what an embedder may need to look at it."""

    image: Image
    """The whole picture, RGB."""
    boxes: Mapping[str, NDArray[np.floating] | Sequence[float]]
    """Boxes x0 y0 x1 y1 of the person by kind [px]; `face` is always there."""
    landmarks: NDArray[np.floating] | None
    """Five points of the face [px], shape (5, 2); None if the detector finds none."""


class Embedder(Protocol):
    """Turns faces into vectors whose angle says how alike they are."""

    width: int
    """Numbers in a vector."""
    threshold: float
    """Largest difference (1 - cosine) / 2 that counts as the same person [0..1]."""
    files: Sequence[Path]
    """The weight files in use."""
    engine: str
    """Library that runs the model, with its version."""

    def embed(self, faces: Sequence[Face]) -> NDArray[np.float32]:
        """Vectors of length 1, shape (len(faces), width); a face's vector does not depend on the others."""
        ...


def load_embed(
    backend: str,
    weights: Path,
    threshold: float | None,
    crop: str,
    expand: Mapping[str, float],
    normalisation: str,
    batch_size: int = 1,
    providers: Sequence[str] = CPU,
) -> Embedder:
    """An embedder by the name of its file in this package.

    Args:
        backend: ccip_onnx, arcface_onnx, deepface or fused.
        weights: model file, or folder with it.
        threshold: largest difference that counts as the same person; None for the one in `metrics.json` by the model.
        crop: which box of the person is looked at: face, head or person (ccip_onnx).
        expand: factor about its centre by which a box of each kind grows (ccip_onnx).
        normalisation: of the pixels, imagenet or arcface (arcface_onnx).
        batch_size: faces that go through the model together, where it takes more than one.
        providers: what onnxruntime may run it on, the first wanted most.

    Raises:
        InputError: the weights are missing or of another layout, or no threshold is known.
        ParameterError: onnxruntime lacks a provider.
    """
    module = import_module(f"dramatis.backends.embed.{backend}")
    return module.load(weights, threshold, crop, expand, normalisation, batch_size, providers)


def in_batches(
    run: Callable[[NDArray[np.float32]], NDArray[np.float32]], inputs: Sequence[NDArray[np.float32]], size: int
) -> NDArray[np.float32]:
    """What a model says of inputs of equal shape, shape (len(inputs), D); at most `size` go through it together.

    Args:
        run: the model, from (N, ...) to (N, D).
        inputs: one for each face; at least one.
        size: of a batch.
    """
    starts = range(0, len(inputs), size)
    return np.concatenate([run(np.stack(inputs[start : start + size])) for start in starts])


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows scaled to length 1, shape (N, D); a row of zeros stays."""
    length = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return (vectors / np.maximum(length, 1e-12)).astype(np.float32)
