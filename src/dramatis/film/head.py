"""Paints a head. Unit: head radius; origin: middle of the head; features sit on a sphere that turns with the yaw."""

from dataclasses import dataclass

import numpy as np

from dramatis.film.brush import Brush, Colour, Points, ellipse
from dramatis.film.character import EYE_COLOURS, HAIR_COLOURS, SKINS, Character

LARGEST_TURN = 72.0  # degrees that a yaw of 1 stands for
DARK, WHITE = (34, 28, 34), (252, 252, 250)
FACE_MIDDLE = 0.05
"""How far the middle of the face lies below that of the head."""
# half width, half height, exponent of the superellipse, taper towards the chin
SHAPES = {
    "round": (0.9, 0.92, 2.2, 0.06),
    "narrow": (0.74, 1.0, 2.3, 0.1),
    "square": (0.86, 0.94, 4.0, 0.0),
    "pointed": (0.9, 1.02, 2.0, 0.42),
}
_CREST = ((-0.34, -1.2), (-0.16, -1.62), (0.02, -1.3), (0.2, -1.62), (0.36, -1.2))
EYES = {"round": (0.215, 0.235), "tall": (0.175, 0.32), "narrow": (0.245, 0.14)}
"""Half width and half height of the white of an eye."""
EYE_X, EYE_Y, BLINK_Y = 0.38, 0.11, (0.1, 0.17)
NOSE_Y, NOSE_SIZE, NOSE_OUT = 0.4, (0.07, 0.06), 0.1
MOUTHS = {
    "smile": (
        ((-0.24, 0.6), (-0.1, 0.66), (0.1, 0.66), (0.24, 0.6)),
        ((-0.24, 0.6), (-0.12, 0.75), (0.12, 0.75), (0.24, 0.6)),
    ),
    "flat": (((-0.17, 0.65), (0.17, 0.65)), ((-0.17, 0.71), (0.17, 0.71))),
}
"""Upper and lower edge of a closed mouth, from left to right."""
OPEN_MOUTH_Y, OPEN_MOUTH_SIZE = 0.68, (0.16, 0.13)


@dataclass(frozen=True)
class Pose:
    """How a head is held: yaw -1 (left profile) to 1 (right profile), roll [degrees], back of the head or not."""

    yaw: float = 0.0
    roll: float = 0.0
    back: bool = False
    mouth: str = "smile"
    blink: bool = False


def face_outline(character: Character) -> Points:
    """The outline of a face seen from the front, shape (32, 2)."""
    a, b, n, taper = SHAPES[character.face_shape]
    t = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    x = a * np.sign(np.cos(t)) * np.abs(np.cos(t)) ** (2 / n)
    y = b * np.sign(np.sin(t)) * np.abs(np.sin(t)) ** (2 / n)
    return np.stack([x * (1 - taper * np.clip(y / b, 0, 1)), y + FACE_MIDDLE], -1)


def brow_corners(character: Character, side: int) -> list[tuple[float, float]]:
    """Corners of the brow on one side (-1 left, 1 right): its lower edge outwards, then its upper edge back."""
    tilt, thick, lift = {
        "thin": (0, 0.06, 0.1),
        "thick": (0, 0.15, 0.14),
        "angry": (0.14, 0.11, 0.12),
        "raised": (-0.12, 0.09, 0.2),
    }[character.brow]
    y = 0.1 - EYES[character.eye_shape][1] - lift
    inner, outer = (side * 0.16, y + tilt), (side * 0.6, y - tilt)
    return [inner, outer, (outer[0], outer[1] - thick), (inner[0], inner[1] - thick)]


def shade(colour: Colour, factor: float) -> tuple[int, int, int]:
    """A darker (below 1) or lighter colour."""
    red, green, blue = (int(np.clip(c * factor, 0, 255)) for c in colour)
    return red, green, blue


