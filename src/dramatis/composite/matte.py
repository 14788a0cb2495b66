"""Cuts a figure out of its picture: how much of every pixel is figure, and the figure's own colours at its edge.

GrabCut (Rother, Kolmogorov, Blake: GrabCut, SIGGRAPH 2004) splits the pixels by colour and by edges. The boxes of face,
head and person tell it where to begin: a face is figure, what lies outside the person's box is not. A guided filter
(He, Sun, Tang: Guided Image Filtering, ECCV 2010) then lets the edge follow that of the picture.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image, resize

Alpha = NDArray[np.float32]
Box = NDArray[np.float64]
"""Share of figure in each pixel [0..1], shape (H, W)."""

WORK_PX = 320
"""Longest side on which GrabCut works: its time grows with the area, its edges are refined afterwards."""
ROUNDS = 5
SLACK = 0.04
"""By how much of its sides the person's box may be too small."""
HAIR = 0.4
"""How far hair, hats and horns may stand out above and beside the box of the head, in its sides."""
LEAST_FACE, LEAST_HEAD, LEAST_PERSON = 0.95, 0.75, 0.3
MOST_PERSON = 0.97
MOST_CUT = 0.04
"""Share of a side, top or edge of the picture that a figure may touch: more, and something of it is cut off."""
COLOURS, STRANGE, HEIGHT = 24, 14.0, 40.0
"""Colours in which a background is summed up, how far from all of them one is strange to it [CIELAB], and as how much
of a difference the height of the picture counts: sand below does not explain horns before the sky."""
LEAST_BACKGROUND = 0.1
"""Share of the picture outside the person's box that is needed to know the background."""
SPECK, BADGE = 0.001, 0.02
"""Holes that are filled: of any place, and below the face, as shares of the picture."""
LEAST_EDGE, EDGE, NEAR_PX = 0.9, 10.0, 7
"""Share of the outline at which figure and background differ, by how much at least [CIELAB], and within how many
pixels: an outline that follows no edge cuts through a figure of the colour of its background."""
LEAST_SOLID = 0.75
"""Share of its convex hull that a figure fills: less, and there are holes in it, or rags on it."""
LEAST_TALL, LEAST_WIDE = 0.92, 0.8
"""Share of the height of the person's box, and of the width of the head's, that the figure must span."""


class Boxes(NamedTuple):
    """Boxes of one person in its picture, x0 y0 x1 y1 [px]; null where none was found."""

    face: NDArray[np.float64]
    head: NDArray[np.float64] | None
    person: NDArray[np.float64] | None


class Matte(NamedTuple):
    """A figure without its background."""

    colour: Image
    """Its colours; at its edge those of the nearest place inside, so that no background shines through."""
    alpha: Alpha


def cut_out(image: Image, boxes: Boxes) -> Matte | None:
    """The figure of a picture; null if it cannot be told from its background well enough to stand on another.

    Args:
        image: a picture with one person, RGB.
        boxes: of that person.
    """
    height, width = image.shape[:2]
    scale = min(1.0, WORK_PX / max(width, height))
    small = resize(image, max(1, round(width * scale)), max(1, round(height * scale))) if scale < 1 else image
    head, person = _filled_in(boxes, width, height)
    mask = _segmented(small, boxes.face * scale, head * scale, person * scale)
    if mask is None or not is_whole(mask, boxes.face * scale, head * scale, person * scale):
        return None
    if edge_share(small, mask) < LEAST_EDGE:
        return None
    mask = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    alpha = _refined(image, mask)
    return Matte(_own_colours(image, alpha), alpha)


def _filled_in(boxes: Boxes, width: int, height: int) -> tuple[Box, Box]:
    """Boxes of head and person; one that was not found is worked out from the face, or is nearly the whole picture."""
    head, person = boxes.head, boxes.person
    if head is None:  # the least that a head is beyond its face
        x0, y0, x1, y1 = boxes.face
        head = np.array([x0 - 0.08 * (x1 - x0), y0 - 0.25 * (y1 - y0), x1 + 0.08 * (x1 - x0), y1])
    if person is None:
        person = np.array([0.03 * width, min(0.03 * height, head[1]), 0.97 * width, height])
    sides = [width, height, width, height]
    return np.clip(head, 0, sides), np.clip(person, 0, sides)


