"""Who is in the film and what happens: a list of shots, decided by the seed."""

from dataclasses import dataclass, replace

import numpy as np

from dramatis.core import seeds
from dramatis.film.character import HAIR_COLOURS, MARKS, Character, Outfit, draw_character, draw_outfit, look_alike
from dramatis.film.scenery import PLACES

CAST = ("ada", "bela", "cyrus", "dora", "emil", "fay")
"""Names in the film: ada and bela look alike, cyrus has horns, dora changes clothes, fay is seen rarely."""
EPISODES = ("e01", "e02")
CLOSE, MEDIUM, WIDE = "close", "medium", "wide"
_RADIUS = {CLOSE: (0.24, 0.29), MEDIUM: (0.145, 0.185), WIDE: (0.088, 0.11)}  # head radius [frame heights]


@dataclass(frozen=True)
class Actor:
    """Somebody in a shot. Places in frame heights; x and yaw run from the first to the last value."""

    name: str
    character: Character
    x: tuple[float, float]
    y: float
    radius: float
    yaw: tuple[float, float]
    sway: float
    back_until: float = 0.0  # share of the shot during which the back is turned
    poster: bool = False


@dataclass(frozen=True)
class Shot:
    """One shot: `kind` says what is special about it."""

    kind: str
    place: str
    frames: int
    actors: tuple[Actor, ...]
    pan: float = 0.0  # how far the camera travels [frame heights]
    blur_px: int = 0
    light: float = 1.0


def draw_cast(seed: int) -> dict[str, Character]:
    """The six characters: everybody's hair has another colour, except the look-alikes'."""
    rng = seeds.rng(seed, "film", "cast")
    colours = [str(colour) for colour in rng.permutation(list(HAIR_COLOURS))]
    cast: dict[str, Character] = {}
    for name in CAST:
        if name == "bela":
            cast[name] = look_alike(cast["ada"], rng)
            continue
        character = replace(draw_character(rng), hair_colour=colours[len(cast)])
        if name == "ada":
            character = replace(character, mark=str(rng.choice(MARKS[1:])))
        headgear = "horns" if name == "cyrus" else "none" if character.headgear == "horns" else character.headgear
        cast[name] = replace(character, headgear=headgear)
    return cast


def wardrobe(cast: dict[str, Character], seed: int) -> dict[str, tuple[Outfit, ...]]:
    """The outfits of each character: two for dora, one for the rest."""
    rng = seeds.rng(seed, "film", "wardrobe")
    outfits = {name: (character.outfit,) for name, character in cast.items()}
    second = draw_outfit(rng)
    while second.colour == cast["dora"].outfit.colour or second.cut == cast["dora"].outfit.cut:
        second = draw_outfit(rng)
    return outfits | {"dora": (cast["dora"].outfit, second)}


def draw_extra(seed: int, number: int, cast: dict[str, Character]) -> Character:
    """Somebody who is nobody: never the hair colour together with the hair style of one of the cast."""
    rng = seeds.rng(seed, "film", "extra", number)
    taken = {(character.hair_colour, character.hair_style) for character in cast.values()}
    extra = draw_character(rng)
    while (extra.hair_colour, extra.hair_style) in taken or extra.headgear == "horns":
        extra = draw_character(rng)
    return extra


def write_story(seed: int, episode: str, frames: int, aspect: float) -> list[Shot]:
    """The shots of an episode.

    Args:
        frames: length of the episode.
        aspect: width of a frame divided by its height.
    """
    rng = seeds.rng(seed, "film", "story", episode)
    cast = draw_cast(seed)
    clothes = wardrobe(cast, seed)
    number = EPISODES.index(episode)
    leads = [str(name) for name in rng.permutation(CAST[:5])]
    scenes = _scenes(leads, number)
    order = [0, *(1 + rng.permutation(len(scenes) - 1))]
    lengths = rng.uniform(0.75, 1.25, len(scenes))
    ends = np.round(np.cumsum(lengths) / lengths.sum() * frames / 2).astype(int) * 2
    shots, last_place = [], ""
    for shot, (scene, start, end) in enumerate(zip((scenes[i] for i in order), [0, *ends[:-1]], ends, strict=True)):
        kind, names, framing = scene
        place = "room" if kind == "poster" else str(rng.choice([p for p in PLACES if p != last_place]))
        last_place = place
        actors = _actors(names, framing, aspect, number, cast, clothes, seed, rng)
        shots.append(_special(Shot(kind, place, int(end - start), actors), aspect, seed, cast, shot, rng))
    return shots


