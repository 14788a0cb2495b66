"""Which tags are true of a crop: the words of the pocket tagger for what the film's truth says.

What shows little in a small picture (fringe, brows, shape of eyes and face, mouth) is not asked for.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]
Tags = set[str]

HAIR_STYLES = {
    "short": "short hair",
    "long": "long hair",
    "spiky": "spiky hair",
    "bob": "bob cut",
    "twintails": "twintails",
    "curly": "curly hair",
    "mohawk": "mohawk",
    "bun": "hair bun",
}
VIEWS = {"front": "front view", "three-quarter": "turned", "profile": "profile", "back": "from behind"}
HAIR = ("black", "brown", "blonde", "red", "blue", "green", "pink", "white")
EYES = ("brown", "blue", "green", "red", "yellow", "purple")
SKINS = ("pale", "tan", "brown", "dark")
CLOTHES = ("red", "blue", "green", "yellow", "purple", "orange", "white", "black")
GROUPS: dict[str, frozenset[str]] = {
    "view": frozenset(VIEWS.values()),
    "hair_colour": frozenset(f"{colour} hair" for colour in HAIR),
    "hair_style": frozenset(HAIR_STYLES.values()),
    "eye_colour": frozenset(f"{colour} eyes" for colour in EYES),
    "skin": frozenset(f"{skin} skin" for skin in SKINS),
    "mark": frozenset({"glasses", "eyepatch", "scar", "stripes", "star", "mustache", "mask"}),
    "headgear": frozenset({"horns", "cat ears", "headband", "bow"}),
    "outfit_colour": frozenset(f"{colour} clothes" for colour in CLOTHES),
    "outfit": frozenset({"robe", "shirt", "hoodie", "dress"}),
    "background": frozenset({"meadow", "forest", "city", "beach", "room", "night", "snow", "sunset"}),
    "light": frozenset({"dark", "bright"}),
}
"""The tags of each group that the truth knows about."""
HIDDEN_BEHIND = ("eye_colour", "mark")
"""Groups that nobody sees of a head from behind."""
DIM, DARK = 0.85, 0.6
"""Brightness of a shot: plain from the first on, dark to the second; what lies between is not asked for."""


def true_tags(look: Row, figure: Row, place: str, stage: str) -> dict[str, Tags]:
    """The tags that are true of a crop of one person, by group; a group that nobody can tell is not there.

    Args:
        look: how the person looks, a row of `looks`.
        figure: of the truth, in the crop's frame.
        place: where the shot plays.
        stage: full, upper or head; a head crop shows no more of the clothes than their colour.
    """
    colour, cut = figure["outfit"].split("_", 1)
    found = {
        "view": {VIEWS[figure["pose"]]},
        "hair_colour": {f"{look['hair_colour']} hair"},
        "hair_style": {HAIR_STYLES[look["hair_style"]]},
        "eye_colour": set() if figure["blink"] else {f"{look['eye_colour']} eyes"},
        "skin": {f"{look['skin']} skin"},
        "mark": _mark(look["mark"], figure["yaw"]),
        "headgear": {look["headgear"].replace("_", " ")} - {"none"},
        "outfit_colour": {f"{colour} clothes"},
        "background": {place},
    }
    found |= {"outfit": {cut}} if stage != "head" else {}
    if figure["luma"] <= DARK or figure["luma"] >= DIM:
        found["light"] = {"dark"} if figure["luma"] <= DARK else set()
    if figure["pose"] == "back":
        found |= {group: set() for group in HIDDEN_BEHIND}
    return found


def _mark(mark: str, yaw: float) -> Tags:
    """A mark on one side of the face is out of sight in profile."""
    hidden = (mark == "eyepatch" and yaw < -0.75) or (mark in ("star", "scar") and yaw > 0.75)
    return set() if mark == "none" or hidden else {mark}


def tag_figures(judged: Iterable[tuple[Mapping[str, Tags], Collection[str]]]) -> dict[str, float | int]:
    """How well tags agree with the truth: `tag_f1`, `tag_precision`, `tag_recall` over all of them, and F1 by group.

    Args:
        judged: of each crop, the true tags of each group that is asked for, and the tags found. Found tags of groups
            that are not asked for do not count.
    """
    right, found, true = Counter[str](), Counter[str](), Counter[str]()
    crops = 0
    for truth, tags in judged:
        crops += 1
        for group, wanted in truth.items():
            said = GROUPS[group].intersection(tags)
            right[group] += len(said & wanted)
            found[group] += len(said)
            true[group] += len(wanted)
    hits = right.total()
    return {
        "tag_f1": _f1(hits, found.total(), true.total()),
        "tag_precision": hits / max(found.total(), 1),
        "tag_recall": hits / max(true.total(), 1),
        "tagged_crops": crops,
        **{f"f1_{group}": _f1(right[group], found[group], true[group]) for group in GROUPS if true[group]},
    }


def _f1(right: int, found: int, true: int) -> float:
    return 2 * right / max(found + true, 1)
