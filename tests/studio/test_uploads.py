import struct
import zlib
from io import BytesIO

import PIL.Image
import pytest
from studio_desk import grey, told

from dramatis.core.errors import InputError
from dramatis.core.images import encode_png, read_image
from dramatis.studio.uploads import keep_picture


def png_of(width, height):
    """A PNG whose header says a size; its pixels are not there."""

    def part(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(b"")) + part(b"IEND", b"")


def test_a_picture_is_named_by_its_pixels_and_written_anew(tmp_path):
    stream = BytesIO()
    PIL.Image.fromarray(grey(90)).save(stream, "WEBP", lossless=True, exif=b"Exif\0\0secret")
    file = keep_picture(stream.getvalue() + b"<script>", tmp_path)
    assert file.parts[:2] == ("stories", "poses") and file.suffix == ".png"
    assert (read_image(tmp_path / file) == grey(90)).all()
    assert b"secret" not in (tmp_path / file).read_bytes() and b"script" not in (tmp_path / file).read_bytes()
    assert keep_picture(encode_png(grey(90)), tmp_path) == file
    assert len(list((tmp_path / "stories/poses").iterdir())) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "this file: it is no picture that can be read"),
        (b"<svg onload=alert(1)>", "no picture that can be read"),
        (b"GIF89a" + bytes(40), "no picture that can be read"),
        (png_of(40_000, 40_000), "this picture: more than 16 million pixels"),
        (png_of(5_000, 5_000), "5000×5000 px, and at most 16 million pixels are taken"),
        (png_of(64, 64), "readable picture"),
        (encode_png(grey(90))[:60], "readable picture"),
    ],
)
def test_what_is_no_picture_is_one_line_and_leaves_nothing(tmp_path, data, said):
    with pytest.raises(InputError) as error:
        keep_picture(data, tmp_path)
    assert said in told(error)
    assert not (tmp_path / "stories").exists()
