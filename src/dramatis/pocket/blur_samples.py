"""Pictures blurred by known amounts, on the way that a face takes into a video: what the blur net learns from."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core import seeds
from dramatis.core.images import Image, decode, encode_jpeg
from dramatis.pocket.blur_scenes import scene
from dramatis.pocket.blurring import KINDS, SHARPEST_PX, blurred, joined, kernel, radii, resized
from dramatis.pocket.degrade import noisy

SIZES_PX = (15, 260)
"""Width of the pictures, before they are resized."""
MARGIN = 0.15
"""Of the width, on each side: what lies beyond the picture is blurred into it."""


class Sample(NamedTuple):
    """Brightness of a picture, shape (H, W), and the radii of its blur along its long and its short axis [px]."""

    luma: NDArray[np.uint8]
    long_px: float
    short_px: float


def sample(seed: int, purpose: str, index: int) -> Sample:
    """One blurred picture; other purposes (`train`, `held-out`) give other pictures."""
    rng = seeds.rng(seed, "pocket", "blur", purpose, index)
    width = float(np.exp(rng.uniform(*np.log(SIZES_PX))))
    enlarged = float(np.exp(rng.uniform(0, np.log(max(min(6.0, width / 14), 1.01))))) if rng.random() < 0.35 else 1.0
    image, base = drawn(rng, width, float(rng.uniform(0.95, 1.45)), enlarged)
    long_px = short_px = base
    if rng.random() < 0.85:
        radius = np.exp(rng.uniform(np.log(0.25), np.log(max(0.11 * width, 1.0))))
        kind = KINDS[int(rng.choice(3, p=[0.3, 0.25, 0.45]))]
        spread = kernel(kind, float(radius), float(rng.uniform(0, np.pi)))
        image = blurred(image, spread)
        long_px, short_px = (joined(base, added) for added in radii(spread))
    image = shown(rng, image)
    ratio = float(np.exp(rng.uniform(np.log(0.6), np.log(1.7)))) if rng.random() < 0.35 else 1.0
    image, (long_px, short_px) = scaled(image, ratio), (resized(value, ratio) for value in (long_px, short_px))
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    margin = round(MARGIN / (1 + 2 * MARGIN) * luma.shape[1])
    return Sample(np.ascontiguousarray(luma[margin : -margin or None, margin : -margin or None]), long_px, short_px)


def drawn(rng: np.random.Generator, width: float, aspect: float, enlarged: float) -> tuple[Image, float]:
    """A scene with its margin, perhaps enlarged from a small one, and the radius of its sharpest edges [px]."""
    small = width / enlarged * (1 + 2 * MARGIN)
    image = scene(rng, max(round(small), 8), max(round(small * aspect), 8))
    return (scaled(image, enlarged), SHARPEST_PX * enlarged) if enlarged > 1 else (image, SHARPEST_PX)


def shown(rng: np.random.Generator, image: Image) -> Image:
    """A picture in some light and contrast, with the noise of a sensor and the losses of JPEG."""
    level = np.arange(256) / 255
    low, gain, gamma = rng.uniform(0, 0.35), np.exp(rng.uniform(np.log(0.15), np.log(1.15))), rng.uniform(0.75, 1.35)
    low = low if rng.random() < 0.4 else 0.0
    curve = np.clip(255 * (low + (1 - low) * gain * level**gamma), 0, 255).astype(np.uint8)
    image = curve[image]
    if rng.random() < 0.4:
        image = noisy(image, rng.uniform(0.5, 5), rng)
    if rng.random() < 0.75:
        image = decode(encode_jpeg(image, int(rng.integers(35, 99))))
    return image


def scaled(image: Image, ratio: float) -> Image:
    """A picture `ratio` times as large."""
    if ratio == 1:
        return image
    size = max(round(image.shape[1] * ratio), 1), max(round(image.shape[0] * ratio), 1)
    return cv2.resize(image, size, interpolation=cv2.INTER_CUBIC if ratio > 1 else cv2.INTER_AREA)