class _Face:
    """Where things on the front of the head appear at some yaw."""

    def __init__(self, brush: Brush, character: Character, pose: Pose):
        self.brush, self.width = brush, SHAPES[character.face_shape][0]
        self.turn = np.radians(LARGEST_TURN * pose.yaw)

    def at(self, x: float) -> tuple[float, float]:
        """Where a feature at `x` appears, and how much it is squeezed (0 or less: hidden)."""
        angle = np.arcsin(np.clip(x / self.width, -1, 1)) + self.turn
        return self.width * float(np.sin(angle)), float(np.cos(angle))

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        where, squeeze = self.at(x)
        if squeeze > 0.08:
            self.brush.ellipse(where, y, rx * squeeze, ry, colour)

    def polygon(self, points: list[tuple[float, float]], colour: Colour) -> None:
        seen = [(*self.at(x), y) for x, y in points]
        if max(squeeze for _, squeeze, _ in seen) > 0.08:
            self.brush.fill([(where, y) for where, _, y in seen], colour)


def paint_hair_behind(brush: Brush, character: Character, pose: Pose) -> None:
    """What of the hair hangs behind the head and the shoulders; painted before the body."""
    colour, turn = HAIR_COLOURS[character.hair_colour], 0.18 * pose.yaw
    dark = shade(colour, 0.8)
    match character.hair_style:
        case "long":
            brush.fill([(-0.98, -0.2), (0.98, -0.2), (1.12, 1.9), (0.7, 2.15), (-0.7, 2.15), (-1.12, 1.9)], dark)
        case "bob":
            brush.fill([(-1.02, -0.3), (1.02, -0.3), (1.14, 0.9), (-1.14, 0.9)], dark)
        case "twintails":
            for side in (-1, 1):
                brush.ellipse(side * 1.22 - turn, 0.35, 0.34, 0.95, colour)
                brush.ellipse(side * 1.02 - turn, -0.45, 0.16, 0.16, DARK)
        case "curly":
            for angle in np.arange(0, 2 * np.pi, np.pi / 6):
                brush.ellipse(1.0 * np.cos(angle), -0.15 + 0.95 * np.sin(angle), 0.4, 0.4, colour)
        case "bun":
            brush.ellipse(-turn, -1.22, 0.42, 0.38, colour)
            brush.ellipse(-turn, -1.0, 0.3, 0.12, dark)


def paint_head(brush: Brush, character: Character, pose: Pose) -> None:
    """Head, face, hair in front, headgear."""
    skin = SKINS[character.skin]
    if pose.back:
        brush.fill(face_outline(character), shade(skin, 0.92))
        _paint_back(brush, character)
    else:
        face = _Face(brush, character, pose)
        if character.hair_style != "mohawk":
            brush.fill(_cap(0.99, 1.06, -0.02), shade(HAIR_COLOURS[character.hair_colour], 0.8))
        face.ellipse(-face.width * 0.98, 0.14, 0.2, 0.2, shade(skin, 0.9))
        face.ellipse(face.width * 0.98, 0.14, 0.2, 0.2, shade(skin, 0.9))
        brush.fill(face_outline(character), skin)
        _paint_features(face, character, pose)
        _paint_side(face, character)
        _paint_fringe(face, character, pose)
        _paint_mark(face, character)
    _paint_headgear(brush, character, pose)


def _cap(rx: float, ry: float, bottom: float) -> Points:
    points = ellipse(0, -0.02, rx, ry)
    return np.stack([points[:, 0], np.minimum(points[:, 1], bottom)], -1)


def _paint_features(face: _Face, character: Character, pose: Pose) -> None:
    rx, ry = EYES[character.eye_shape]
    for side in (-1, 1):
        x = side * EYE_X
        if pose.blink:
            top, bottom = BLINK_Y
            face.polygon([(x - rx, top), (x + rx, top), (x + rx, bottom), (x - rx, bottom)], DARK)
        else:
            face.ellipse(x, 0.1, rx + 0.045, ry + 0.045, DARK)
            face.ellipse(x, EYE_Y, rx, ry, WHITE)
            face.ellipse(x, EYE_Y, rx * 0.8, ry * 0.92, EYE_COLOURS[character.eye_colour])
            face.ellipse(x, 0.12, rx * 0.32, ry * 0.42, DARK)
            face.ellipse(x + 0.06, 0.11 - ry * 0.42, 0.05, 0.06, WHITE)
        face.polygon(brow_corners(character, side), shade(HAIR_COLOURS[character.hair_colour], 0.55))
    nose, _ = face.at(0)
    face.brush.ellipse(nose + NOSE_OUT * np.sin(face.turn), NOSE_Y, *NOSE_SIZE, shade(SKINS[character.skin], 0.78))
    _paint_mouth(face, pose.mouth)


