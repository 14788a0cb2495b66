"""What is worth saying about the pictures of a character."""

from collections.abc import Iterator, Mapping
from typing import Any

from dramatis.selection.params import Goal

WORTH = 0.5
"""Part of a goal that must be missed before a word is said."""
ONE_SIDED = 0.9
"""Share of pictures in one light or one outfit from which a word is said."""
FEW_SHOTS = 4
"""Shots up to which a word is said, where there are more pictures than that."""
NAMES = {"close": "close-up", "medium": "medium shot", "full": "full body", "profile": "profile"}
PLURALS = {"close": "close-ups", "medium": "medium shots", "full": "full bodies", "profile": "profiles"}

Row = Mapping[str, Any]


def advice(row: Row, goals: Mapping[Goal, float]) -> list[str]:
    """Phrases, gravest first; none if nothing is missing.

    Args:
        row: of COVERAGE, but for `advice`.
        goals: share of training pictures that should be of a kind [0..1].
    """
    if not row["train"]:
        return [_nothing(row)]
    return [*_size(row), *_validation(row), *_kinds(row, goals), *_variety(row)]


def _nothing(row: Row) -> str:
    if not row["left_out"] and not row["validation"]:
        return "no picture at all"
    held = f", {row['validation']} held out" if row["validation"] else ""
    most = f", most of them as {row['refused_most_by']}" if row["left_out"] > 1 else f" as {row['refused_most_by']}"
    return f"no picture to train with: {row['left_out']} left out{most if row['left_out'] else ''}{held}"


def _size(row: Row) -> Iterator[str]:
    count = "1 picture is" if row["figures"] == 1 else f"{row['figures']} pictures are"
    if row["size_class"] == "few_shot":
        yield (
            f"{count} a few-shot set: expect the looks and poses of these very pictures, in new places at best, and "
            "clothes that stick; 20 pictures make a usable set"
        )
    elif row["size_class"] == "tiny":
        yield f"{count} a tiny set: expect a likeness, but few poses; check early steps, it is soon learned by heart"


def _validation(row: Row) -> Iterator[str]:
    if row["validation"]:
        return
    why = "few-shot sets need every picture" if row["size_class"] == "few_shot" else ""
    why = why or ("there is a single shot" if row["shots"] == 1 else "no shot could be spared")
    yield f"nothing is held out, so a run of it cannot be scored: {why}"


def _kinds(row: Row, goals: Mapping[Goal, float]) -> Iterator[str]:
    total = row["train"]
    if row["unsure"] > total / 2:
        yield f"how the head is turned is not known in {row['unsure']} of {total}"
    for kind, goal in goals.items():
        known = total - (row["unsure"] if kind == "profile" else 0)
        if not known or row[kind] >= WORTH * goal * known:
            continue
        if not row[kind]:
            yield f"no {NAMES[kind]}"
        else:
            verb = f"is a {NAMES[kind]}" if row[kind] == 1 else f"are {PLURALS[kind]}"
            yield f"{row[kind]} of {known} {verb} (goal {goal:.0%})"


def _variety(row: Row) -> Iterator[str]:
    total = row["train"]
    for light, word in (("dark", "dark"), ("normal", "in the same middling light"), ("bright", "bright")):
        if total > 1 and row[light] >= ONE_SIDED * total:
            yield f"{_all(row[light], total)} are {word}"
    if row["outfits"] and total > 1 and row["most_worn"] >= ONE_SIDED * total:
        yield f"{_all(row['most_worn'], total)} wear the same outfit, which the name will come to mean"
    if row["shots"] <= FEW_SHOTS and total > FEW_SHOTS:
        shots = "1 shot" if row["shots"] == 1 else f"{row['shots']} shots"
        yield f"{total} pictures from {shots}: backgrounds may be learned too"


def _all(count: int, total: int) -> str:
    return f"all {total}" if count == total else f"{count} of {total}"
