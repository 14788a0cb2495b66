"""Tone mapping: from the numbers of a wide-gamut or HDR picture to those of an ordinary display (BT.709)."""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image
from dramatis.frames.colours import BT709, HLG, PEAK_NITS, PQ, WHITE_NITS, Colours
from dramatis.frames.params import ToneMap

GAMMA = 2.4  # ITU-R BT.1886
M1, M2, C1, C2, C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128  # SMPTE ST 2084
A, B, C = 0.17883277, 0.28466892, 0.55991073  # ITU-R BT.2100, HLG
D65 = 0.3127, 0.3290
XY = {  # red, green, blue, white: chromaticities of ITU-T H.273, table 2
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65),
    4: ((0.670, 0.330), (0.210, 0.710), (0.140, 0.080), (0.310, 0.316)),
    5: ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060), D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), D65),
}
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])

Light = NDArray[np.floating]


def pq_to_nits(code: Light) -> Light:
    """Luminance [cd/m²] of PQ code values [0..1]. Source: SMPTE ST 2084."""
    power = np.power(code, 1 / M2)
    return 10000 * np.power(np.maximum(power - C1, 0) / (C2 - C3 * power), 1 / M1)


def nits_to_pq(nits: Light) -> Light:
    """PQ code values [0..1] of luminance [cd/m²]. Source: SMPTE ST 2084."""
    power = np.power(np.clip(np.asarray(nits) / 10000, 0, 1), M1)
    return np.power((C1 + C2 * power) / (1 + C3 * power), M2)


def hlg_to_scene(code: Light) -> Light:
    """Scene light [0..1] of HLG code values [0..1]. Source: ITU-R BT.2100, table 5."""
    return np.where(code <= 0.5, code * code / 3, (np.exp((code - C) / A) + B) / 12)


def to_xyz(primaries: int) -> NDArray[np.float64]:
    """Matrix (3, 3) from linear light of these primaries to XYZ, white adapted to D65. Source: SMPTE RP 177."""
    *colours, white = (np.array([x / y, 1, (1 - x - y) / y]) for x, y in XY[primaries])
    columns = np.array(colours).T
    matrix = columns * np.linalg.solve(columns, white)
    d65 = np.array([D65[0] / D65[1], 1, (1 - D65[0] - D65[1]) / D65[1]])
    adapted = np.linalg.solve(BRADFORD, np.diag(BRADFORD @ d65 / (BRADFORD @ white)) @ BRADFORD)
    return adapted @ matrix


def to_709(primaries: int) -> NDArray[np.float32]:
    """Matrix (3, 3) from linear light of these primaries to that of BT.709. Source: ITU-R BT.2087 for BT.2020."""
    return np.linalg.solve(to_xyz(BT709), to_xyz(primaries)).astype(np.float32)


def bt2390(nits: Light, peak: float) -> Light:
    """Luminance on a display of `WHITE_NITS` for luminance up to `peak` [cd/m²].

    Shadows and mid-tones stay as they are; highlights bend along a Hermite spline. Source: ITU-R BT.2390, 5.4.1.
    """
    if peak <= WHITE_NITS:
        return clip(nits, peak)
    most = nits_to_pq(np.array(peak))
    top = nits_to_pq(np.array(WHITE_NITS)) / most
    knee = 1.5 * top - 0.5
    code = np.minimum(nits_to_pq(nits) / most, 1)
    t = np.clip((code - knee) / (1 - knee), 0, 1)
    spline = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * top
    return pq_to_nits(np.where(code < knee, code, spline) * most)


def hable(nits: Light, peak: float) -> Light:
    """The same with the curve of film: darker mid-tones, long soft highlights.

    Source: John Hable, Filmic Tonemapping Operators (2010), with his exposure bias of 2.
    """
    x = 2 * np.stack(np.broadcast_arrays(np.minimum(nits, peak), np.float64(peak))) / WHITE_NITS
    shown, most = (x * (0.15 * x + 0.05) + 0.004) / (x * (0.15 * x + 0.5) + 0.06) - 0.02 / 0.3
    return WHITE_NITS * shown / most


def clip(nits: Light, peak: float) -> Light:
    """The same without a bend: what is brighter than white becomes white."""
    return np.minimum(nits, WHITE_NITS)


OPERATORS: dict[ToneMap, Callable[[Light, float], Light]] = {"bt2390": bt2390, "hable": hable, "clip": clip}
_CODES = np.linspace(0, 1, 65536)
_NITS = np.concatenate([[0], np.geomspace(0.01, 10000, 2048)])
_PQ = pq_to_nits(_CODES).astype(np.float32)
_HLG = hlg_to_scene(_CODES).astype(np.float32)
_SDR = (_CODES**GAMMA).astype(np.float32)
_DISPLAY = np.round(255 * np.linspace(0, 1, 4096) ** (1 / GAMMA)).astype(np.uint8)


def to_display(code: NDArray[np.uint16], colours: Colours, operator: ToneMap) -> Image:
    """The picture as an ordinary display has it, BT.709.

    Of HDR all three channels are scaled alike, by what their largest one needs, so hues stay; what the display's
    gamut lacks is clipped.

    Args:
        code: R'G'B' of the picture's own transfer and primaries, shape (H, W, 3), 16 bits, full range.
        operator: how highlights of HDR come down to white.
    """
    if colours.transfer == PQ:
        gain = _gains(operator, colours.peak_nits, by_code=True).take(code.max(axis=-1))
        light = _PQ.take(code)
    elif colours.transfer == HLG:
        light = _hlg_nits(_HLG.take(code), colours.primaries)
        gain = np.interp(light.max(axis=-1), _NITS, _gains(operator, PEAK_NITS, by_code=False)).astype(np.float32)
    else:
        light, gain = _SDR.take(code), np.float32(1)
    shown = cv2.transform(light * gain[..., None], to_709(colours.primaries))
    return _DISPLAY.take((np.clip(shown, 0, 1) * 4095 + 0.5).astype(np.uint16))


def _hlg_nits(scene: NDArray[np.float32], primaries: int) -> NDArray[np.float32]:
    """Luminance of the channels on a display of 1000 cd/m². Source: ITU-R BT.2100, system gamma 1.2."""
    luma = np.maximum(scene @ to_xyz(primaries)[1].astype(np.float32), 1e-6)
    return np.float32(PEAK_NITS) * scene * np.power(luma, np.float32(0.2))[..., None]


@lru_cache
def _gains(operator: ToneMap, peak_nits: float, by_code: bool) -> NDArray[np.float32]:
    """Light relative to white over luminance, for every 16-bit PQ code value or for the luminances `_NITS`."""
    nits = np.maximum(pq_to_nits(_CODES) if by_code else _NITS, 1e-4)
    return (OPERATORS[operator](nits, peak_nits) / (nits * WHITE_NITS)).astype(np.float32)
