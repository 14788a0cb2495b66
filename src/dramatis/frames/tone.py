"""Tone mapping: from high dynamic range (PQ or HLG, BT.2020) to what an ordinary display shows (BT.709)."""

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image

PQ, HLG = 16, 18  # AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67
WHITE_NITS = 203.0
"""Luminance of a white sheet in HDR (ITU-R BT.2408); it becomes the display's white."""
PEAK_NITS = 1000.0
"""Brightest highlight that keeps its detail."""
GAMMA = 2.4  # ITU-R BT.1886
M1, M2, C1, C2, C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128  # SMPTE ST 2084
A, B, C = 0.17883277, 0.28466892, 0.55991073  # ITU-R BT.2100, HLG
LUMA_2020 = np.array([0.2627, 0.6780, 0.0593], np.float32)
TO_709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32
)  # ITU-R BT.2087: linear BT.2020 to linear BT.709

Light = NDArray[np.floating]


def pq_to_nits(code: Light) -> Light:
    """Luminance [cd/m²] of PQ code values [0..1]."""
    power = np.power(code, 1 / M2)
    return 10000 * np.power(np.maximum(power - C1, 0) / (C2 - C3 * power), 1 / M1)


def nits_to_pq(nits: Light) -> Light:
    """PQ code values [0..1] of luminance [cd/m²]."""
    power = np.power(np.clip(np.asarray(nits) / 10000, 0, 1), M1)
    return np.power((C1 + C2 * power) / (1 + C3 * power), M2)


def hlg_to_scene(code: Light) -> Light:
    """Scene light [0..1] of HLG code values [0..1]."""
    return np.where(code <= 0.5, code * code / 3, (np.exp((code - C) / A) + B) / 12)


def roll_off(nits: Light) -> Light:
    """Luminance on a display of `WHITE_NITS` for luminance up to `PEAK_NITS` [cd/m²].

    Shadows and mid-tones stay as they are; highlights bend along a Hermite spline. Source: ITU-R BT.2390, 5.4.1.
    """
    peak = nits_to_pq(np.array(PEAK_NITS))
    top = nits_to_pq(np.array(WHITE_NITS)) / peak
    knee = 1.5 * top - 0.5
    code = np.minimum(nits_to_pq(nits) / peak, 1)
    t = np.clip((code - knee) / (1 - knee), 0, 1)
    spline = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * top
    return pq_to_nits(np.where(code < knee, code, spline) * peak)


_CODES = np.linspace(0, 1, 65536)
_PQ_TABLE = pq_to_nits(_CODES).astype(np.float32)
_HLG_TABLE = hlg_to_scene(_CODES).astype(np.float32)
_NITS = np.concatenate([[0], np.geomspace(0.01, 10000, 2048)])
_GAIN = np.divide(roll_off(_NITS), _NITS, out=np.ones_like(_NITS), where=_NITS > 0)
_DISPLAY = np.round(255 * np.linspace(0, 1, 4096) ** (1 / GAMMA)).astype(np.uint8)


def tone_map(code: NDArray[np.uint16], transfer: int) -> Image:
    """An ordinary picture from HDR code values, shape (H, W, 3), 16 bits, full range, BT.2020.

    All three channels are scaled alike, by what their largest one needs, so hues stay.

    Args:
        transfer: `PQ` or `HLG`.
    """
    if transfer == PQ:
        nits = _PQ_TABLE[code]
    else:
        scene = _HLG_TABLE[code]
        luma = np.maximum(scene @ LUMA_2020, 1e-6)
        nits = PEAK_NITS * scene * (luma**0.2)[..., None]  # BT.2100: system gamma 1.2 of a 1000-nit display
    gain = np.interp(nits.max(axis=-1), _NITS, _GAIN).astype(np.float32)
    light = cv2.transform(nits * (gain / np.float32(WHITE_NITS))[..., None], TO_709)
    return _DISPLAY[(np.clip(light, 0, 1) * 4095 + 0.5).astype(np.uint16)]
