"""A class picture on its way into the table."""

from typing import NamedTuple

from dramatis.core.images import Image, encode_jpeg, resize


class ClassPicture(NamedTuple):
    """A class picture without its number.

    Attributes:
        origin: prompt, human, or the model of the words.
        parent: scene or file; null if drawn.
        seed: null unless drawn.
        size: width and height [px].
        data: PNG or JPEG.
    """

    caption: str
    origin: str
    parent: str | None
    seed: int | None
    size: tuple[int, int]
    data: bytes


def reduced(image: Image, max_short_px: int) -> Image:
    """The picture with a shorter side of at most this [px]; it is never enlarged."""
    height, width = image.shape[:2]
    scale = max_short_px / min(height, width)
    return resize(image, round(width * scale), round(height * scale)) if scale < 1 else image


def stored(image: Image, data: bytes | None, max_short_px: int) -> tuple[tuple[int, int], bytes]:
    """Size and bytes of a picture: its own if they are JPEG bytes of a picture that is small enough."""
    small = reduced(image, max_short_px)
    height, width = small.shape[:2]
    return (width, height), data if small is image and data is not None else encode_jpeg(small)
