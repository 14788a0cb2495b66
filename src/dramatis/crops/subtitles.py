"""Subtitles that are part of the picture: where a film shows them, and in which of its frames they are on."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dramatis.core.boxes import Sides
from dramatis.core.images import Image
from dramatis.crops.lettering import Colour, Line, lines

LOW, HIGH = 0.6, 0.36
"""Subtitles lie below the one or above the other [heights of the picture]."""
LETTERS, LENGTH, STROKES, FILL = 4, 4.0, (0.95, 3.3), (0.33, 0.75)
"""What a line has that is text beyond doubt; see `lettering.Line`."""
LIKELY_STROKES, LIKELY_FILL = (0.7, 4.2), 0.33
"""What a line must have where a film is known to write, unless it is long."""
TYPICAL_LETTERS, TYPICAL_LENGTH, TYPICAL_VALUE = 8, 8.0, 185
"""What lines of a band have at the median: letters, length, and the brightest channel of their colour."""
FOOT, HEIGHT, COLOUR = 0.6, 1.8, 70.0
"""Lines of one film: how far their feet differ [heights of letters], how often one is as high, and how far their
colours differ in a channel."""
FRAMES, SHARE, SHOTS, TEXTS, TEXT_SHARE = 4, 0.03, 2, 3, 0.05
"""A band has lines in at least so many frames, and such a share of them, in so many shots, with so many texts, and for
such a share of its lines a text of its own."""
SAME_TEXT = 0.4
"""Correlation of their profiles from which two lines have one text."""
GROW = 1.5
"""Gap between lines of one text [heights of letters]."""
PAD, OUTLINE = 0.35, 0.012
"""What is cut about a line for accents and outlines [heights of letters; heights of the picture]."""


class Band(NamedTuple):
    """Where, how large and in which colour a film writes: shares of the picture's height, R, G, B [0..255]."""

    foot: float
    height: float
    colour: Colour


def sure(line: Line) -> bool:
    """True if a line is text beyond doubt, where subtitles are: background seldom looks so."""
    x0, y0, x1, y1 = line.box
    return (
        (y0 > LOW or y1 < HIGH)
        and line.letters >= LETTERS
        and line.length >= LENGTH
        and STROKES[0] <= line.strokes <= STROKES[1]
        and FILL[0] <= line.fill <= FILL[1]
    )


def bands(frames: Sequence[tuple[int, Sequence[Line]]]) -> list[Band]:
    """The bands in which a film shows subtitles, most used first; usually none, one or two.

    A line that stands in one place, but with changing texts over several shots, is a subtitle. What a background
    looks like stays within its shot, and a logo has one text.

    Args:
        frames: of frames from all over the film, the shot and the lines.
    """
    left = [(n, shot, line) for n, (shot, found) in enumerate(frames) for line in found if sure(line)]
    needed = max(FRAMES, SHARE * len(frames))
    found = []
    while left:
        groups = [[other for other in left if _alike(line, other[2])] for _, _, line in left]
        group = max(groups, key=lambda group: len({n for n, _, _ in group}))
        if len({n for n, _, _ in group}) < needed:
            break
        if len({shot for _, shot, _ in group}) >= SHOTS and _is_writing([line for _, _, line in group]):
            middle = np.median([(line.foot, line.height, *line.colour) for _, _, line in group], axis=0)
            foot, height, red, green, blue = map(float, middle)
            found.append(Band(foot, height, (red, green, blue)))
        taken = {id(line) for _, _, line in group}
        left = [each for each in left if id(each[2]) not in taken]
    return found


def shown(image: Image, known: Sequence[Band]) -> list[Line]:
    """The lines of a picture that are subtitles: those in a band, and those right above or below of the same make."""
    found = (
        [line for colour in (None, *(band.colour for band in known)) for line in lines(image, colour)] if known else []
    )
    found = [line for line in found if _likely(line)]
    taken = [line for line in found if any(_alike(band, line) for band in known)]
    for line in taken:  # grows while it is gone through
        taken += [other for other in found if not any(other is one for one in taken) and _next_to(line, other)]
    return taken


def boxes(found: Sequence[Line], width: int, height: int) -> np.ndarray:
    """What lines cover with their outlines, shape (N, 4), of a picture of that size [px]."""
    sides = np.array([line.box for line in found]).reshape(-1, 4) * [width, height, width, height]
    pad = np.array([PAD * line.height + OUTLINE for line in found]).reshape(-1, 1) * height
    return sides + pad * [-1, -1, 1, 1]


def clear_rows(box: Sides, text: np.ndarray, height: int) -> tuple[int, int]:
    """The largest run of rows (first, one after the last) in which no text lies between the sides of a box.

    Args:
        box: its `x0` and `x1` count [px].
        text: boxes of the lines, see `boxes`.
        height: of the picture [px].
    """
    across = text[(text[:, 0] < box[2]) & (text[:, 2] > box[0])]
    edges, top = [], 0
    for y0, y1 in sorted((int(np.floor(row[1])), int(np.ceil(row[3]))) for row in across):
        edges.append((top, min(y0, height)))
        top = max(top, y1)
    edges.append((min(top, height), height))
    return max(edges, key=lambda edge: edge[1] - edge[0])


def _alike(a: Line | Band, b: Line) -> bool:
    """True if two lines stand at one height of the picture, in letters of like size and colour."""
    return abs(a.foot - b.foot) <= FOOT * max(a.height, b.height) and _same_make(a, b)


def _same_make(a: Line | Band, b: Line) -> bool:
    """True if the letters of two lines are of like size and colour."""
    higher, lower = max(a.height, b.height), min(a.height, b.height)
    return higher <= HEIGHT * lower and max(abs(p - q) for p, q in zip(a.colour, b.colour, strict=True)) <= COLOUR


def _next_to(a: Line, b: Line) -> bool:
    gap = max(a.box[1] - b.box[3], b.box[1] - a.box[3])
    across = min(a.box[2], b.box[2]) > max(a.box[0], b.box[0])
    return gap <= GROW * max(a.height, b.height) and across and _same_make(a, b)


def _likely(line: Line) -> bool:
    long = line.letters >= TYPICAL_LETTERS and line.length >= TYPICAL_LENGTH
    return (long or LIKELY_STROKES[0] <= line.strokes <= LIKELY_STROKES[1]) and line.fill >= LIKELY_FILL


def _is_writing(found: Sequence[Line]) -> bool:
    """True if lines at one place hold several texts, most of them of some length, in bright letters."""
    letters, length, value = np.median([(line.letters, line.length, max(line.colour)) for line in found], axis=0)
    typical = letters >= TYPICAL_LETTERS and length >= TYPICAL_LENGTH and value >= TYPICAL_VALUE
    return bool(typical) and _texts(found) >= max(TEXTS, TEXT_SHARE * len(found))


def _texts(found: Sequence[Line]) -> int:
    """How many texts lines hold: each counts that is like none before."""
    texts: list[Line] = []
    for line in found:
        if not any(_same_text(text, line) for text in texts):
            texts.append(line)
    return len(texts)


def _same_text(a: Line, b: Line) -> bool:
    within = np.flatnonzero((a.profile > 0) | (b.profile > 0))
    p, q = a.profile[within] - a.profile[within].mean(), b.profile[within] - b.profile[within].mean()
    return bool(p @ q >= SAME_TEXT * np.linalg.norm(p) * np.linalg.norm(q))