def _scenes(leads: list[str], number: int) -> list[tuple[str, tuple[str, ...], str]]:
    """Kind, names and framing of each shot; the special kinds fall to other people in each episode."""
    a, b, c, d, e = leads
    extras = tuple(f"extra-{number * 4 + n}" for n in range(4))
    return [
        ("plain", (a,), MEDIUM),
        ("plain", (b,), CLOSE),
        ("plain", (c,), MEDIUM),
        ("plain", (d,), CLOSE),
        ("plain", (e,), MEDIUM),
        ("plain", ("fay",), MEDIUM),
        ("two", ("ada", "bela"), MEDIUM),
        ("two", (c, extras[0]), MEDIUM),
        ("two", ("cyrus", "dora"), MEDIUM),
        ("fade", (b,), MEDIUM),
        ("pan", (d, extras[1]), MEDIUM),
        ("still", (e,), CLOSE),
        ("blur", (a,), MEDIUM),
        ("dark", (c,), CLOSE),
        ("profile", (b,), CLOSE),
        ("back", (d,), MEDIUM),
        ("empty", (), WIDE),
        ("poster", (e,), MEDIUM),
        ("crowd", extras[1:], WIDE),
        ("plain", ("ada",), WIDE),
        ("plain", ("cyrus",), CLOSE),
        ("plain", ("bela",), WIDE),
    ]


def _actors(
    names: tuple[str, ...],
    framing: str,
    aspect: float,
    number: int,
    cast: dict[str, Character],
    clothes: dict[str, tuple[Outfit, ...]],
    seed: int,
    rng: np.random.Generator,
) -> tuple[Actor, ...]:
    actors = []
    for place, name in enumerate(names):
        radius = float(rng.uniform(*_RADIUS[framing]))
        x = aspect * (place + 1) / (len(names) + 1) + rng.uniform(-0.08, 0.08)
        y = 0.95 - 4.3 * radius if framing == WIDE else float(rng.uniform(0.4, 0.5))
        yaw = rng.uniform(-0.55, 0.55, 2)
        if abs(yaw[0] - yaw[1]) < 0.3:
            yaw = np.array([-0.35, 0.4]) * rng.choice([-1, 1])
        look = draw_extra(seed, int(name[6:]), cast) if name.startswith("extra") else cast[name]
        if name in clothes:
            look = look.wearing(clothes[name][(number + place) % len(clothes[name])])
        actors.append(
            Actor(
                name,
                look,
                (x, x + float(rng.uniform(-0.12, 0.12))),
                y,
                radius,
                (yaw[0], yaw[1]),
                float(rng.uniform(2, 7)),
            )
        )
    return tuple(actors)


def _special(
    shot: Shot, aspect: float, seed: int, cast: dict[str, Character], number: int, rng: np.random.Generator
) -> Shot:
    """What the kind of a shot changes."""
    match shot.kind:
        case "pan":
            return replace(shot, pan=0.5)
        case "blur":
            return replace(shot, blur_px=int(rng.integers(9, 14)))
        case "dark":
            return replace(shot, light=float(rng.uniform(0.34, 0.45)))
        case "profile":
            return replace(
                shot,
                actors=tuple(replace(a, yaw=(0.95, 0.8) if rng.random() < 0.5 else (-0.8, -0.95)) for a in shot.actors),
            )
        case "back":
            return replace(shot, actors=tuple(replace(a, back_until=0.55) for a in shot.actors))
        case "poster":
            face = draw_extra(seed, 100 + number, cast)
            left = shot.actors[0]
            actor = replace(left, x=(left.x[0] - 0.25, left.x[1] - 0.25))
            poster = Actor("poster", face, (aspect * 0.76,) * 2, 0.36, 0.1, (0.0, 0.0), 0.0, poster=True)
            return replace(shot, actors=(poster, actor))
    return shot