def _paint_mouth(face: _Face, mouth: str) -> None:
    if mouth == "open":
        face.ellipse(0, OPEN_MOUTH_Y, *OPEN_MOUTH_SIZE, (120, 36, 44))
    else:
        upper, lower = MOUTHS[mouth]
        face.polygon([*upper, *(corner for corner in reversed(lower) if corner not in upper)], (132, 40, 46))


def _paint_fringe(face: _Face, character: Character, pose: Pose) -> None:
    brush, colour, turn = face.brush, HAIR_COLOURS[character.hair_colour], 0.3 * pose.yaw
    if character.hair_style == "mohawk":
        brush.fill([(-0.2, -0.55), *_CREST, (0.2, -0.55)], colour)
        return
    low = {
        "straight": ((-0.98, 0.02), (-0.7, -0.3), (0.7, -0.3), (0.98, 0.02)),
        "parted": ((-0.98, 0.1), (-0.62, -0.14), (0.0, -0.72), (0.62, -0.14), (0.98, 0.1)),
        "swept": ((-0.98, -0.05), (-0.6, -0.6), (0.55, -0.12), (0.98, 0.08)),
    }[character.fringe]
    crown = [(np.cos(a), -0.02 - 1.06 * np.sin(a)) for a in np.linspace(0, np.pi, 13)]
    brush.fill([*crown, *((x + turn * (1 - abs(x)), y) for x, y in low)], colour)
    if character.hair_style == "spiky":
        for angle in np.linspace(0.06, 0.94, 7) * np.pi:
            out, side = np.array([np.cos(angle), -np.sin(angle)]), np.array([np.sin(angle), np.cos(angle)])
            brush.fill(np.array([out * 0.86 - side * 0.26, out * 1.52, out * 0.86 + side * 0.26]), colour)
    elif character.hair_style in ("long", "bob"):
        for x in (-1, 1):
            brush.fill([(x * 1.02, -0.2), (x * 0.78, -0.2), (x * 0.84, 0.85), (x * 1.14, 0.9)], colour)


def _paint_side(face: _Face, character: Character) -> None:
    """Hair behind the ear, which shows on the side that a turned head presents."""
    hidden = np.radians(78) - abs(face.turn)  # angle from the middle at which the hair begins
    if character.hair_style == "mohawk" or hidden > np.radians(62):
        return
    side = -np.sign(face.turn)
    edge = face.width * float(np.sin(hidden))
    rim = [(side * 1.02 * np.cos(a), -0.02 - 1.06 * np.sin(a)) for a in np.linspace(0, np.pi / 2, 7)]
    face.brush.fill(
        [*rim, (side * edge, -0.5), (side * edge, 0.32), (side * (edge + 0.12), 0.5), (side * 0.86, 0.56)],
        shade(HAIR_COLOURS[character.hair_colour], 0.9),
    )


def _paint_back(brush: Brush, character: Character) -> None:
    colour = HAIR_COLOURS[character.hair_colour]
    if character.hair_style == "mohawk":
        brush.fill([(-0.2, 0.7), *_CREST, (0.2, 0.7)], colour)
        return
    brush.fill(_cap(1.0, 1.08, 0.62), colour)
    if character.hair_style == "spiky":
        for angle in np.linspace(0.0, 1.0, 8) * np.pi:
            out, side = np.array([np.cos(angle), -np.sin(angle)]), np.array([np.sin(angle), np.cos(angle)])
            brush.fill(np.array([out * 0.86 - side * 0.26, out * 1.52, out * 0.86 + side * 0.26]), colour)
    elif character.hair_style in ("long", "bob"):
        bottom = 2.1 if character.hair_style == "long" else 0.9
        brush.fill([(-1.0, 0.0), (1.0, 0.0), (1.1, bottom), (-1.1, bottom)], colour)


