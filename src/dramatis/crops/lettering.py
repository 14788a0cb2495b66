"""Lines of text in one picture: thin bright strokes on something darker, side by side on one foot line."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dramatis.core.images import Image

HEIGHT_PX = 360
"""Height of the picture that is looked at; a lower one is taken as it is."""
BRIGHT, CONTRAST = 120, 45
"""A stroke's brightest channel is at least this, and by so much above what lies around it [0..255]."""
STROKE = 0.012
"""Half of the largest width of a stroke [heights of the picture]."""
GLYPH = (0.018, 0.085)
"""Height of a letter, or of several that touch [heights of the picture]."""
WIDE = 14.0
"""Several letters that touch are at most this wide [their heights]."""
FILL, NARROW = (0.15, 0.97), 0.5
"""Share of its box that a letter covers; narrow ones, as `l` is, may fill theirs [widths over heights]."""
NEAR, LEVEL, ALIKE = 1.3, 0.3, 2.2
"""Neighbours of a line: the gap between them, how far their feet differ [heights], how often one is as high."""
SHORTEST = 2.0
"""A line is at least this long [heights of its letters]."""
CORE = (0.35, 0.8)
"""The part of a line's height in which strokes are counted: below tall letters, above tails."""

Colour = tuple[float, float, float]
"""R, G, B [0..255]."""
COLUMNS = 160
"""Columns of a line's profile."""


class Line(NamedTuple):
    """What looks like a line of text.

    Attributes:
        box: half-open `x0 y0 x1 y1`, in shares of the picture's sides.
        foot: where its letters stand, in shares of the picture's height.
        height: of its letters, median, likewise.
        letters: pieces that do not touch.
        length: in heights of its letters.
        strokes: that a row of pixels crosses, for each height of its length.
        fill: share of the boxes of its letters that they cover.
        colour: R, G, B of the bright quarter of its strokes: their rims mix with the ground [0..255].
        profile: strokes in each of `COLUMNS` columns of the picture [0..1]: tells one text from another.
    """

    box: tuple[float, float, float, float]
    foot: float
    height: float
    letters: int
    length: float
    strokes: float
    fill: float
    colour: Colour
    profile: NDArray[np.float32]


def lines(image: Image, colour: Colour | None = None) -> list[Line]:
    """Everything in an RGB picture that may be a line of bright text, from the top down.

    Much else is found too: whether it is text tells `subtitles.sure` of one line, `subtitles.bands` of many pictures.

    Args:
        colour: R, G, B of the letters, if it is known [0..255]: they are told from bright ground of another colour.
    """
    image = _reduced(image)
    strokes = _strokes(image.max(axis=2) if colour is None else _nearness(image, colour))  # yellow is bright, too
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    pieces = boxes[1:].astype(np.float64)  # (N, 5): left, top, width, height, area
    own = np.flatnonzero(_letters(pieces, len(image)))
    found = [_line(image, labels, own[group] + 1, pieces[own[group]]) for group in _rows(pieces[own])]
    return sorted((line for line in found if line), key=lambda line: (line.box[1], line.box[0]))


def _reduced(image: Image) -> Image:
    height, width = image.shape[:2]
    if height <= HEIGHT_PX:
        return image
    return cv2.resize(image, (max(1, round(width * HEIGHT_PX / height)), HEIGHT_PX), interpolation=cv2.INTER_AREA)


def _nearness(image: Image, colour: Colour) -> NDArray[np.uint8]:
    """255 where a pixel has a colour, and less by the difference in the channel where it is largest."""
    wanted = np.array(colour).round().astype(np.uint8)
    return 255 - cv2.absdiff(image, np.broadcast_to(wanted, image.shape)).max(axis=2)


def _strokes(value: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 where a pixel is bright and part of something narrow, shape (H, W)."""
    side = 2 * max(2, round(STROKE * len(value))) + 1
    thin = cv2.subtract(value, cv2.morphologyEx(value, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)))
    return ((value >= BRIGHT) & (thin >= CONTRAST)).astype(np.uint8)


def _letters(pieces: NDArray[np.float64], height: int) -> NDArray[np.bool_]:
    """True for each piece, shape (N, 5), that may be a letter or several that touch."""
    _, _, wide, high, area = pieces.T
    fill = area / (wide * high)
    size = (high >= GLYPH[0] * height) & (high <= GLYPH[1] * height) & (wide <= WIDE * high)
    return size & (fill >= FILL[0]) & ((fill <= FILL[1]) | (wide <= NARROW * high))


def _rows(pieces: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Indices of the pieces of each row: neighbours of like height with their feet on a line, joined."""
    left, top, wide, high = pieces[:, :4].T
    foot, right = top + high, left + wide
    order = np.argsort(foot, kind="stable")
    ends = np.searchsorted(foot[order], foot + LEVEL * ALIKE * high, side="right")
    pairs = []
    for place, n in enumerate(order):
        others = order[place + 1 : ends[n]]
        higher, lower = np.maximum(high[n], high[others]), np.minimum(high[n], high[others])
        gap = np.maximum(left[others] - right[n], left[n] - right[others])
        near = (gap <= NEAR * higher) & (gap > -0.5 * higher) & (foot[others] - foot[n] <= LEVEL * higher)
        pairs += [(n, other) for other in others[near & (higher <= ALIKE * lower)]]
    a, b = np.array(pairs, int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(len(pieces), len(pieces)))
    _, row_of = connected_components(graph, directed=False) if len(pieces) else (0, np.empty(0, int))
    return [np.flatnonzero(row_of == row) for row in np.unique(row_of)]


def _line(image: Image, labels: NDArray[np.int32], own: NDArray[np.int64], pieces: NDArray[np.float64]) -> Line | None:
    left, top, wide, high = pieces[:, :4].T
    x0, y0, x1, y1 = int(left.min()), int(top.min()), int((left + wide).max()), int((top + high).max())
    height = float(np.median(high))
    if x1 - x0 < SHORTEST * height:
        return None
    mask = np.isin(labels[y0:y1, x0:x1], own)
    core = mask[int(CORE[0] * (y1 - y0)) : max(1, int(CORE[1] * (y1 - y0)))]
    begins = np.diff(core.astype(np.int8), axis=1, prepend=0) == 1
    rows, columns = image.shape[:2]
    return Line(
        box=(x0 / columns, y0 / rows, x1 / columns, y1 / rows),
        foot=float(np.median(top + high)) / rows,
        height=height / rows,
        letters=len(pieces),
        length=(x1 - x0) / height,
        strokes=float(begins.sum(axis=1).mean()) * height / (x1 - x0),
        fill=float(mask.sum() / (wide * high).sum()),
        colour=tuple(np.percentile(image[y0:y1, x0:x1][mask], 75, axis=0).tolist()),
        profile=_profile(mask, x0, columns),
    )


def _profile(mask: NDArray[np.bool_], left: int, width: int) -> NDArray[np.float32]:
    strokes = np.zeros((1, width), np.float32)
    strokes[0, left : left + mask.shape[1]] = mask.mean(axis=0)
    return cv2.resize(strokes, (COLUMNS, 1), interpolation=cv2.INTER_AREA)[0]
