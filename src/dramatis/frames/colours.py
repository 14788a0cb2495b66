"""What a decoded frame says about its colours, and what is taken where it says nothing."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import av
from av.sidedata.sidedata import SideData, Type

from dramatis.core.errors import InputError

# Code points of ITU-T H.273, which ffmpeg takes over as its AVCOL_* constants
UNSPECIFIED, RESERVED = 2, (0, 3)
BT709, BT601, BT2020 = 1, 5, 9
PQ, HLG = 16, 18
MATRICES = (1, 4, 5, 6, 7, 9)  # BT.709, FCC, BT.601 (625 and 525 lines), SMPTE 240M, BT.2020
PRIMARIES = (1, 4, 5, 6, 7, 9, 11, 12, 22)  # the same, cinema and display P3, EBU 3213
ORDINARY = (1, 4, 5, 6, 7, 11, 12, 13, 14, 15)  # transfers that a display of standard dynamic range shows as they are
SD_PX = 1280, 576
"""Standard definition: the longer side is less than the first, the shorter one at most the second [px]."""
WHITE_NITS = 203.0
"""Luminance of a white sheet in HDR (ITU-R BT.2408); it becomes the display's white."""
PEAK_NITS = 1000.0
"""Brightest highlight that keeps its detail; also that of a stream that declares none."""
CONVERT = "Convert it to SDR, HDR10 or HLG first"
LABEL = "Label it, e.g. for PQ in HEVC: ffmpeg -i IN -c copy -bsf:v hevc_metadata=transfer_characteristics=16 OUT"


@dataclass(frozen=True)
class Colours:
    """How the numbers of a frame become colours, in code points of ITU-T H.273.

    Attributes:
        matrix: from Y'CbCr to R'G'B'.
        primaries: which red, green and blue.
        transfer: from numbers to light: `PQ`, `HLG`, or any other for ordinary video.
        peak_nits: the brightest highlight, from `WHITE_NITS` to `PEAK_NITS` [cd/m²].
    """

    matrix: int
    primaries: int
    transfer: int
    peak_nits: float = PEAK_NITS

    @property
    def ready(self) -> bool:
        """True if the R'G'B' numbers are those of an ordinary display already."""
        return self.transfer not in (PQ, HLG) and self.primaries == BT709


def colours_of(frame: av.VideoFrame, place: str) -> Colours:
    """The colours of a frame; where it says nothing, what players take.

    That is: the transfer of ordinary video; the primaries of BT.709, of HDR those of BT.2020; the matrix of BT.2020 for
    HDR and for its primaries, else of BT.709 for pictures beyond `SD_PX`, else of BT.601. The range is read by ffmpeg:
    limited if nothing is said, but full for RGB, grey, and the formats called yuvj.

    Args:
        place: the file, for the error.

    Raises:
        InputError: what the numbers mean is not said, or only a player of Dolby Vision could show them.
    """
    transfer = _known(frame.color_trc, ORDINARY + (PQ, HLG), "transfer", place)
    primaries = _known(frame.color_primaries, PRIMARIES, "colour primaries", place)
    matrix = UNSPECIFIED if _is_rgb(frame) else _known(frame.colorspace, MATRICES, "colour matrix", place)
    _check_dolby(frame, transfer, place)
    if transfer == UNSPECIFIED and _looks_hdr(frame, primaries, matrix):
        raise InputError(place, "it looks like HDR, but does not name its transfer (PQ or HLG, or that of SDR)", LABEL)
    hdr = transfer in (PQ, HLG)
    if primaries == UNSPECIFIED:
        primaries = BT2020 if hdr else BT709
    if matrix == UNSPECIFIED:
        matrix = BT2020 if hdr or primaries == BT2020 else _by_size(frame.width, frame.height)
    return Colours(matrix, primaries, transfer, _peak(frame) if transfer == PQ else PEAK_NITS)


def _known(value: int, allowed: tuple[int, ...], what: str, place: str) -> int:
    """The value if it is allowed, `UNSPECIFIED` if it is that or reserved."""
    if value in allowed:
        return value
    if value == UNSPECIFIED or value in RESERVED:
        return UNSPECIFIED
    listed = ", ".join(map(str, allowed))
    raise InputError(place, f"its {what} is number {value} of ITU-T H.273, and only {listed} can be shown", CONVERT)


def _is_rgb(frame: av.VideoFrame) -> bool:
    return frame.format.is_rgb or frame.format.name.startswith(("gbr", "pal"))


def _by_size(width: int, height: int) -> int:
    longer, shorter = max(width, height), min(width, height)
    return BT601 if longer < SD_PX[0] and shorter <= SD_PX[1] else BT709


def side_data(frame: av.VideoFrame, kind: Type) -> bytes | None:
    """What a frame says of itself beside its picture."""
    held = cast(Mapping[Type, SideData], frame.side_data).get(kind)  # the library's types call it a single one
    return None if held is None else bytes(held)


def _looks_hdr(frame: av.VideoFrame, primaries: int, matrix: int) -> bool:
    described = any(
        side_data(frame, kind) is not None
        for kind in (Type.MASTERING_DISPLAY_METADATA, Type.CONTENT_LIGHT_LEVEL, Type.DYNAMIC_HDR_PLUS)
    )
    return described or BT2020 in (primaries, matrix)


def _check_dolby(frame: av.VideoFrame, transfer: int, place: str) -> None:
    """Refuses Dolby Vision of profile 5 and its kin: colours in IPT, full range, no layer that others can show."""
    data = side_data(frame, Type.DOVI_METADATA)
    if data is None:
        return
    # AVDOVIMetadata; vdr_rpu_profile and bl_video_full_range_flag of its header
    header = struct.unpack_from("N", data)[0]
    if transfer == UNSPECIFIED or (data[header + 4] == 0 and data[header + 10] == 1):
        problem = "it is Dolby Vision without a layer in SDR, HDR10 or HLG (profile 5)"
        raise InputError(place, problem, "Convert it to one of these first, or get a copy of profile 7 or 8")


def _peak(frame: av.VideoFrame) -> float:
    """Luminance of the brightest pixel as CTA-861.3 (MaxCLL) or else SMPTE ST 2086 declares it [cd/m²], in bounds."""
    peak = 0.0
    light, display = (side_data(frame, kind) for kind in (Type.CONTENT_LIGHT_LEVEL, Type.MASTERING_DISPLAY_METADATA))
    if light is not None:
        peak = float(struct.unpack_from("I", light)[0])
    if not peak and display is not None:  # AVMasteringDisplayMetadata: eleven fractions, the last the most light
        over, under, _, has_light = struct.unpack_from("4i", display, 72)
        peak = over / under if has_light and under else 0.0
    return min(max(peak, WHITE_NITS), PEAK_NITS) if peak else PEAK_NITS
