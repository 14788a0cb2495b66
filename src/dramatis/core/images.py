"""Pictures: RGB arrays of shape (H, W, 3), uint8, and their bytes."""

import hashlib
import struct
import zlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from dramatis.core.errors import InputError
from dramatis.core.picture_files import picture_bytes

MOST_PX, MOST_SIDE_PX = 89_000_000, 65_500
"""Larger pictures are refused before they are decoded: more cannot be stored as JPEG, or is a bomb [px]."""
KINDS = "JPEG", "PNG", "WEBP"
"""Formats that `decode` reads, as Pillow calls them."""
DAMAGE = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError, MemoryError,
    NotImplementedError, RuntimeError, struct.error, zlib.error, PIL.Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow raises on damaged data."""
Image = NDArray[np.uint8]
"""RGB, shape (H, W, 3)."""


def encode_jpeg(image: Image, quality: int = 95) -> bytes:
    """JPEG bytes of an RGB picture."""
    return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])[
        1
    ].tobytes()


def encode_png(image: Image) -> bytes:
    """PNG bytes (lossless) of an RGB picture."""
    return cv2.imencode(".png", image[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 3])[1].tobytes()


def decode(data: bytes, place: str = "picture") -> Image:
    """RGB picture from JPEG, PNG or WebP bytes.

    Raises:
        InputError: the bytes are no picture that OpenCV can read, or a larger one than `MOST_PX`, `MOST_SIDE_PX`.
    """
    try:
        with PIL.Image.open(BytesIO(data), formats=KINDS) as header:  # reads no pixels
            check_size(header.size, place)
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    except (*DAMAGE, cv2.error):
        image = None
    if image is None:
        raise InputError(place, f"{len(data)} bytes that are no readable picture", "Use a JPEG, PNG or WebP file")
    return image


def check_size(size: tuple[int, int], place: str) -> None:
    """Refuses a picture by its width and height [px].

    Raises:
        InputError: it has more pixels than `MOST_PX`, or a side longer than `MOST_SIDE_PX`.
    """
    width, height = size
    if width * height > MOST_PX or max(width, height) > MOST_SIDE_PX:
        most = f"{MOST_PX // 1_000_000} million pixels and {MOST_SIDE_PX} px a side"
        raise InputError(place, f"it is {width}×{height} px, and at most {most} are read", "Make it smaller")


def read_image(file: Path) -> Image:
    """RGB picture from a file, its EXIF rotation applied.

    Raises:
        InputError: see `decode`, `picture_files.picture_bytes`.
    """
    return decode(picture_bytes(file), str(file))


def picture_hash(image: Image) -> str:
    """16 hex digits that only equal pixels share, whatever file they came in."""
    return hashlib.sha256(repr(image.shape).encode() + image.tobytes()).hexdigest()[:16]


def cut(image: Image, box: Iterable[float]) -> Image:
    """The part of a picture inside a half-open box; what lies outside the picture repeats its border."""
    x0, y0, x1, y1 = (int(round(float(v))) for v in box)
    height, width = image.shape[:2]
    inner = image[max(y0, 0) : min(y1, height), max(x0, 0) : min(x1, width)]
    pads = max(-y0, 0), max(y1 - height, 0), max(-x0, 0), max(x1 - width, 0)
    return cv2.copyMakeBorder(inner, *pads, cv2.BORDER_REPLICATE) if any(pads) else inner


def resize(image: Image, width: int, height: int) -> Image:
    """A picture of another size: by area when smaller, by cubic when larger."""
    smaller = width * height < image.shape[0] * image.shape[1]
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
