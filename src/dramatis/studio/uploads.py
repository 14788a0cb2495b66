"""Pictures that a person gives to the studio: looked at before they are decoded, and written anew as PNG."""

import hashlib
from io import BytesIO
from pathlib import Path

import PIL.Image
from starlette.requests import Request

from dramatis.core.errors import InputError
from dramatis.core.images import DAMAGE, KINDS, decode, encode_png

FOLDER = Path("stories/poses")
"""In git, so that a story can be drawn again from the project alone; the only place that stage `panels` takes."""
MOST_BYTES = 20 << 20
MOST_PX = 16_000_000
"""A larger picture is refused from its header, before its pixels are read [px]."""
SMALLER = "Make it smaller"


async def body_of(request: Request) -> bytes:
    """The body of a request, of which no more is read than is allowed.

    Raises:
        InputError: it is larger than `MOST_BYTES`.
    """
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise InputError("this picture", f"it has more than {MOST_BYTES >> 20} MiB", SMALLER)
        parts.append(part)
    return b"".join(parts)


def keep_picture(data: bytes, top: Path = Path()) -> Path:
    """Writes a picture, named by its bytes; gives its path in the project.

    Nothing of the file itself is kept but its pixels: no name, no comments, no second picture.

    Raises:
        InputError: it is no JPEG, PNG or WebP, is damaged, or has too many pixels.
    """
    try:
        with PIL.Image.open(BytesIO(data), formats=KINDS) as header:
            width, height = header.size
    except PIL.Image.DecompressionBombError:
        raise InputError("this picture", f"more than {MOST_PX // 1_000_000} million pixels", SMALLER) from None
    except DAMAGE:
        problem = "it is no picture that can be read"
        raise InputError("this file", problem, "Take a JPEG, PNG or WebP file") from None
    if width * height > MOST_PX:
        problem = f"it is {width}×{height} px, and at most {MOST_PX // 1_000_000} million pixels are taken"
        raise InputError("this picture", problem, SMALLER)
    png = encode_png(decode(data, "this picture"))
    file = FOLDER / f"{hashlib.sha256(png).hexdigest()[:16]}.png"
    (top / FOLDER).mkdir(parents=True, exist_ok=True)
    if not (top / file).is_file():
        part = top / file.with_suffix(".part")
        part.write_bytes(png)
        part.replace(top / file)
    return file
