"""What the detector learns from: film-like frames, and single pictures as the pipeline or a generator shows them."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dramatis.core.images import Image
from dramatis.detect.schema import KINDS
from dramatis.pocket.degrade import film_look, generated_look
from dramatis.pocket.detector_loss import Labels
from dramatis.pocket.pictures import Picture, frame, picture

GREY = 114
"""Level of the borders, as ultralytics fills them."""


class Scene(NamedTuple):
    """An input with its boxes."""

    image: Image
    kinds: NDArray[np.int64]
    """Numbers of the kinds, (M,)."""
    boxes: NDArray[np.float32]
    """x0 y0 x1 y1 [px], (M, 4)."""


def fitted(drawn: Picture, width: int, height: int) -> Scene:
    """A picture scaled into width x height, the rest grey on both sides."""
    rows, columns = drawn.image.shape[:2]
    scale = min(width / columns, height / rows)
    inner_w, inner_h = round(columns * scale), round(rows * scale)
    left, top = (width - inner_w) // 2, (height - inner_h) // 2
    canvas = np.full((height, width, 3), GREY, np.uint8)
    inner = canvas[top : top + inner_h, left : left + inner_w]
    cv2.resize(drawn.image, (inner_w, inner_h), dst=inner, interpolation=cv2.INTER_LINEAR)
    boxes = np.array([box for _, box in drawn.boxes], np.float32).reshape(-1, 4)
    kinds = np.array([KINDS.index(kind) for kind, _ in drawn.boxes], np.int64)
    return Scene(canvas, kinds, boxes * np.float32(scale) + np.array([left, top, left, top], np.float32))


def film_scene(rng: np.random.Generator, width: int, height: int) -> Scene:
    """A frame of a film, drawn at 0.6 to 1.3 times the size at which it is seen, of any shape near the canvas's."""
    scale = rng.choice([1.0, rng.uniform(0.6, 1.3)])
    shape = rng.uniform(0.8, 1.0, 2) if rng.random() < 0.3 else np.array([1.0, 1.0])
    drawn = frame(rng, *(int(side) for side in np.array([width, height]) * scale * shape))
    return fitted(drawn._replace(image=film_look(drawn.image, rng, blur=1.3)), width, height)


def picture_scene(rng: np.random.Generator, width: int, height: int) -> Scene:
    """One person, drawn at 64 to 256 px and scaled up to fill the canvas; most often as soft as a generated picture."""
    if rng.random() < 0.7:
        drawn = picture(rng, 64)
        drawn = drawn._replace(image=generated_look(drawn.image, rng))
    else:
        drawn = picture(rng, int(rng.integers(64, 257)))
        drawn = drawn._replace(image=film_look(drawn.image, rng))
    return fitted(drawn, width, height)


def as_tensor(images: Sequence[Image]) -> Tensor:
    """Pictures of one size as the input (N, 3, H, W) in 0..1."""
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255


def as_labels(scenes: Sequence[Scene]) -> Labels:
    """The boxes of a batch, filled up with empty ones."""
    count = max(1, *(len(scene.kinds) for scene in scenes))
    corners, kinds = np.zeros((len(scenes), count, 4), np.float32), np.zeros((len(scenes), count), np.int64)
    real = np.zeros((len(scenes), count), bool)
    for row, scene in enumerate(scenes):
        here = slice(len(scene.kinds))
        corners[row, here], kinds[row, here], real[row, here] = scene.boxes, scene.kinds, True
    return Labels(*(torch.from_numpy(part) for part in (corners, kinds, real)))
