"""Drawn pictures with their tags and boxes: what the pocket models learn from.

Characters come from other seeds than any film's; the drawing code is the film's own.
"""

from typing import NamedTuple

import numpy as np

from dramatis.core import boxes as bx
from dramatis.core.images import Image
from dramatis.film.brush import SUPERSAMPLING, Brush, canvas, develop, pixel_brush
from dramatis.film.character import (
    BROWS,
    EYE_COLOURS,
    EYE_SHAPES,
    FACE_SHAPES,
    FRINGES,
    HAIR_COLOURS,
    HEADGEAR,
    MARKS,
    OUTFIT_COLOURS,
    OUTFITS,
    SKINS,
    Character,
    draw_character,
    look_alike,
)
from dramatis.film.figure import Boxes, figure_boxes, hidden_share, paint_figure
from dramatis.film.head import Pose
from dramatis.film.scenery import PLACES, paint_place

_STYLES = {
    "short": "short_hair",
    "long": "long_hair",
    "spiky": "spiky_hair",
    "bob": "bob_cut",
    "twintails": "twintails",
    "curly": "curly_hair",
    "mohawk": "mohawk",
    "bun": "hair_bun",
}
STAGES = {"head": "head", "upper": "upper_body", "full": "full_body"}
_MOUTHS = {"smile": "smile", "open": "open_mouth", "flat": "straight_mouth"}

GROUPS: dict[str, tuple[str, ...]] = {
    "count": ("1person",),
    "stage": tuple(STAGES.values()),
    "view": ("front_view", "turned", "profile", "from_behind"),
    "hair_colour": tuple(f"{colour}_hair" for colour in HAIR_COLOURS),
    "hair_style": tuple(_STYLES.values()),
    "fringe": tuple(f"{fringe}_bangs" for fringe in FRINGES),
    "eye_colour": tuple(f"{colour}_eyes" for colour in EYE_COLOURS),
    "eye_shape": tuple(f"{shape}_eyes" for shape in EYE_SHAPES),
    "brow": tuple(f"{brow}_brows" for brow in BROWS),
    "face_shape": tuple(f"{shape}_face" for shape in FACE_SHAPES),
    "skin": tuple(f"{skin}_skin" for skin in SKINS),
    "mark": MARKS[1:],
    "headgear": HEADGEAR[1:],
    "mouth": tuple(_MOUTHS.values()),
    "outfit_colour": tuple(f"{colour}_clothes" for colour in OUTFIT_COLOURS),
    "outfit": OUTFITS,
    "background": PLACES,
    "light": ("dark", "bright"),
}
"""Every tag, by group, in the order of captions."""

NAMES = (
    "ada", "bela", "cyrus", "dora", "emil", "fay", "gus", "hana", "ivo", "juno", "kai", "lena", "milo", "nora", "otto",
    "pia", "quin", "rhea", "sol", "tara", "ugo", "vera", "wim", "xena", "yuri", "zoe", "arlo", "bibi", "coco", "dov",
    "elli", "finn", "gina", "hugo", "inez", "jax", "kira", "leo", "maja", "nils", "olga", "pax", "remy", "suri", "tomo",
    "ula", "vito", "zed",
)  # fmt: skip
"""Words that stand before captions: what a trigger word is to the base model."""
FREE_NAMES, KNOWN_NAMES = NAMES[:8], NAMES[8:]
"""Names that mean nothing to the base model, and names of people whom it has learned, as real ones know the famous."""

_GROUP_OF = {tag: group for group, tags in GROUPS.items() for tag in tags}
_ORDER = {group: place for place, group in enumerate(GROUPS)}


class Picture(NamedTuple):
    """A drawn picture: RGB (H, W, 3); tags with underscores; boxes as (kind, (x0, y0, x1, y1)) inside it [px]."""

    image: Image
    tags: tuple[str, ...]
    boxes: tuple[tuple[str, tuple[float, float, float, float]], ...]


def identity_tags(character: Character) -> tuple[str, ...]:
    """The tags of what stays the same in somebody, whatever is worn and wherever it is."""
    tags = [
        f"{character.hair_colour}_hair",
        _STYLES[character.hair_style],
        f"{character.eye_colour}_eyes",
        f"{character.eye_shape}_eyes",
        f"{character.brow}_brows",
        f"{character.face_shape}_face",
        f"{character.skin}_skin",
    ]
    tags += [f"{character.fringe}_bangs"] if character.hair_style != "mohawk" else []
    tags += [tag for tag in (character.mark, character.headgear) if tag != "none"]
    return tuple(tags)