def _segmented(image: Image, face: Box, head: Box, person: Box) -> NDArray[np.bool_] | None:
    """Which pixels are figure, as GrabCut finds them; null if it finds no background or no figure."""
    guess = _first_guess(image, face, head, person)
    if (guess == cv2.GC_BGD).mean() < LEAST_BACKGROUND:
        return None
    cv2.setRNGSeed(0)  # its colour models begin with random centres
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(image[..., ::-1]), guess, None, *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    return _in_one_piece((guess == cv2.GC_FGD) | (guess == cv2.GC_PR_FGD), face)


def _first_guess(image: Image, face: Box, head: Box, person: Box) -> NDArray[np.uint8]:
    """What GrabCut begins with: outside the person's box background, face and chest figure.

    In between, what has no colour of the background is probably figure, and so is the inside of head and body.
    """
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    sides = np.array([person[2] - person[0], person[3] - person[1]])
    inside = _within(rows, columns, person + SLACK * np.array([-1, -1, 1, 1]) * [*sides, *sides])
    wide, tall = head[2] - head[0], head[3] - head[1]
    inside |= _within(rows, columns, head + HAIR * np.array([-1, -1, 1, 1]) * [wide, tall, wide, tall])
    guess = np.where(inside, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    if inside.all():
        return guess
    guess[inside & (_strangeness(image, ~inside) > STRANGE)] = cv2.GC_PR_FGD
    middle, chin, wide, tall = (face[0] + face[2]) / 2, face[3], face[2] - face[0], face[3] - face[1]
    body = (abs(columns - middle) < 0.45 * wide) & (rows >= chin + 0.2 * tall)
    guess[inside & (body | _ellipse(rows, columns, head, 0.85))] = cv2.GC_PR_FGD
    chest = (abs(columns - middle) < 0.25 * wide) & (rows >= chin + 0.3 * tall) & (rows < chin + 0.7 * tall)
    guess[inside & (chest | _ellipse(rows, columns, face, 0.9))] = cv2.GC_FGD
    return guess


def _strangeness(image: Image, background: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How far each pixel is in colour and height from what there is in the background, in CIELAB, shape (H, W)."""
    height = image.shape[0]
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    rows = np.broadcast_to(np.linspace(0, HEIGHT, height, dtype=np.float32)[:, None, None], (*image.shape[:2], 1))
    look = np.concatenate([lab, rows], axis=-1)  # (H, W, 4)
    seen = look[background]
    seen = seen[:: max(1, len(seen) // 4000)]
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    cv2.setRNGSeed(0)
    _, _, palette = cv2.kmeans(seen, min(COLOURS, len(seen)), None, stop, 1, cv2.KMEANS_PP_CENTERS)
    return np.min([np.linalg.norm(look - one, axis=-1) for one in palette], axis=0)


def _within(rows: NDArray[np.int64], columns: NDArray[np.int64], box: Box) -> NDArray[np.bool_]:
    x0, y0, x1, y1 = box
    return (columns >= x0) & (columns < x1) & (rows >= y0) & (rows < y1)


def _ellipse(rows: NDArray[np.int64], columns: NDArray[np.int64], box: Box, factor: float) -> NDArray[np.bool_]:
    x0, y0, x1, y1 = box
    a, b = max(factor * (x1 - x0) / 2, 1), max(factor * (y1 - y0) / 2, 1)
    return ((columns - (x0 + x1) / 2) / a) ** 2 + ((rows - (y0 + y1) / 2) / b) ** 2 <= 1


def _in_one_piece(mask: NDArray[np.bool_], face: Box) -> NDArray[np.bool_] | None:
    """The piece that holds the middle of the face, its holes filled; null if there is none."""
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(opened, connectivity=4)
    row, column = int((face[1] + face[3]) / 2), int((face[0] + face[2]) / 2)
    label = labels[min(row, mask.shape[0] - 1), min(column, mask.shape[1] - 1)]
    if count < 2 or not label:
        return None
    return _without_holes((labels == label).astype(np.uint8), face)


def _without_holes(piece: NDArray[np.uint8], face: Box) -> NDArray[np.bool_]:
    """The piece with specks in it filled, and larger holes below the face: a badge, not the gap beside an arm."""
    outside = np.pad(1 - piece, 1, constant_values=1)
    _, labels, stats, centres = cv2.connectedComponentsWithStats(outside, connectivity=4)
    size = stats[:, cv2.CC_STAT_AREA] / piece.size
    below = abs(centres[:, 0] - 1 - (face[0] + face[2]) / 2) < 0.6 * (face[2] - face[0])
    hole = (size < SPECK) | (below & (size < BADGE))
    hole[[labels[0, 0], *np.unique(labels[1:-1, 1:-1][piece == 1])]] = False
    return piece.astype(bool) | hole[labels][1:-1, 1:-1]


def is_whole(mask: NDArray[np.bool_], face: Box, head: Box, person: Box) -> bool:
    """True if a mask looks like all of a person: face and hair are in it, and only the lower edge cuts it off.

    Args:
        mask: which pixels are figure, shape (H, W).
        face: its box in the mask [px]; `head` and `person` likewise.
    """
    rows, columns = np.mgrid[: mask.shape[0], : mask.shape[1]]
    in_face, in_head = mask[_ellipse(rows, columns, face, 0.9)], mask[_ellipse(rows, columns, head, 0.9)]
    x0, y0, x1, y1 = np.rint(person).astype(int)
    filled = mask[y0:y1, x0:x1]
    if not in_face.size or not in_head.size or not filled.size:
        return False
    above = mask[: round(face[3])].any(axis=0).sum()
    tall = np.flatnonzero(mask.any(axis=1))
    return bool(
        in_face.mean() >= LEAST_FACE
        and in_head.mean() >= LEAST_HEAD
        and LEAST_PERSON <= filled.mean() <= MOST_PERSON
        and max(mask[:, 0].mean(), mask[:, -1].mean(), mask[0].mean()) <= MOST_CUT
        and above >= LEAST_WIDE * min(head[2] - head[0], mask.shape[1])
        and mask.sum() >= LEAST_SOLID * _hull_area(mask)
        and tall[-1] + 1 - tall[0] >= LEAST_TALL * (y1 - y0)
    )


def _hull_area(mask: NDArray[np.bool_]) -> int:
    """Area of the convex hull of a mask [px²]."""
    hull = cv2.convexHull(np.argwhere(mask)[:, ::-1].astype(np.int32))
    return int(cv2.fillConvexPoly(np.zeros(mask.shape, np.uint8), hull, 1).sum())


def edge_share(image: Image, mask: NDArray[np.bool_]) -> float:
    """Share of a mask's outline at which the colours inside and outside differ; the picture's border is no outline."""
    lab, inside = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), mask.astype(np.float32)
    means = []
    for part in (inside, 1 - inside):
        total = cv2.boxFilter(lab * part[..., None], -1, (NEAR_PX, NEAR_PX))
        means.append(total / np.maximum(cv2.boxFilter(part, -1, (NEAR_PX, NEAR_PX)), 1e-3)[..., None])
    within = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    outline = mask & (within == 0)
    differs = np.linalg.norm(means[0] - means[1], axis=-1) >= EDGE
    return float(differs[outline].mean()) if outline.any() else 0.0


def _refined(image: Image, mask: NDArray[np.float32]) -> Alpha:
    """The mask with an edge that follows the picture's, soft over about a hundredth of its side."""
    radius = max(2, round(0.012 * max(image.shape[:2])))
    guide = image.astype(np.float32) / 255
    alpha = cv2.ximgproc.guidedFilter(guide, mask, radius, 1e-4)
    near = cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=radius) > 0.5
    alpha = np.where(near, np.clip((alpha - 0.2) / 0.6, 0, 1), 0)
    return alpha.astype(np.float32)


def _own_colours(image: Image, alpha: Alpha) -> Image:
    """Colours of the figure: where it is only partly there, those of the nearest pixel that is all figure."""
    sure = cv2.erode((alpha >= 0.98).astype(np.uint8), np.ones((3, 3), np.uint8))
    if not sure.any():
        return image
    _, nearest = cv2.distanceTransformWithLabels(1 - sure, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    palette = np.zeros((nearest.max() + 1, 3), np.uint8)
    palette[nearest[sure == 1]] = image[sure == 1]
    return np.where((alpha >= 0.98)[..., None], image, palette[nearest])
