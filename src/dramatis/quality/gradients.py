"""How steep a picture is at each scale and in each direction: the numbers that a blur radius is read from."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

SCALES = ((0, 0.0), (0, 0.7), (0, 1.2), (0, 2.0), (1, 1.2), (1, 2.0), (2, 1.2), (2, 2.0), (3, 1.2), (3, 2.0))
"""Times that the picture is halved, and radius of the Gaussian after that [px of the halved picture]."""
QUANTILES = (0.5, 0.8, 0.93, 0.98, 0.995)
"""Shares of the pixels that are less steep than the ones that count: from the texture up to the sharpest edges."""
POWERS = (2, 4, 8)
"""Exponents of the mean steepness along a direction: the higher, the more the steepest pixels alone count."""
DIRECTIONS = 12
"""Directions in half a turn that are tried for a motion."""
NEAR, FAR = 1, 7
"""Scales (places in `SCALES`) between which the direction of a motion loses most."""
LEAST_PX = 3
"""Shorter side of the smallest picture that has gradients."""
_FLOOR = 1e-3
"""Steepness of an even picture [levels a px], so that it has a logarithm."""


class Gradients(NamedTuple):
    """Logarithms of steepness; one contrast more or less adds the same number to all of them.

    Attributes:
        quantiles: of all pixels whatever the direction, shape (scales, quantiles).
        along: power means along the direction that lost most, at right angles to it, and between, (scales, 3, powers).
        angle: the direction that lost most [rad], 0 along the rows.
    """

    quantiles: NDArray[np.float32]
    along: NDArray[np.float32]
    angle: float


def features(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What the estimate sees of a picture: changes of steepness from scale to scale, its spread, and the size.

    Neither brightness nor contrast is among it. Shape (F,).
    """
    found = gradients(luma)
    steps = [np.diff(found.quantiles, axis=0).ravel(), np.diff(found.along, axis=0).ravel()]
    spread = [np.diff(found.quantiles, axis=1).ravel(), np.diff(found.along, axis=2).ravel()]
    size = [np.log([min(luma.shape), max(luma.shape)])]
    return np.concatenate([*steps, *spread, *size]).astype(np.float32)


def gradients(luma: NDArray[np.uint8]) -> Gradients:
    """The steepness of a picture of shape (H, W) at all scales."""
    quantiles: list[NDArray[np.float64]] = []
    moments: list[list[NDArray[np.float64]]] = []
    picture, halved = luma.astype(np.float32), 0
    for times, radius in SCALES:
        while halved < times:
            picture, halved = _half(picture), halved + 1
        if min(picture.shape) < LEAST_PX:
            quantiles.append(quantiles[-1])
            moments.append(moments[-1])
            continue
        x, y = _slopes(picture, radius, 2.0**-times)
        quantiles.append(np.quantile(np.hypot(x, y), QUANTILES))
        moments.append([power_means(x, y, power) for power in POWERS])
    means = np.log(np.array(moments, np.float32).swapaxes(1, 2) + _FLOOR)  # (scales, directions, powers)
    lost = means[FAR, :, 1] - means[NEAR, :, 1]
    first = int(np.argmax(lost))
    quarter = DIRECTIONS // 4
    across, between = (first + 2 * quarter) % DIRECTIONS, [(first + quarter) % DIRECTIONS, (first - quarter)]
    along = np.stack([means[:, first], means[:, across], means[:, between].mean(1)], 1)
    return Gradients(np.log(np.array(quantiles, np.float32) + _FLOOR), along, np.pi * first / DIRECTIONS)


def power_means(x: NDArray[np.float32], y: NDArray[np.float32], power: int) -> NDArray[np.float64]:
    """Mean steepness along each direction, (mean |x cos t + y sin t|^p)^(1/p) of even p, shape (DIRECTIONS,).

    The binomial theorem gives it for all directions from p + 1 means.
    """
    turns = np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    top = max(float(np.abs(x).max()), float(np.abs(y).max()), 1e-6)  # keeps high powers in range
    x, y = x.ravel() / top, y.ravel() / top
    x_powers, y_powers = _powers(x, power), _powers(y, power)
    total = np.zeros(DIRECTIONS)
    for n in range(power + 1):
        mean = float(np.dot(x_powers[power - n], y_powers[n])) / len(x)
        total += _BINOMIAL[power][n] * mean * np.cos(turns) ** (power - n) * np.sin(turns) ** n
    return top * np.clip(total, 0, None) ** (1 / power)


_BINOMIAL = {2: (1, 2, 1), 4: (1, 4, 6, 4, 1), 8: (1, 8, 28, 56, 70, 56, 28, 8, 1)}


def _powers(values: NDArray[np.float32], highest: int) -> list[NDArray[np.float32]]:
    powers = [np.ones_like(values)]
    for _ in range(highest):
        powers.append(powers[-1] * values)
    return powers


def _slopes(
    picture: NDArray[np.float32], radius: float, scale: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Slopes to the right and down [levels a px of the whole picture]."""
    smooth = cv2.GaussianBlur(picture, (0, 0), radius, borderType=cv2.BORDER_REPLICATE) if radius else picture
    half = np.float32(scale / 2)
    return (smooth[1:-1, 2:] - smooth[1:-1, :-2]) * half, (smooth[2:, 1:-1] - smooth[:-2, 1:-1]) * half


def _half(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = picture.shape
    return cv2.resize(picture, (max(width // 2, 1), max(height // 2, 1)), interpolation=cv2.INTER_AREA)
