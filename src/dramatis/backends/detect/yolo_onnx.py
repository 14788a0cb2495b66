"""Detectors in the YOLOv8 layout of ultralytics: input (N, 3, S, S) RGB 0..1, output (N, 4 + classes, anchors).

One file with several classes, or several files with one class each in a folder (as deepghs publishes them).
The class names come from the metadata key `names` that the exporter writes.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from dramatis.backends.detect import SETTING, Detection, inside
from dramatis.backends.onnx import CPU, open_session
from dramatis.backends.weights import weight_files
from dramatis.core import boxes
from dramatis.core.errors import InputError
from dramatis.core.images import Image

GREY = 114
STRIDE = 32
DYNAMIC_PX = 640
"""Longest side for models of any size that don't say at which they were trained (metadata key `imgsz`)."""


class Letterbox(NamedTuple):
    """How a picture was fitted into the model's input: scaled by `scale`, then moved by (left, top) pixels."""

    scale: float
    left: int
    top: int


def letterbox(image: Image, width: int, height: int, tight: bool) -> tuple[Image, Letterbox]:
    """A picture scaled to fit into width x height, with grey borders of equal size on both sides.

    Args:
        image: RGB, shape (H, W, 3).
        width: width to fit into [px].
        height: height to fit into [px].
        tight: pad only up to the next multiple of the stride, for models that take any size.
    """
    rows, columns = image.shape[:2]
    scale = min(height / rows, width / columns)
    inner_w, inner_h = max(round(columns * scale), 1), max(round(rows * scale), 1)
    free_w, free_h = width - inner_w, height - inner_h
    if tight:
        free_w, free_h = free_w % STRIDE, free_h % STRIDE
    if (inner_w, inner_h) != (columns, rows):
        image = cv2.resize(image, (inner_w, inner_h), interpolation=cv2.INTER_LINEAR)
    left, top = round(free_w / 2 - 0.1), round(free_h / 2 - 0.1)
    grey = (GREY,) * 3
    image = cv2.copyMakeBorder(image, top, free_h - top, left, free_w - left, cv2.BORDER_CONSTANT, value=grey)
    return image, Letterbox(scale, left, top)


def suppress(found: NDArray[np.floating], scores: NDArray[np.floating], max_iou: float) -> list[int]:
    """Greedy non-maximum suppression: indices that stay, most confident first, equal scores in their given order.

    Args:
        found: boxes, shape (N, 4).
        scores: shape (N,).
        max_iou: a box that overlaps a better one by more than this goes [0..1].
    """
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(int(best))
        order = order[boxes.iou(found[best], found[order])[0] <= max_iou]
    return kept


class _Model:
    """One file: a session and the kinds behind its class numbers (None for a class nobody asked for)."""

    def __init__(
        self, file: Path, wanted: Mapping[str, float], input_px: int | None, batch_size: int, providers: Sequence[str]
    ):
        self.session = open_session(file, SETTING, providers)
        names = _class_names(self.session, file)
        self.kinds = [name if name in wanted else None for name in names]
        if not any(self.kinds):
            raise InputError(
                str(file),
                f"its classes are {', '.join(names)}, none of {', '.join(wanted)}",
                f"Take it out of the folder, or point `{SETTING}` in params.yaml at another",
            )
        self.input, self.output = self.session.get_inputs()[0], self.session.get_outputs()[0]
        rows = self.output.shape[1] if len(self.output.shape) == 3 else 0
        if len(self.input.shape) != 4 or not isinstance(rows, str | None) and rows != 4 + len(names):
            raise InputError(
                str(file),
                f"input {self.input.shape} and output {self.output.shape} are not those of a "
                f"YOLOv8 with {len(names)} classes",
                "Export it with ultralytics' `format=onnx`, nms off",
            )
        own = self.input.shape[0]  # exported for one picture at a time, or for any number
        self.batch_size = own if isinstance(own, int) else batch_size
        self.fixed = all(isinstance(side, int) for side in self.input.shape[2:])
        height, width = self.input.shape[2:] if self.fixed else (input_px or _trained_px(self.session),) * 2
        if self.fixed and input_px not in (None, max(height, width)):
            raise InputError(
                "params.yaml: detect.input_px", f"{input_px}, but {file} takes {width}x{height} only", "Set it to null"
            )
        self.width, self.height = width, height

    def run(self, images: Sequence[Image], min_score: float) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Of each picture boxes in it, shape (A, 4), and scores of each class, shape (A, classes).

        Anchors whose best score is below `min_score` are left out: nearly all of them. Pictures that need borders of
        the same size go through the model together.
        """
        fitted = [letterbox(image, self.width, self.height, tight=not self.fixed) for image in images]
        alike: dict[tuple[int, ...], list[int]] = {}
        for index, (image, _) in enumerate(fitted):
            alike.setdefault(image.shape, []).append(index)
        found: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
        for group in alike.values():
            for start in range(0, len(group), self.batch_size):
                part = group[start : start + self.batch_size]
                outputs = self._outputs([fitted[index][0] for index in part])
                found |= {
                    index: _in_picture(out, fitted[index][1], min_score)
                    for index, out in zip(part, outputs, strict=True)
                }
        return [found[index] for index in range(len(images))]

    def _outputs(self, images: Sequence[Image]) -> NDArray[np.float32]:
        """What the model says of fitted pictures of one size, shape (N, 4 + classes, A)."""
        tensor = np.empty((len(images), 3, *images[0].shape[:2]), np.float32)
        for row, image in zip(tensor, images, strict=True):
            for plane, channel in zip(row, cv2.split(image), strict=True):
                np.divide(channel, np.float32(255), out=plane)
        return self.session.run([self.output.name], {self.input.name: tensor})[0]


def _in_picture(
    output: NDArray[np.float32], fit: Letterbox, min_score: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes, shape (A, 4), and scores, shape (A, classes), from what the model says of one picture."""
    rows = output[:, output[4:].max(axis=0) >= min_score].T.astype(np.float64)
    centre, side = rows[:, :2], rows[:, 2:4]
    corners = np.concatenate([centre - side / 2, centre + side / 2], axis=1)  # (A, 4)
    return (corners - [fit.left, fit.top, fit.left, fit.top]) / fit.scale, rows[:, 4:]


