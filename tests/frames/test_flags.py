"""Flags: pictures without colour, and pages of text, against pictures that are neither."""

import cv2
import numpy as np
import pytest
from clips import scene, with_mark
from PIL import Image, ImageDraw, ImageFont

from dramatis.core.images import decode, encode_jpeg
from dramatis.frames.flags import flag_of, is_monochrome, is_text, text_share


def card(lines, size=(640, 360), height_px=24, ground=(20, 20, 60), ink=(240, 240, 230), coded=80):
    """A JPEG of lines of text in the middle of a plain ground."""
    image = Image.new("RGB", size, ground)
    font = ImageFont.load_default(height_px)
    middle = size[0] / 2, size[1] / 2
    ImageDraw.Draw(image).multiline_text(middle, "\n".join(lines), ink, font, anchor="mm", align="center")
    return decode(encode_jpeg(np.array(image), coded))


def tinted(tint):
    grey = cv2.GaussianBlur(cv2.cvtColor(scene(3, 360, 640), cv2.COLOR_RGB2GRAY), (9, 9), 0)
    image = np.clip(grey[..., None] * np.array(tint) * 0.9, 0, 255).astype(np.uint8)
    return decode(encode_jpeg(image, 80))


@pytest.mark.parametrize("tint", [(1, 1, 1), (1.0, 0.9, 0.7), (0.8, 0.9, 1.05)], ids=["grey", "sepia", "blue"])
def test_shades_of_one_tint_are_monochrome(tint):
    assert flag_of(tinted(tint)) == "monochrome"


def test_one_small_thing_in_colour_is_enough():
    image = tinted((1, 1, 1))
    image[100:160, 200:300] = 200, 60, 50
    assert not is_monochrome(image)


@pytest.mark.parametrize(
    ("lines", "options"),
    [
        (["THE LONG WINTER"], {"height_px": 48}),
        (["Chapter 3"], {"height_px": 60, "ground": (240, 230, 200), "ink": (60, 20, 20)}),
        (["directed by Ann Example", "music by Bo Sample", "light by Cy Person"], {"height_px": 20}),
        (["word and other words in a row " * 2] * 16, {"size": (700, 1000), "height_px": 18, "ground": (250, 245, 225),
                                                    "ink": (30, 30, 60)}),
        (["Episode 12"], {"size": (1920, 1080), "height_px": 140, "ground": (90, 10, 20)}),
    ],
)  # fmt: skip
def test_cards_and_pages_are_text(lines, options):
    image = card(lines, **options)
    assert text_share(image) > 0.9
    assert is_text(image)


def test_a_page_in_black_and_white_is_text_first():
    white = card(["THE END"], height_px=60, ground=(0, 0, 0), ink=(255, 255, 255))
    assert is_monochrome(white) and flag_of(white) == "text"


@pytest.mark.parametrize("seed", range(8))
def test_a_drawing_is_not_flagged_even_with_subtitles(seed):
    image = with_mark(scene(seed, 360, 640), 200)
    image[300:350] = card(["what they say in this scene"], (640, 50), 20, (0, 0, 0))
    assert flag_of(image) is None


def test_flat_and_tiny_pictures_have_no_text():
    for shape in ((1, 1, 3), (2, 900, 3), (50, 50, 3)):
        assert text_share(np.full(shape, 90, np.uint8)) == 0


def test_faces_and_backgrounds_are_not_flagged(media):
    files = [*sorted((media / "faces").rglob("*.png")), *sorted((media / "anime/backgrounds").glob("*.jpg"))]
    assert len(files) > 60
    assert [file.name for file in files if flag_of(np.array(Image.open(file).convert("RGB")))] == []
