"""Pictures with subtitles in several styles, and where they are."""

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from dramatis.core.fonts import font

WORDS = (
    "The quick brown fox jumps over it",
    "Nobody was looking at the old house",
    "Where did we meet last summer?",
    "He said it would never happen again",
    "What have you done to the river",
    "And then there was only one left",
    "We should have gone home by now",
)
STYLES = {
    "white": {"size": 0.055, "fill": (255, 255, 255), "stroke": 0.005},
    "yellow": {"size": 0.05, "fill": (255, 230, 60), "stroke": 0.006, "bold": True},
    "boxed": {"size": 0.045, "fill": (240, 240, 240), "stroke": 0, "boxed": True},
    "top": {"size": 0.055, "fill": (255, 255, 255), "stroke": 0.006, "bold": True, "top": True},
}
"""Sizes in heights of the picture."""


def write_on(image, words, style="white"):
    """The RGB picture with a line of text in its lower (or upper) margin."""
    return written(image, words, style)[0]


def written(image, words, style="white"):
    """The same, and the rows (first, one after the last) that the text covers [px]."""
    height, width = image.shape[:2]
    look = STYLES[style]
    letters = font(max(8, round(look["size"] * height)), look.get("bold", False))
    canvas = Pillow.fromarray(np.ascontiguousarray(image))
    draw = ImageDraw.Draw(canvas)
    outline = max(1, round(look["stroke"] * height)) if look["stroke"] else 0
    place = (width / 2, round(height * (0.12 if look.get("top") else 0.94)))
    x0, y0, x1, y1 = draw.textbbox(place, words, font=letters, anchor="ms", stroke_width=outline)
    if look.get("boxed"):
        x0, y0, x1, y1 = x0 - 4, y0 - 3, x1 + 4, y1 + 3
        draw.rectangle((x0, y0, x1, y1), fill=(0, 0, 0))
    draw.text(place, words, fill=look["fill"], font=letters, anchor="ms", stroke_width=outline, stroke_fill=(0, 0, 0))
    return np.asarray(canvas), (int(y0), int(np.ceil(y1)))