def _trained_px(session: InferenceSession) -> int:
    written = session.get_modelmeta().custom_metadata_map.get("imgsz", "")
    sides = [int(side) for side in re.findall(r"\d+", written)]  # `[480, 480]`: height and width
    return max(sides, default=0) or DYNAMIC_PX


def _class_names(session: InferenceSession, file: Path) -> list[str]:
    written = session.get_modelmeta().custom_metadata_map.get("names", "")
    try:
        names = ast.literal_eval(written)
    except (ValueError, SyntaxError):
        names = None
    if isinstance(names, dict) and sorted(names) == list(range(len(names))) and names:
        return [str(names[index]) for index in range(len(names))]
    if isinstance(names, list) and names:
        return [str(name) for name in names]
    raise InputError(
        str(file),
        f"metadata key `names` is {written!r}, not class names such as {{0: 'face'}}",
        "Export the model with ultralytics, or add the key",
    )


class YoloOnnx:
    """Runs every file of a folder over the picture."""

    def __init__(self, models: list[_Model], min_score: Mapping[str, float], max_iou: float):
        self._models, self._min_score, self._max_iou = models, min_score, max_iou
        self._least = min(min_score.values(), default=1.0)

    def detect(self, image: Image) -> list[Detection]:
        """Boxes of an RGB picture, most confident first."""
        return self.detect_batch([image])[0]

    def detect_batch(self, images: Sequence[Image]) -> list[list[Detection]]:
        """Boxes of each of several RGB pictures, most confident first."""
        found: list[list[Detection]] = [[] for _ in images]
        for model in self._models:
            for each, image, (corners, scores) in zip(found, images, model.run(images, self._least), strict=True):
                each += self._of(model, image, corners, scores)
        return [sorted(each, key=lambda one: (-one.score, one.kind, *one.box)) for each in found]

    def _of(
        self, model: _Model, image: Image, corners: NDArray[np.float64], scores: NDArray[np.float64]
    ) -> list[Detection]:
        winner = scores.argmax(axis=1)
        found = []
        for index, kind in enumerate(model.kinds):
            if kind is None:
                continue
            of_kind = (winner == index) & (scores[:, index] >= self._min_score[kind])
            candidates, confidence = corners[of_kind], scores[of_kind, index]
            for kept in suppress(candidates, confidence, self._max_iou):
                box = inside(candidates[kept], image.shape[1], image.shape[0])
                if box is not None:
                    found.append(Detection(kind, box, float(confidence[kept]), None))
        return found


def load(
    weights: Path,
    min_score: Mapping[str, float],
    max_iou: float,
    input_px: int | None,
    batch_size: int = 1,
    providers: Sequence[str] = CPU,
) -> YoloOnnx:
    """The detector of a file, or of all ONNX files in a folder; see `load_detect`."""
    models = [_Model(file, min_score, input_px, batch_size, providers) for file in weight_files(weights, SETTING)]
    return YoloOnnx(models, min_score, max_iou)
