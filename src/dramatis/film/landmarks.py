"""Where the 68 points of the iBUG 300-W scheme lie on a drawn face, at any turn of the head.

The painter puts eyes, brows, nose and mouth on an upright cylinder that turns with the yaw, so they are points of a
rigid body; the jaw is a line on it from ear to chin to ear. Unit and origin are those of `film.head`.
"""

import numpy as np
from numpy.typing import NDArray

from dramatis.film.brush import SUPERSAMPLING, Brush, Points
from dramatis.film.character import Character
from dramatis.film.figure import tilted
from dramatis.film.head import (
    BLINK_Y,
    EYE_X,
    EYE_Y,
    EYES,
    FACE_MIDDLE,
    LARGEST_TURN,
    MOUTHS,
    NOSE_OUT,
    NOSE_SIZE,
    NOSE_Y,
    OPEN_MOUTH_SIZE,
    OPEN_MOUTH_Y,
    SHAPES,
    Pose,
    brow_corners,
)

Solid = NDArray[np.float64]
"""Points of a head that looks at the viewer, shape (N, 3): x to the right, y down, z towards the viewer."""

JAW = slice(0, 17)
EAR = np.radians(78)
"""Angle from the middle of the face at which the jaw begins, and on turned heads the hair."""
CHIN_DEPTH = 0.5
"""How far the chin lies in front of the head's axis, as a share of a feature's distance at the same place."""
_INSIDE = 0.8  # the inner edge of lips that are not drawn, over the outer one


def landmarks(brush: Brush, character: Character, pose: Pose) -> Points | None:
    """The 68 points of a head that `paint_figure` paints with the same arguments [px], shape (68, 2); None from behind.

    Points that the turned head hides lie on its visible contour, as in 300-W; those under hair, masks or eye patches
    lie where they would be seen.
    """
    if pose.back:
        return None
    shown = turned(face_solid(character, pose), np.radians(LARGEST_TURN * pose.yaw))
    shown[JAW] = _inside_outline(shown[JAW], character)
    return tilted(brush, pose).place(shown) / SUPERSAMPLING


def turned(solid: Solid, yaw: float) -> Points:
    """Points as they appear on a head turned by some yaw [rad], shape (N, 2); behind the edge, they stay on it."""
    radius = np.hypot(solid[:, 0], solid[:, 2])
    angle = np.arctan2(solid[:, 0], solid[:, 2]) + yaw
    return np.stack([radius * np.sin(np.clip(angle, -np.pi / 2, np.pi / 2)), solid[:, 1]], -1)


def face_solid(character: Character, pose: Pose) -> Solid:
    """The 68 points of a face in space, shape (68, 3); mouth and eyelids as the pose has them."""
    width = SHAPES[character.face_shape][0]
    parts = [
        _jaw(character),
        *(_on_cylinder(_brow(character, side), width) for side in (-1, 1)),
        _nose(width),
        *(_eye(character, side, pose.blink, width) for side in (-1, 1)),
        _mouth(pose.mouth, width),
    ]
    return np.concatenate(parts)


def _on_cylinder(points: Points, width: float) -> Solid:
    return np.column_stack([points, np.sqrt(np.maximum(width**2 - points[:, 0] ** 2, 0))])


def _on_tangent(across: NDArray[np.float64], y: NDArray[np.float64], x: float, width: float) -> Solid:
    """Points on the plane that touches the cylinder at `x`, `across` from there: how the painter squeezes ellipses."""
    angle = np.arcsin(x / width)
    return np.column_stack(
        [width * np.sin(angle) + across * np.cos(angle), y, width * np.cos(angle) - across * np.sin(angle)]
    )


def _jaw(character: Character) -> Solid:
    """0 to 16: from the ear on the left of the picture along the outline to the other."""
    a, b, n, taper = SHAPES[character.face_shape]
    t = np.linspace(np.pi, 0, 17)
    down = np.abs(np.sin(t)) ** (2 / n)  # 0 at the ears, 1 at the chin
    x = a * np.sign(np.cos(t)) * np.abs(np.cos(t)) ** (2 / n) * (1 - taper * down) * np.sin(EAR)
    depth = np.sqrt(np.maximum(a**2 - x**2, 0)) * (1 - (1 - CHIN_DEPTH) * down)
    return np.column_stack([x, b * down + FACE_MIDDLE, depth])