def characters(rng: np.random.Generator, count: int, look_alikes: int) -> list[Character]:
    """`count` people; each of the last `look_alikes` is a look-alike of one of the first."""
    people = [draw_character(rng) for _ in range(count - look_alikes)]
    return people + [look_alike(people[n], rng) for n in range(look_alikes)]


def draw_pose(rng: np.random.Generator, back: float = 0.04) -> Pose:
    """A random pose; mostly near the front, `back` is the share seen from behind."""
    yaw = float(np.clip(rng.normal(0, 0.42), -1, 1))
    return Pose(
        yaw=yaw,
        roll=float(rng.normal(0, 5)),
        back=bool(rng.random() < back),
        mouth=str(rng.choice(list(_MOUTHS))),
        blink=bool(rng.random() < 0.05),
    )


def view_of(pose: Pose) -> str:
    """The tag of a pose."""
    turn = abs(pose.yaw)
    return "from_behind" if pose.back else "front_view" if turn < 0.25 else "turned" if turn < 0.7 else "profile"


def relight(image: Image, factor: float) -> Image:
    """A picture in other light: sRGB values scaled by `factor`, ends of the range kept."""
    return np.clip(image.astype(np.float32) * factor, 0, 255).astype(np.uint8)


def picture(
    rng: np.random.Generator, size_px: int = 64, character: Character | None = None, stage: str | None = None
) -> Picture:
    """One person as stage `crops` cuts her: a square picture of full, upper or head, in some place and light.

    Args:
        character: whom to draw; a random person in random clothes if None. Her outfit is kept.
        stage: full, upper or head; at random (head half the time) if None.
    """
    character = character or draw_character(rng)
    stage = stage or str(rng.choice(["head", "upper", "full"], p=[0.5, 0.28, 0.22]))
    pose = draw_pose(rng)
    layout = figure_boxes(Brush(canvas(1, 1), np.diag([SUPERSAMPLING] * 2 + [1.0])), character, pose)  # head radii
    box = {
        "head": bx.expand(layout.head, 1.5),
        "upper": bx.expand(layout.halfbody, 1.0),
        "full": bx.expand(layout.person, 1.0),
    }[stage]
    side = (box[2] - box[0]) * rng.uniform(0.94, 1.14)
    cx, cy = (box[:2] + box[2:]) / 2 + rng.uniform(-0.035, 0.035, 2) * side
    scale = size_px / side
    on = canvas(size_px, size_px)
    brush = pixel_brush(on).moved(size_px / 2 - cx * scale, size_px / 2 - cy * scale, scale)
    place = _scenery(brush, stage, rng)
    paint_figure(brush, character, pose)
    image = develop(on)
    light: tuple[str, ...] = ()
    if rng.random() < 0.1:
        light = ("dark",) if rng.random() < 0.5 else ("bright",)
        image = relight(image, rng.uniform(0.35, 0.6) if light == ("dark",) else rng.uniform(1.35, 1.7))
    found = figure_boxes(brush, character, pose)
    return Picture(image, _tags(character, pose, stage, place, light), tuple(_clipped(found, size_px, size_px)))


def _scenery(brush: Brush, stage: str, rng: np.random.Generator) -> str:
    """Paints a place behind a figure, at the size at which a film shows it behind such a shot."""
    radius = {"head": rng.uniform(0.08, 0.28), "upper": rng.uniform(0.08, 0.2), "full": rng.uniform(0.075, 0.14)}[stage]
    head_y = 0.95 - 4.3 * radius if stage == "full" else rng.uniform(0.3, 0.5)
    place = str(rng.choice(PLACES))
    paint_place(brush.moved(-rng.uniform(0.2, 1.5) / radius, -head_y / radius, 1 / radius), place, rng)
    return place


def _tags(character: Character, pose: Pose, stage: str, place: str, light: tuple[str, ...]) -> tuple[str, ...]:
    tags = list(identity_tags(character))
    if pose.back:
        hidden = ("eye_colour", "eye_shape", "brow", "face_shape", "mark", "fringe")
        tags = [tag for tag in tags if _GROUP_OF[tag] not in hidden]
    elif character.mark == "eyepatch" and pose.yaw < -0.75 or character.mark in ("star", "scar") and pose.yaw > 0.75:
        tags.remove(character.mark)
    if pose.blink:
        tags = [tag for tag in tags if _GROUP_OF[tag] not in ("eye_colour", "eye_shape")]
    tags += ["1person", STAGES[stage], view_of(pose), f"{character.outfit.colour}_clothes", place, *light]
    tags += [] if stage == "head" else [character.outfit.cut]  # a head crop shows the colour only
    tags += [] if pose.back or character.mark in ("mask", "mustache") else [_MOUTHS[pose.mouth]]
    return tuple(sorted(tags, key=lambda tag: (_ORDER[_GROUP_OF[tag]], tag)))


