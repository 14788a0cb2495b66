"""Backgrounds: eight places, flat shapes in frame units (the frame is 1 high; x may run from -1 to 3)."""

import numpy as np

from dramatis.film.brush import Brush

PLACES = ("meadow", "forest", "city", "beach", "room", "night", "snow", "sunset")


def paint_place(brush: Brush, place: str, rng: np.random.Generator) -> None:
    """Paints a place. `brush` maps (0, 0) to the top left and (width / height, 1) to the bottom right of the frame.

    The same generator state gives the same place, wherever the camera looks.
    """
    _PAINTERS[place](brush, rng)


def _band(brush: Brush, top: float, bottom: float, colour: tuple[int, int, int]) -> None:
    brush.fill([(-2, top), (4, top), (4, bottom), (-2, bottom)], colour)


def _meadow(brush: Brush, rng: np.random.Generator) -> None:
    _band(brush, -1, 0.6, (150, 208, 246))
    for x in rng.uniform(-1, 3, 7):
        y = rng.uniform(0.08, 0.35)
        brush.ellipse(x, y, 0.2, 0.06, (246, 250, 255))
        brush.ellipse(x + 0.08, y - 0.04, 0.11, 0.06, (246, 250, 255))
    _band(brush, 0.55, 2, (122, 196, 84))
    for x in rng.uniform(-1, 3, 10):
        brush.ellipse(x, rng.uniform(0.66, 1), 0.03, 0.02, (250, 240, 120))


def _forest(brush: Brush, rng: np.random.Generator) -> None:
    _band(brush, -1, 0.8, (58, 112, 66))
    _band(brush, 0.75, 2, (76, 84, 44))
    for x in np.arange(-1, 3, 0.2) + rng.uniform(0, 0.08, 20):
        brush.fill([(x, -1), (x + 0.07, -1), (x + 0.08, 0.85), (x - 0.01, 0.85)], (86, 58, 38))
    for x in rng.uniform(-1, 3, 18):
        brush.ellipse(x, rng.uniform(-0.05, 0.12), 0.16, 0.1, (34, 82, 44))


def _city(brush: Brush, rng: np.random.Generator) -> None:
    _band(brush, -1, 0.9, (186, 196, 208))
    for x in np.arange(-1, 3, 0.28):
        top, shade = rng.uniform(0.05, 0.4), int(rng.integers(96, 140))
        brush.fill([(x, top), (x + 0.25, top), (x + 0.25, 0.9), (x, 0.9)], (shade, shade + 4, shade + 16))
        for wx in (0.04, 0.14):
            for wy in np.arange(top + 0.06, 0.8, 0.14):
                brush.fill(
                    [(x + wx, wy), (x + wx + 0.07, wy), (x + wx + 0.07, wy + 0.07), (x + wx, wy + 0.07)],
                    (246, 226, 140),
                )
    _band(brush, 0.85, 2, (90, 90, 98))


def _beach(brush: Brush, rng: np.random.Generator) -> None:
    _band(brush, -1, 0.45, (130, 214, 246))
    _band(brush, 0.42, 0.7, (30, 132, 200))
    for x in rng.uniform(-1, 3, 9):
        brush.ellipse(x, rng.uniform(0.48, 0.64), 0.1, 0.012, (220, 240, 250))
    _band(brush, 0.68, 2, (244, 222, 160))


def _room(brush: Brush, rng: np.random.Generator) -> None:
    _band(brush, -1, 0.8, (226, 196, 170))
    for x in np.arange(-1, 3, 0.9) + rng.uniform(0, 0.3):
        brush.fill([(x, 0.12), (x + 0.32, 0.12), (x + 0.32, 0.5), (x, 0.5)], (150, 92, 66))
        brush.fill([(x + 0.03, 0.15), (x + 0.29, 0.15), (x + 0.29, 0.47), (x + 0.03, 0.47)], (190, 226, 240))
    _band(brush, 0.78, 2, (146, 96, 70))


def _night(brush: Brush, rng: np.random.Generator) -> None:
    _band(brush, -1, 0.75, (24, 28, 74))
    for x in rng.uniform(-1, 3, 36):
        brush.ellipse(x, rng.uniform(0, 0.6), 0.011, 0.011, (250, 246, 200))
    moon = rng.uniform(0, 1.7)
    brush.ellipse(moon, 0.2, 0.1, 0.1, (250, 244, 206))
    _band(brush, 0.72, 2, (30, 40, 52))


def _snow(brush: Brush, rng: np.random.Generator) -> None:
    _band(brush, -1, 0.6, (204, 220, 236))
    for x in rng.uniform(-1, 3, 12):
        h = rng.uniform(0.2, 0.4)
        brush.fill([(x, 0.65 - h), (x + 0.1, 0.65), (x - 0.1, 0.65)], (86, 130, 126))
    _band(brush, 0.58, 2, (248, 250, 255))
    for x in rng.uniform(-1, 3, 26):
        brush.ellipse(x, rng.uniform(0, 0.6), 0.012, 0.012, (255, 255, 255))


def _sunset(brush: Brush, rng: np.random.Generator) -> None:
    for top, colour in ((-1, (120, 70, 130)), (0.18, (206, 92, 110)), (0.36, (244, 138, 84)), (0.54, (252, 186, 96))):
        _band(brush, top, 2, colour)
    brush.ellipse(rng.uniform(0.1, 1.6), 0.6, 0.14, 0.14, (255, 232, 150))
    points = [(x, 0.72 + rng.uniform(-0.05, 0.05)) for x in np.arange(-2, 4.2, 0.3)]
    brush.fill([(-2, 2), *points, (4.2, 2)], (74, 50, 78))


_PAINTERS = {
    "meadow": _meadow,
    "forest": _forest,
    "city": _city,
    "beach": _beach,
    "room": _room,
    "night": _night,
    "snow": _snow,
    "sunset": _sunset,
}