def _inside_outline(points: Points, character: Character) -> Points:
    """Points that would lie beyond the outline of the face, moved straight towards its middle until they lie on it."""
    a, b, n, taper = SHAPES[character.face_shape]
    middle = np.array([0, FACE_MIDDLE])
    away = points - middle
    low, high = np.zeros(len(away)), np.ones(len(away))
    for _ in range(24):
        share = (low + high) / 2
        x, y = (away * share[:, None]).T
        narrow = a * (1 - taper * np.clip(y / b, 0, 1))
        outside = np.abs(x / narrow) ** n + np.abs(y / b) ** n > 1
        low, high = np.where(outside, low, share), np.where(outside, share, high)
    return middle + away * high[:, None]


def _brow(character: Character, side: int) -> Points:
    """Five points along the middle of a brow, from left to right in the picture."""
    low_inner, low_outer, high_outer, high_inner = (np.array(corner) for corner in brow_corners(character, side))
    inner, outer = (low_inner + high_inner) / 2, (low_outer + high_outer) / 2
    left, right = (outer, inner) if side < 0 else (inner, outer)
    return left + np.linspace(0, 1, 5)[:, None] * (right - left)


def _nose(width: float) -> Solid:
    """27 to 30: the bridge down to the tip; 31 to 35: the lower edge of the nose."""
    share = np.linspace(0, 1, 4)
    bridge = np.column_stack([0 * share, EYE_Y + share * (NOSE_Y - EYE_Y), width + share * NOSE_OUT])
    x = np.linspace(-1, 1, 5)
    edge = NOSE_Y + NOSE_SIZE[1] * np.sqrt(1 - x**2)
    return np.concatenate([bridge, np.column_stack([x * NOSE_SIZE[0], edge, np.full(5, width + NOSE_OUT)])])


def _eye(character: Character, side: int, blink: bool, width: float) -> Solid:
    """Corner on the left of the picture, two on the upper lid, the other corner, two on the lower lid."""
    rx, ry = EYES[character.eye_shape]
    x = np.array([-1, -0.5, 0.5, 1, 0.5, -0.5])
    if blink:
        top, bottom = BLINK_Y
        y = np.array([(top + bottom) / 2, top, top, (top + bottom) / 2, bottom, bottom])
        return _on_cylinder(np.column_stack([side * EYE_X + x * rx, y]), width)
    y = EYE_Y + ry * np.sqrt(1 - x**2) * [0, -1, -1, 0, 1, 1]
    return _on_tangent(x * rx, y, side * EYE_X, width)


def _mouth(mouth: str, width: float) -> Solid:
    """48 to 59: the outer edge of the lips, from the corner on the left over the top; 60 to 67: the inner one.

    A closed mouth has its inner edge along its middle; in an open one it lies a little inside the outer one.
    """
    share, inner = np.linspace(-1, 1, 7), _INSIDE * np.linspace(-1, 1, 5)
    if mouth == "open":
        rx, ry = OPEN_MOUTH_SIZE
        bow, inner_bow = np.sqrt(1 - share**2), _INSIDE * np.sqrt(1 - (inner / _INSIDE) ** 2)
        y = OPEN_MOUTH_Y + ry * np.concatenate([_round(-bow, bow), _round(-inner_bow, inner_bow)])
        return _on_tangent(rx * np.concatenate([_round(share, share), _round(inner, inner)]), y, 0, width)
    upper, lower = (np.array(edge) for edge in MOUTHS[mouth])
    half = upper[-1, 0]

    def edges(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([np.interp(x, edge[:, 0], edge[:, 1]) for edge in (upper, lower)])

    above, below = edges(share * half)
    above[[0, -1]] = (above[[0, -1]] + below[[0, -1]]) / 2
    between = edges(inner * half).mean(0)
    x = half * np.concatenate([_round(share, share), _round(inner, inner)])
    return _on_cylinder(np.column_stack([x, np.concatenate([_round(above, below), _round(between, between)])]), width)


def _round(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Once round a mouth: all of the upper edge from left to right, then the lower one back without its ends."""
    return np.concatenate([above, below[-2:0:-1]])