def _clipped(found: Boxes, width: int, height: int) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Boxes cut at the picture's edges; a box of which less than 40 % is left goes."""
    kept = []
    for kind, box in found._asdict().items():
        if box is not None:
            inside = np.clip(box, 0, [width, height, width, height])
            if bx.area(inside)[0] > 0.4 * bx.area(box)[0]:
                x0, y0, x1, y1 = map(float, inside)
                kept.append((kind, (x0, y0, x1, y1)))
    return kept


def frame(rng: np.random.Generator, width_px: int, height_px: int) -> Picture:
    """A film-like frame with none to four people, the nearer ones painted over the farther. It has no tags."""
    on = canvas(width_px, height_px)
    brush = pixel_brush(on)
    paint_place(brush.moved(scale=height_px), str(rng.choice(PLACES)), rng)
    people = rng.choice(5, p=[0.1, 0.35, 0.3, 0.15, 0.1])
    radii = np.sort(height_px * np.exp(rng.uniform(np.log(0.035), np.log(0.36), people)))
    figures: list[Boxes] = []
    for radius in radii:
        character, pose = draw_character(rng), draw_pose(rng, back=0.12)
        place = brush.moved(rng.uniform(-0.02, 1.02) * width_px, rng.uniform(0.15, 0.85) * height_px, radius)
        paint_figure(place, character, pose)
        figures.append(figure_boxes(place, character, pose))
    image = develop(on)
    if rng.random() < 0.25:
        image = relight(image, rng.uniform(0.3, 1.6))
    labels = [
        label
        for n, found in enumerate(figures)
        for label in _clipped(_unhidden(found, figures[n + 1 :]), width_px, height_px)
    ]
    return Picture(image, (), tuple(labels))


def _unhidden(found: Boxes, nearer: list[Boxes]) -> Boxes:
    """The boxes of a figure; face and head only if at most half of them is covered by nearer people."""
    covers = np.array([part for other in nearer for part in (other.head, other.halfbody)]).reshape(-1, 4)
    hidden = {
        kind: box is not None and len(covers) and hidden_share(box, covers) > 0.5
        for kind, box in found._asdict().items()
    }
    if hidden["head"]:
        nothing = np.zeros(4)
        return Boxes(None, nothing, nothing, nothing)
    return found._replace(face=None) if hidden["face"] else found


MINOR = ("fringe", "eye_shape", "brow", "face_shape", "mouth")
"""Groups of tags that show little in a small picture; captions name them less often."""
LOOKS = (
    "hair_colour",
    "hair_style",
    "fringe",
    "eye_colour",
    "eye_shape",
    "brow",
    "face_shape",
    "skin",
    "mark",
    "headgear",
)
"""Groups of tags that stay the same in somebody."""


def caption(tags: tuple[str, ...], rng: np.random.Generator) -> str:
    """A caption as stage `caption` writes them: perhaps a name, then tags with spaces; some left out at random.

    Half of the captions say all but the minor things, the others leave out up to two thirds of the rest. A name among
    the tags is said most of the time, and then more often than not instead of the looks that it stands for.
    """
    keep = 1.0 if rng.random() < 0.5 else rng.uniform(0.35, 1.0)
    known = [tag for tag in tags if tag in KNOWN_NAMES]
    if known:
        names = known if rng.random() < 0.8 else []
    else:
        names = [str(rng.choice(FREE_NAMES))] if rng.random() < 0.1 else []
    stands = bool(known and names) and rng.random() < 0.6
    looks = [tag for tag in tags if tag not in known and not (stands and _GROUP_OF[tag] in LOOKS)]
    chance = {tag: keep * (0.25 if _GROUP_OF[tag] in MINOR else 1.0) for tag in looks} | {"1person": 1.0}
    kept = [tag for tag in looks if rng.random() < chance[tag]]
    return ", ".join([*names, *(tag.replace("_", " ") for tag in kept)])
