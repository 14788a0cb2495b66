"""Detectors: boxes of faces, heads, half bodies and people in one picture."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict

from dramatis.backends.onnx import CPU
from dramatis.core import boxes
from dramatis.core.errors import ParameterError
from dramatis.core.images import Image
from dramatis.core.params import Params

SETTING = "detect.weights"
"""The parameter that names the weights, for messages."""


ON_ONNXRUNTIME = ("yolo_onnx",)
"""Backends that run on onnxruntime; the others know the CPU only."""


class DetectChoice(Params):
    """The keys of section `detect` that load a detector, for stages that use it beside `detect`, which checks them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    backend: str
    weights: Path
    min_score: dict[str, float]
    max_iou: float
    input_px: int | None
    batch_size: int = 1
    providers: tuple[str, ...] = CPU
    same_iou: float = 0.4
    also: tuple[Mapping[str, Any], ...] = ()


class Detection(NamedTuple):
    """One box of one picture."""

    kind: str
    """A kind that was asked for: face, head, halfbody or person."""
    box: NDArray[np.float64]
    """x0 y0 x1 y1 inside the picture [px], shape (4,)."""
    score: float
    """Confidence [0..1]."""
    landmarks: NDArray[np.float32] | None
    """Right eye, left eye, nose, right and left corner of the mouth (of the person) [px], shape (5, 2)."""


class Detector(Protocol):
    """Finds people in one picture."""

    def detect(self, image: Image) -> list[Detection]:
        """Boxes of an RGB picture of shape (H, W, 3), most confident first; the same picture gives the same boxes."""
        ...

    def detect_batch(self, images: Sequence[Image]) -> list[list[Detection]]:
        """Boxes of each picture, as `detect` finds them."""
        ...


class OneByOne(ABC):
    """A detector whose model takes one picture at a time."""

    @abstractmethod
    def detect(self, image: Image) -> list[Detection]:
        """See `Detector`."""

    def detect_batch(self, images: Sequence[Image]) -> list[list[Detection]]:
        """See `Detector`."""
        return [self.detect(image) for image in images]


def load_detect(
    backend: str,
    weights: Path,
    min_score: Mapping[str, float],
    max_iou: float,
    input_px: int | None,
    batch_size: int = 1,
    providers: Sequence[str] = CPU,
    same_iou: float = 0.4,
    also: Sequence[Mapping[str, Any]] = (),
) -> Detector:
    """A detector by the name of its file in this package.

    Args:
        backend: yolo_onnx, yunet, deepface or lbp_anime.
        weights: model file, or folder of them.
        min_score: smallest confidence that counts, for each kind that is wanted [0..1].
        max_iou: of two boxes of one kind that overlap by more than this, the more confident stays [0..1].
        input_px: longest side of the picture as the model sees it [px]; None for the model's own way.
        batch_size: pictures that go through the model together, where it takes more than one.
        providers: what onnxruntime may run it on, the first wanted most.
        same_iou: boxes of two detectors that overlap by more are the same thing [0..1].
        also: backend, weights, min_score, max_iou and input_px of more detectors, whose boxes are merged with its own.

    Raises:
        InputError: the weights are missing or of another layout.
        ParameterError: onnxruntime lacks a provider, or the backend does not run on it.
    """
    if also:
        from dramatis.backends.detect.combined import Combined, Part

        own: dict[str, Any] = {"backend": backend, "weights": weights, "min_score": min_score, "max_iou": max_iou}
        own["input_px"] = input_px
        shared: dict[str, Any] = {"batch_size": batch_size, "providers": providers}
        return Combined([Part(load_detect(**each, **shared), each["min_score"]) for each in (own, *also)], same_iou)
    module = import_module(f"dramatis.backends.detect.{backend}")
    if backend in ON_ONNXRUNTIME:
        return module.load(weights, min_score, max_iou, input_px, batch_size, providers)
    if tuple(providers) != CPU:
        raise ParameterError(
            "params.yaml: detect.providers",
            f"{', '.join(providers)}, but {backend} runs on the CPU only",
            f"Set it to [{', '.join(CPU)}], or take one of {', '.join(ON_ONNXRUNTIME)}",
        )
    return module.load(weights, min_score, max_iou, input_px)


def boxes_of(face: Detection, found: Sequence[Detection]) -> dict[str, NDArray[np.float64]]:
    """The boxes of the person of a face by kind: of each kind the smallest that holds at least half of the face.

    Args:
        face: whose person is asked for.
        found: everything that was found in the picture.
    """
    of_person = {"face": face.box}
    for kind in {one.kind for one in found} - {"face"}:
        holding = [one.box for one in found if one.kind == kind and boxes.cover(face.box, one.box)[0, 0] >= 0.5]
        if holding:
            of_person[kind] = min(holding, key=lambda box: float(boxes.area(box)[0]))
    return of_person


def inside(box: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64] | None:
    """A box cut to the picture; None if less than a pixel of it lies inside."""
    cut = np.clip(box, 0, [width, height, width, height])
    return cut if cut[2] - cut[0] >= 1 and cut[3] - cut[1] >= 1 else None
