"""Exposure and contrast in linear light, where a change of exposure is a factor."""

import numpy as np
from numpy.typing import NDArray

MID_GREY = 0.18
"""Reflectance of mid-grey [0..1]: contrast turns about it."""


def to_linear(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light of sRGB values, both [0..1] (IEC 61966-2-1)."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def to_srgb(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB values of light, both [0..1] (IEC 61966-2-1)."""
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)


def curve(exposure_ev: float, contrast: float) -> NDArray[np.uint8]:
    """What becomes of each 8-bit value, shape (256,): exposure first, then contrast about mid-grey.

    Contrast is a power of light, a slope in stops: so shadows come nearer to black and never reach it, where a factor
    would cut them off.
    """
    light = to_linear(np.arange(256) / 255) * 2.0**exposure_ev
    light = MID_GREY * (light / MID_GREY) ** contrast
    return np.rint(to_srgb(np.clip(light, 0, 1)) * 255).astype(np.uint8)


def light_word(exposure_ev: float, dark: tuple[float, str | None], bright: tuple[float, str | None]) -> str | None:
    """The word for a change of exposure: that of `dark` at or below its limit [EV], of `bright` at or above its own."""
    if exposure_ev <= dark[0]:
        return dark[1]
    return bright[1] if exposure_ev >= bright[0] else None
