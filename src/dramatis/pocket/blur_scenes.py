"""Sharp pictures that nobody took: drawn faces, dead leaves, clouds, hair and text, to learn blur from."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image, cut
from dramatis.pocket.pictures import picture

FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX)
_SHIFT = 4
"""Binary digits of a pixel that OpenCV keeps."""


def scene(rng: np.random.Generator, width: int, height: int) -> Image:
    """A sharp picture of one of the kinds below; drawn at twice its size, as the film's are."""
    kinds: tuple[Callable[[np.random.Generator, int, int], Image], ...] = (drawn_face, soft_head, dead_leaves, written)
    kind = kinds[int(rng.choice(len(kinds), p=[0.35, 0.35, 0.22, 0.08]))]
    return kind(rng, width, height)


def drawn_face(rng: np.random.Generator, width: int, height: int) -> Image:
    """The face of somebody whom the renderer draws, as flat colours with sharp edges."""
    side = int(np.ceil(max(width, height) * rng.uniform(1.9, 2.5)))
    for _ in range(8):
        drawn = picture(rng, side, stage="head")
        boxes = dict(drawn.boxes)
        if "face" in boxes:
            break
    x0, y0, x1, y1 = boxes.get("face", (0, 0, side, side))
    wide = max((x1 - x0) / width, (y1 - y0) / height)
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    ratio = min(wide, side / max(width, height))
    half = np.array([width, height]) * ratio / 2
    left, top = np.clip([cx - half[0], cy - half[1]], 0, side - 2 * half)
    inside = cut(drawn.image, np.array([left, top, left + 2 * half[0], top + 2 * half[1]]))
    if min(inside.shape[:2]) < 2 or ratio < 1:  # never enlarged: that would be a blur nobody counts
        return picture(rng, max(width, height), stage="head").image[:height, :width]
    return cv2.resize(inside, (width, height), interpolation=cv2.INTER_AREA)


def clouds(rng: np.random.Generator, width: int, height: int, slope: float) -> NDArray[np.float32]:
    """Noise whose amplitude falls with the frequency to the power `slope`, mean 0 and deviation 1, shape (H, W)."""
    y, x = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    amplitude = np.maximum(np.hypot(x, y), 1 / max(width, height)) ** -slope
    amplitude[0, 0] = 0
    waves = amplitude * (rng.normal(size=amplitude.shape) + 1j * rng.normal(size=amplitude.shape))
    noise = np.fft.irfft2(waves, (height, width))
    return (noise / max(noise.std(), 1e-9)).astype(np.float32)


def dead_leaves(rng: np.random.Generator, width: int, height: int) -> Image:
    """Shapes of all sizes, each over the ones before, some of them textured (Lee, Mumford and Huang 2001)."""
    wide, high = 2 * width, 2 * height
    image = _ground(rng, wide, high)
    for radius in _leaf_sizes(rng, max(wide, high), int(rng.integers(12, 70))):
        _leaf(rng, image, radius)
    return _half(image)


def soft_head(rng: np.random.Generator, width: int, height: int) -> Image:
    """What a photographed face is to a measure of blur: soft shading, few sharp edges, fine hair, faint texture."""
    wide, high = 2 * width, 2 * height
    image = _ground(rng, wide, high)
    skin = np.array(rng.uniform(0.15, 0.95)) * rng.uniform([150, 100, 70], [255, 225, 205])
    middle = np.array([wide, high]) * rng.uniform(0.4, 0.6, 2)
    axes = np.array([wide, high]) * rng.uniform(0.36, 0.62, 2)
    face = np.zeros((high, wide), np.uint8)
    _ellipse(face, middle, axes, rng.uniform(-15, 15), 255)
    light = 1 + clouds(rng, wide, high, 2.2)[..., None] * rng.uniform(0.05, 0.25)
    light = light + rng.uniform(-0.5, 0.5) * np.linspace(-1, 1, wide)[None, :, None]
    pores = clouds(rng, wide, high, rng.uniform(0.6, 1.4))[..., None] * rng.uniform(0, 5)
    flesh = skin * light + pores
    lit = np.where(face[..., None] > 0, flesh, image.astype(np.float32))
    for _ in range(int(rng.integers(4, 14))):  # shadows, cheeks, lids: edges that are soft in the sharpest picture
        lit = _shade(rng, lit)
    image = np.clip(lit, 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(3, 12))):  # eyes, nostrils, lips, a collar
        _leaf(rng, image, rng.uniform(0.015, 0.09) * wide, dark=rng.random() < 0.7)
    if rng.random() < 0.8:
        _hair(rng, image)
    return _half(image)


