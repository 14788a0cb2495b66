"""Light: how much brighter and of what tint each shot shows a character, told by the face, which stays the same."""

import numpy as np
from numpy.typing import NDArray

Logs = NDArray[np.float64]
"""Natural logarithms of colours."""

BLACK = 4.0
"""Added to colours before the logarithm [0..255]: below it there is only noise."""
STEPS = 3
DIM, PLAIN = 15.0, 55.0
"""Faces darker than `DIM` [0..255] say nothing of the tint of the light, those brighter than `PLAIN` all."""
USUAL = 0.75
"""Quantile of a character's shots, by brightness, whose light counts as the usual one: night scenes are darker."""


def logs(colours: NDArray[np.floating]) -> Logs:
    """Logarithms of colours [0..255], in which light is a sum."""
    return np.log(np.asarray(colours, np.float64) + BLACK)


def gains(faces: NDArray[np.floating]) -> Logs:
    """The light of each shot against the usual light of one character, per channel, shape (L, 3).

    What all shots share is the face as it is; what they differ in is light. The median over the quantiles passes over
    hair, glasses and turned heads, which change a few of them.

    Args:
        faces: colours of the face in each shot, quantiles of each channel, shape (L, levels, 3) [0..255].

    Returns:
        Logarithms; a shot minus its row is the shot in the usual light.
    """
    shots = logs(faces)
    bright = np.median(shots.mean(2), 1)
    for _ in range(STEPS):
        face = np.median(shots - bright[:, None, None], 0)  # (levels, 3)
        bright = np.median((shots - face).mean(2), 1)
    tint = np.median(shots - face, 1) - bright[:, None]
    tint -= tint.mean(1, keepdims=True)
    sure = np.clip((np.asarray(faces).mean((1, 2)) - DIM) / (PLAIN - DIM), 0, 1)
    return bright[:, None] + tint * sure[:, None] - np.quantile(bright, USUAL)


def relit(colours: NDArray[np.floating], gain: Logs) -> NDArray[np.float64]:
    """Colours [0..255] as they would be without a gain; they may pass 255."""
    return np.maximum(np.exp(logs(colours) - gain) - BLACK, 0)