def _paint_mark(face: _Face, character: Character) -> None:
    match character.mark:
        case "glasses":
            for x in (-0.38, 0.38):
                ring = [(0.33 * np.cos(a) + x, 0.33 * np.sin(a) + 0.11) for a in np.linspace(0, 2 * np.pi, 17)]
                inner = [(0.25 * np.cos(a) + x, 0.25 * np.sin(a) + 0.11) for a in np.linspace(2 * np.pi, 0, 17)]
                face.polygon(ring + inner, (24, 22, 30))
            face.polygon([(-0.1, 0.06), (0.1, 0.06), (0.1, 0.14), (-0.1, 0.14)], (24, 22, 30))
        case "eyepatch":
            face.polygon([(-0.85, -0.3), (-0.75, -0.42), (0.75, 0.02), (0.72, 0.12)], (26, 24, 30))
            face.ellipse(-0.38, 0.1, 0.36, 0.36, (26, 24, 30))
        case "scar":
            face.polygon([(0.16, -0.42), (0.28, -0.44), (0.66, 0.62), (0.54, 0.64)], (188, 30, 52))
            for y in (-0.1, 0.34):
                face.polygon([(0.2, y + 0.1), (0.2, y), (0.62, y - 0.06), (0.62, y + 0.04)], (188, 30, 52))
        case "stripes":
            for side in (-1, 1):
                for y in (0.42, 0.6):
                    corners = ((0.28, y), (0.8, y - 0.06), (0.8, y + 0.06), (0.28, y + 0.1))
                    face.polygon([(side * x, height) for x, height in corners], (30, 70, 220))
        case "star":
            points = [
                (
                    0.48 + (0.28 if k % 2 == 0 else 0.11) * np.sin(k * np.pi / 5),
                    0.5 - (0.28 if k % 2 == 0 else 0.11) * np.cos(k * np.pi / 5),
                )
                for k in range(10)
            ]
            face.polygon(points, (255, 210, 0))
        case "mustache":
            face.polygon(
                [(0, 0.46), (0.46, 0.5), (0.62, 0.72), (0.2, 0.62), (-0.2, 0.62), (-0.62, 0.72), (-0.46, 0.5)],
                (44, 30, 26),
            )
        case "mask":
            face.polygon(
                [(-0.84, 0.42), (-0.4, 0.34), (0.4, 0.34), (0.84, 0.42), (0.6, 0.9), (0, 1.06), (-0.6, 0.9)],
                (40, 190, 190),
            )


def _paint_headgear(brush: Brush, character: Character, pose: Pose) -> None:
    turn = 0.25 * pose.yaw
    match character.headgear:
        case "horns":
            for side in (-1, 1):
                x = side * 0.62 + turn
                brush.fill(
                    [
                        (x - 0.24, -0.72),
                        (x + side * 0.1 - 0.06, -1.2),
                        (x + side * 0.36, -1.72),
                        (x + side * 0.36, -1.1),
                        (x + 0.26, -0.66),
                    ],
                    (244, 236, 200),
                )
        case "cat_ears":
            for side in (-1, 1):
                x = side * 0.6 + turn
                brush.fill([(x - 0.36, -0.68), (x + side * 0.12, -1.5), (x + 0.36, -0.68)], (70, 52, 60))
                brush.fill([(x - 0.18, -0.78), (x + side * 0.08, -1.26), (x + 0.18, -0.78)], (248, 150, 170))
        case "headband":
            band = [(-1.0, -0.34), (-0.84, -0.72), (0.84, -0.72), (1.0, -0.34), (0.9, -0.36), (-0.9, -0.36)]
            brush.fill(band, (230, 30, 60))
        case "bow":
            x = 0.6 + turn
            brush.fill([(x, -0.88), (x - 0.46, -1.24), (x - 0.46, -0.56)], (255, 70, 130))
            brush.fill([(x, -0.88), (x + 0.46, -1.24), (x + 0.46, -0.56)], (255, 70, 130))
            brush.ellipse(x, -0.89, 0.13, 0.15, (180, 20, 80))
