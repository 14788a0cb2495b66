"""Reading a picture file: upright RGB, 8 bits, without alpha; of an animation, all its frames."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import PIL.Image
from PIL import ImageCms, ImageOps

from dramatis.core.errors import InputError
from dramatis.core.images import DAMAGE, Image, check_size

PAPER = 127, 127, 127
"""The grey that shows through where a picture is transparent: neither dark nor light hair vanishes in it."""
MOST_MOVING, MOST_MOVING_PX = 10_000, 20_000_000_000
"""Frames of one animation that are read, and pixels of all of them together."""
ANIMATED = "GIF", "WEBP", "PNG", "AVIF"
"""Formats whose further frames count; TIFF and MPO (phones) keep previews, depth and the like there."""
SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True)
class Still:
    """A picture file of a source, not yet read.

    Attributes:
        place: where it is, for errors.
        file: its path inside the source; of a row of a dataset `<file>#<row>`.
        folder: the folder of that path, or the class that a dataset names; null if there is none.
        read: gives its bytes.
    """

    place: str
    file: str
    folder: str | None
    read: Callable[[], bytes]


def frames_of(still: Still, setting: str = "frames.allow_partial") -> Iterator[Image]:
    """The picture in a file, or the frames of an animation; of other files with several pictures only the first.

    Args:
        setting: the parameter that passes over what cannot be read, for the message.

    Raises:
        InputError: it is damaged, too large, or holds numbers of which nobody says which is white.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            image = PIL.Image.open(BytesIO(still.read()))
        check_size(image.size, still.place)
        moving = image.format in ANIMATED and getattr(image, "is_animated", False)
        first = int(getattr(image, "default_image", False))  # of APNG: shown only where animation is not understood
        most = min(MOST_MOVING, MOST_MOVING_PX // max(1, image.width * image.height))
        for number in range(first, min(getattr(image, "n_frames", 1), most)) if moving else [0]:
            if moving:
                image.seek(number)
            with warnings.catch_warnings(action="ignore"):
                frame = _rgb(image.copy(), image.format, still.place)
            yield frame
    except DAMAGE as error:
        said = "it is no picture" if isinstance(error, PIL.UnidentifiedImageError) else f"it is damaged ({error})"
        remedy = f"Take it away or get another copy (JPEG, PNG or WebP), or set {setting}: true"
        raise InputError(still.place, " ".join(said.split()), remedy) from None


def _rgb(image: PIL.Image.Image, kind: str | None, place: str) -> Image:
    """RGB of a loaded frame: turned as EXIF says, in sRGB, laid on `PAPER`."""
    image = _eight_bits(ImageOps.exif_transpose(image), kind, place)
    if image.has_transparency_data:
        image = _srgb(image.convert("RGBA"))
        image = PIL.Image.alpha_composite(PIL.Image.new("RGBA", image.size, (*PAPER, 255)), image)
    elif image.mode != "CMYK":
        image = _srgb(image.convert("RGB"))
    else:
        image = _srgb(image)
    return np.array(image.convert("RGB"))


def _eight_bits(image: PIL.Image.Image, kind: str | None, place: str) -> PIL.Image.Image:
    """Grey of 16 bits scaled down (Pillow would cut it off at 255); anything else as it is."""
    if image.mode in ("I", "F") and kind != "PPM":
        raise InputError(place, "its numbers have 32 bits, and nobody says which is white", "Save it with 8 or 16 bits")
    if image.mode != "I" and not image.mode.startswith("I;16"):
        return image
    return PIL.Image.fromarray(((np.asarray(image).astype(np.int64) + 128) // 257).clip(0, 255).astype(np.uint8))


def _srgb(image: PIL.Image.Image) -> PIL.Image.Image:
    """The colours that an embedded profile means, as sRGB; a profile that is broken or of another kind is passed."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    try:
        to = "RGBA" if image.mode == "RGBA" else "RGB"
        read = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, read, SRGB, outputMode=to) or image
    except (ImageCms.PyCMSError, OSError):
        return image
