"""Characters of the cartoon: discrete features, each large enough to see in a small picture."""

from dataclasses import dataclass, replace

import numpy as np

Colour = tuple[int, int, int]

SKINS: dict[str, Colour] = {
    "pale": (253, 226, 208),
    "tan": (232, 184, 144),
    "brown": (171, 112, 75),
    "dark": (112, 70, 48),
}
HAIR_COLOURS: dict[str, Colour] = {
    "black": (38, 36, 46),
    "brown": (110, 64, 34),
    "blonde": (246, 210, 92),
    "red": (206, 48, 38),
    "blue": (52, 96, 214),
    "green": (46, 148, 72),
    "pink": (246, 130, 186),
    "white": (226, 230, 238),
}
HAIR_STYLES = ("short", "long", "spiky", "bob", "twintails", "curly", "mohawk", "bun")
FRINGES = ("straight", "parted", "swept")
FACE_SHAPES = ("round", "narrow", "square", "pointed")
EYE_COLOURS: dict[str, Colour] = {
    "brown": (98, 54, 22),
    "blue": (40, 120, 236),
    "green": (34, 164, 70),
    "red": (222, 34, 40),
    "yellow": (250, 190, 0),
    "purple": (148, 62, 208),
}
EYE_SHAPES = ("round", "tall", "narrow")
BROWS = ("thin", "thick", "angry", "raised")
MARKS = ("none", "glasses", "eyepatch", "scar", "stripes", "star", "mustache", "mask")
HEADGEAR = ("none", "horns", "cat_ears", "headband", "bow")
OUTFITS = ("robe", "shirt", "hoodie", "dress")
OUTFIT_COLOURS: dict[str, Colour] = {
    "red": (214, 56, 52),
    "blue": (58, 104, 208),
    "green": (58, 150, 80),
    "yellow": (244, 206, 62),
    "purple": (142, 78, 186),
    "orange": (242, 140, 44),
    "white": (238, 238, 240),
    "black": (50, 50, 58),
}


@dataclass(frozen=True)
class Outfit:
    """What somebody wears: a cut and a colour, keys of `OUTFITS` and `OUTFIT_COLOURS`."""

    cut: str
    colour: str

    @property
    def tag(self) -> str:
        """Such as `red_robe`."""
        return f"{self.colour}_{self.cut}"


@dataclass(frozen=True)
class Character:
    """How somebody looks. Everything but the outfit is part of who it is."""

    skin: str
    face_shape: str
    hair_colour: str
    hair_style: str
    fringe: str
    eye_colour: str
    eye_shape: str
    brow: str
    mark: str
    headgear: str
    outfit: Outfit

    def wearing(self, outfit: Outfit) -> "Character":
        """The same person in other clothes."""
        return replace(self, outfit=outfit)


def draw_outfit(rng: np.random.Generator) -> Outfit:
    """A random outfit."""
    return Outfit(_pick(rng, OUTFITS), _pick(rng, tuple(OUTFIT_COLOURS)))


def draw_character(rng: np.random.Generator) -> Character:
    """A random person; about a third have no mark, half no headgear."""
    return Character(
        skin=_pick(rng, tuple(SKINS)),
        face_shape=_pick(rng, FACE_SHAPES),
        hair_colour=_pick(rng, tuple(HAIR_COLOURS)),
        hair_style=_pick(rng, HAIR_STYLES),
        fringe=_pick(rng, FRINGES),
        eye_colour=_pick(rng, tuple(EYE_COLOURS)),
        eye_shape=_pick(rng, EYE_SHAPES),
        brow=_pick(rng, BROWS),
        mark="none" if rng.random() < 0.3 else _pick(rng, MARKS[1:]),
        headgear="none" if rng.random() < 0.5 else _pick(rng, HEADGEAR[1:]),
        outfit=draw_outfit(rng),
    )


def look_alike(character: Character, rng: np.random.Generator) -> Character:
    """Somebody of the same hair, skin and headgear, but another face, other eyes and another mark."""
    return replace(
        character,
        face_shape=_other(rng, FACE_SHAPES, character.face_shape),
        fringe=_other(rng, FRINGES, character.fringe),
        eye_colour=_other(rng, tuple(EYE_COLOURS), character.eye_colour),
        eye_shape=_other(rng, EYE_SHAPES, character.eye_shape),
        brow=_other(rng, BROWS, character.brow),
        mark=_other(rng, MARKS, character.mark),
        outfit=draw_outfit(rng),
    )


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


def _other(rng: np.random.Generator, options: tuple[str, ...], not_this: str) -> str:
    return _pick(rng, tuple(option for option in options if option != not_this))
