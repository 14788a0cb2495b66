"""Paints a whole person and says where face, head, half body and person are."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.film.brush import SUPERSAMPLING, Brush, ellipse
from dramatis.film.character import OUTFIT_COLOURS, SKINS, Character
from dramatis.film.head import Pose, face_outline, paint_hair_behind, paint_head, shade

HEIGHT = 5.6  # from the top of the hair to the feet [head radii]
WAIST = 2.35  # below the middle of the head [head radii]
_CAP = {"spiky": (1.25, 1.5), "curly": (1.35, 1.5), "mohawk": (0.9, 1.6), "bun": (1.0, 1.58), "bob": (1.12, 1.08)}


class Boxes(NamedTuple):
    """Boxes of one figure in picture pixels, `x0 y0 x1 y1`, not clipped; `face` is None from behind."""

    face: NDArray[np.float64] | None
    head: NDArray[np.float64]
    halfbody: NDArray[np.float64]
    person: NDArray[np.float64]


def paint_figure(brush: Brush, character: Character, pose: Pose) -> None:
    """Paints somebody; `brush` has its origin in the middle of the head and the head's radius as unit."""
    head = tilted(brush, pose)
    paint_hair_behind(head, character, pose)
    _paint_body(brush, character, pose)
    if pose.back and character.hair_style == "long":
        paint_hair_behind(head, character, pose)
    paint_head(head, character, pose)


def tilted(brush: Brush, pose: Pose) -> Brush:
    """The brush that paints the head: turned about the neck by the roll."""
    return brush.moved(0, 0.95, degrees=pose.roll).moved(0, -0.95)


def _paint_body(brush: Brush, character: Character, pose: Pose) -> None:
    colour, skin = OUTFIT_COLOURS[character.outfit.colour], SKINS[character.skin]
    dark, turn = shade(colour, 0.76), 0.12 * pose.yaw
    brush.fill([(-0.26, 0.7), (0.26, 0.7), (0.28, 1.3), (-0.28, 1.3)], shade(skin, 0.86))
    for side in (-1, 1):  # legs, arms, hands
        x = side * 0.36
        legs = skin if character.outfit.cut == "dress" else (66, 66, 84)
        brush.fill([(x - 0.22, 2.2), (x + 0.22, 2.2), (x + 0.2, 4.1), (x - 0.2, 4.1)], legs)
        brush.ellipse(x + turn, 4.12, 0.3, 0.16, (60, 40, 34))
        brush.line(side * 0.72, 1.35, side * 1.02, 2.4, 0.38, dark)
        brush.ellipse(side * 1.05, 2.5, 0.2, 0.2, skin)
    match character.outfit.cut:
        case "robe":
            brush.fill([(-0.7, 1.12), (0.7, 1.12), (1.02, 3.9), (-1.02, 3.9)], colour)
            brush.fill([(-0.86, 2.26), (0.86, 2.26), (0.88, 2.5), (-0.88, 2.5)], (238, 206, 110))
        case "shirt":
            brush.fill([(-0.76, 1.14), (0.76, 1.14), (0.7, 2.5), (-0.7, 2.5)], colour)
            if not pose.back:
                brush.fill([(-0.24, 1.12), (0.24, 1.12), (turn, 1.52)], WHITE_COLLAR)
        case "hoodie":
            brush.fill([(-0.82, 1.14), (0.82, 1.14), (0.84, 2.6), (-0.84, 2.6)], colour)
            brush.fill(ellipse(0, 1.2, 0.66, 0.26), dark)
            if not pose.back:
                brush.fill([(-0.4 + turn, 1.95), (0.4 + turn, 1.95), (0.5 + turn, 2.42), (-0.5 + turn, 2.42)], dark)
        case "dress":
            brush.fill([(-0.66, 1.14), (0.66, 1.14), (0.5, 2.2), (1.12, 3.2), (-1.12, 3.2), (-0.5, 2.2)], colour)
            brush.fill([(-0.52, 2.1), (0.52, 2.1), (0.56, 2.3), (-0.56, 2.3)], dark)


WHITE_COLLAR = (246, 246, 246)


def figure_boxes(brush: Brush, character: Character, pose: Pose) -> Boxes:
    """Where the parts of a figure lie that `paint_figure` paints with the same arguments."""
    head = tilted(brush, pose)
    outline = face_outline(character)
    rx, top = _CAP.get(character.hair_style, (1.0, 1.08))
    hair = np.array([(-rx, -0.1), (rx, -0.1), (-rx * 0.6, -top), (rx * 0.6, -top)])
    body = np.array([(-1.22, 1.3), (1.22, 1.3), (-1.22, WAIST), (1.22, WAIST)])
    feet = np.array([(-0.7, 4.28), (0.7, 4.28)])
    head_box = _around(head.place(np.concatenate([outline, hair])))
    half = _union(head_box, _around(brush.place(body)))
    brows_down = outline[outline[:, 1] > -0.5]
    face = None if pose.back else _around(head.place(brows_down))
    return Boxes(face, head_box, half, _union(half, _around(brush.place(feet))))


def hidden_share(box: NDArray[np.float64], covers: NDArray[np.float64]) -> float:
    """Share of a box under the union of others, shape (N, 4), on a grid of 12 × 12 points [0..1]."""
    x, y = np.meshgrid(*(np.linspace(box[k], box[k + 2], 12) for k in (0, 1)))
    points = np.stack([x.ravel(), y.ravel()], -1)[:, None]  # (144, 1, 2)
    return float(((points >= covers[None, :, :2]) & (points < covers[None, :, 2:])).all(-1).any(-1).mean())


def _around(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([points.min(0), points.max(0)]) / SUPERSAMPLING


def _union(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([np.minimum(a[:2], b[:2]), np.maximum(a[2:], b[2:])])