def written(rng: np.random.Generator, width: int, height: int) -> Image:
    """Words and strokes on paper."""
    image = _ground(rng, 2 * width, 2 * height)
    for _ in range(int(rng.integers(3, 14))):
        text = "".join(chr(letter) for letter in rng.integers(65, 123, int(rng.integers(2, 9))))
        place = (int(rng.integers(-width, 2 * width)), int(rng.integers(0, 2 * height)))
        font, scale = FONTS[int(rng.integers(len(FONTS)))], rng.uniform(0.4, 2.5) * min(width, height) / 50
        cv2.putText(image, text, place, font, scale, _colour(rng), int(rng.integers(1, 5)), cv2.LINE_AA)
    return _half(image)


def _ground(rng: np.random.Generator, width: int, height: int) -> Image:
    base = rng.uniform(0, 255, 3) * np.ones((height, width, 3))
    rough = clouds(rng, width, height, rng.uniform(0.9, 2.5))[..., None] * rng.uniform(0, 40)
    return np.clip(base + rough * rng.uniform(0.6, 1, 3), 0, 255).astype(np.uint8)


def _leaf_sizes(rng: np.random.Generator, side: int, count: int) -> NDArray[np.float64]:
    """Radii between 1.5 and 30 % of the side, large ones first; as many in each octave."""
    return np.sort(side * np.exp(rng.uniform(np.log(0.015), np.log(0.3), count)))[::-1]


def _leaf(rng: np.random.Generator, image: Image, radius: float, dark: bool = False) -> None:
    height, width = image.shape[:2]
    middle = rng.uniform(0, 1, 2) * (width, height)
    colour = tuple(int(0.25 * value) for value in _colour(rng)) if dark else _colour(rng)
    if rng.random() < 0.6:
        _ellipse(image, middle, radius * rng.uniform(0.3, 1, 2), rng.uniform(0, 180), colour)
    else:
        turns = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 7))))
        corners = middle + radius * np.stack([np.cos(turns), np.sin(turns)], -1)
        cv2.fillPoly(image, [np.round(corners * (1 << _SHIFT)).astype(np.int32)], colour, cv2.LINE_AA, _SHIFT)


def _ellipse(
    image: NDArray[Any], middle: NDArray[np.float64], axes: NDArray[np.float64], degrees: float, colour: Any
) -> None:
    centre, half = (np.round(values * (1 << _SHIFT)).astype(int).tolist() for values in (middle, axes))
    cv2.ellipse(image, centre, half, degrees, 0, 360, colour, -1, cv2.LINE_AA, _SHIFT)


def _shade(rng: np.random.Generator, image: NDArray[np.float32]) -> NDArray[np.float32]:
    """A patch of other light with a soft edge."""
    height, width = image.shape[:2]
    patch = np.zeros((height, width), np.float32)
    soft = np.exp(rng.uniform(np.log(0.008), np.log(0.1)))
    middle, axes = rng.uniform(0.1, 0.9, 2) * (width, height), soft * rng.uniform(1.5, 6, 2) * (width, height)
    _ellipse(patch, middle, axes, rng.uniform(0, 180), 1.0)
    patch = cv2.GaussianBlur(patch, (0, 0), soft * width)
    return image * (1 + patch[..., None] * rng.uniform(-0.6, 0.4))


def _hair(rng: np.random.Generator, image: Image) -> None:
    """Fine bent lines in one direction over a part of the picture."""
    height, width = image.shape[:2]
    tone, start = np.array(_colour(rng)) * rng.uniform(0.15, 0.9), rng.uniform(-0.2, 1.0, 2) * (width, height)
    spread, way = rng.uniform(0.15, 0.5) * width, rng.uniform(0, 2 * np.pi)
    for _ in range(int(rng.integers(30, 160))):
        at = start + rng.normal(0, spread, 2) * (1, 0.5)
        turn = way + rng.normal(0, 0.15) + np.linspace(0, rng.normal(0, 0.6), 6)
        path = at + np.cumsum(np.stack([np.cos(turn), np.sin(turn)], -1), 0) * rng.uniform(0.03, 0.12) * height
        colour = tuple(int(value) for value in np.clip(tone * rng.uniform(0.6, 1.4), 0, 255))
        points = [np.round(path * (1 << _SHIFT)).astype(np.int32)]
        cv2.polylines(image, points, False, colour, int(rng.integers(1, 4)), cv2.LINE_AA, _SHIFT)


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in np.clip(rng.uniform(0, 255) + rng.normal(0, 40, 3), 0, 255))
    return red, green, blue


def _half(image: Image) -> Image:
    height, width = image.shape[:2]
    return cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
