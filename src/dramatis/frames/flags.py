"""What kind of picture it is, where that is not an ordinary one: without colour, or a page of text."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image
from dramatis.frames.picture import reduced

COLOUR_PX, TEXT_PX = 256, 800
"""Longer side of the pictures that are looked at."""
COLOURED = 3.0
"""Chroma that a pixel has beyond what its brightness tells, from which it has a colour of its own [0..255]. Of pictures
without colour it is coding noise, up to 2.6; of a pale snow scene filmed in colour at least 6.9 (99th percentile)."""
COLOURED_SHARE = 0.01
INK = 40
"""Brightness by which ink differs from the paper around it [0..255]."""
PAPER_PX = 100
"""Longer side of the picture of the paper: thin strokes vanish from it."""
PAPER_REACH = 25
"""Side of its median filter: the largest stroke that is still ink is about half of that."""
STEP, STEP_SHARE = 16, 0.02
"""Paper is smooth: at most this share of it has a larger step between neighbours [0..255]; film has outlines there."""
GLYPH_PX, GLYPH_SHARE = 5, 0.35
"""A glyph is at least this high [px], and takes at most this share of the picture's height."""
NEAR, LEVEL, ALIKE = 2.5, 0.3, 2.0
"""Neighbours in a row: the gap between them, and between their feet, in heights; and how often one is as high."""
GLYPHS, TEXT_SHARE = 3, 0.7
"""A page has at least so many glyphs in rows, and they hold at least this share of all ink."""


class Glyphs(NamedTuple):
    """Connected pieces of ink, each shape (N,) [px]."""

    left: NDArray[np.float64]
    top: NDArray[np.float64]
    width: NDArray[np.float64]
    height: NDArray[np.float64]
    area: NDArray[np.float64]


def flag_of(image: Image) -> str | None:
    """`text`, `monochrome` or null, the first that fits an RGB picture: a page in black and white is text."""
    if is_text(image):
        return "text"
    return "monochrome" if is_monochrome(image) else None


def is_monochrome(image: Image) -> bool:
    """True if the picture has no colour, or only the shades of one tint, as sepia: brightness tells the colour."""
    codes = cv2.cvtColor(reduced(image, COLOUR_PX), cv2.COLOR_RGB2YCrCb).reshape(-1, 3).astype(np.float32)
    luma, chroma = np.split(codes - codes.mean(axis=0), [1], axis=1)
    slope = (luma * chroma).mean(axis=0) / max(float((luma * luma).mean()), 1e-6)
    away = np.linalg.norm(chroma - luma * slope, axis=1)
    return bool((away > COLOURED).mean() < COLOURED_SHARE)


def is_text(image: Image) -> bool:
    """True for a title card or a page: nearly all that stands out from a smooth ground are glyphs in rows.

    A face, a figure or a landscape is ink that is no glyph, so a film with subtitles or a caption is none.
    """
    return text_share(image) >= TEXT_SHARE


def text_share(image: Image) -> float:
    """Share of the ink that is glyphs in rows [0..1]; 0 if it is clear before that it is too little, or too few."""
    grey = cv2.cvtColor(reduced(image, TEXT_PX), cv2.COLOR_RGB2GRAY)
    paper = cv2.medianBlur(reduced(grey, PAPER_PX), PAPER_REACH)
    if (cv2.morphologyEx(paper, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > STEP).mean() > STEP_SHARE:
        return 0.0
    ink = cv2.absdiff(grey, cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)) > INK
    _, _, boxes, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    pieces = Glyphs(*boxes[1:].T.astype(np.float64))
    glyphs = (pieces.height >= GLYPH_PX) & (pieces.height <= GLYPH_SHARE * grey.shape[0])
    if pieces.area[glyphs].sum() < TEXT_SHARE * pieces.area.sum():
        return 0.0
    rows = glyphs.copy()
    rows[glyphs] = in_rows(Glyphs(*(side[glyphs] for side in pieces)))
    return float(pieces.area[rows].sum() / pieces.area.sum()) if rows.sum() >= GLYPHS else 0.0


def in_rows(glyphs: Glyphs) -> NDArray[np.bool_]:
    """True for each glyph that has two others of its size next to it on its line."""
    foot, middle = glyphs.top + glyphs.height, glyphs.left + glyphs.width / 2
    neighbours = np.zeros(len(foot), int)
    for n, (left, width, height) in enumerate(zip(glyphs.left, glyphs.width, glyphs.height)):
        higher = np.maximum(glyphs.height, height)
        gap = np.abs(middle - left - width / 2) - (glyphs.width + width) / 2
        near = (gap <= NEAR * higher) & (np.abs(foot - foot[n]) <= LEVEL * higher)
        neighbours[n] = (near & (higher <= ALIKE * np.minimum(glyphs.height, height))).sum() - 1
    return neighbours >= 2
