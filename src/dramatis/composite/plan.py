"""Which crops come together: groups, stages, who stands left, and what behind them. It never looks at a picture.

Every choice is by the least digest of the seed, the group, its turn and the candidate. So a new episode takes over
some of the turns and leaves the others as they are.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from dramatis.composite.params import CompositeParams
from dramatis.core.errors import ParameterError
from dramatis.core.seeds import derive

CUTTABLE = ("full", "upper")
"""Stages whose figures can be cut out: of a head, shoulders end at the sides of the picture."""
TRIES = 6
"""Figures of a character that are tried before its group is joined instead."""


@dataclass(frozen=True)
class Part:
    """A crop that may become part of a composite.

    Attributes:
        whole: its figure ends above the lower edge of the frame.
        clear: nobody else is before or right beside its figure.
        face_share: height of the face over that of the crop.
    """

    crop_id: str
    character: str
    stage: str
    whole: bool
    clear: bool
    face_share: float


@dataclass(frozen=True)
class Draft:
    """A composite to be made.

    Attributes:
        characters: left to right.
        joined: crops to join, in the same order; null if there are none of like scale.
        figures: crops to cut figures from, for each character the best first; empty if it is to be joined.
        background: scene behind them; null if joined.
    """

    characters: tuple[str, ...]
    stage: str
    joined: tuple[Part, ...] | None
    figures: tuple[tuple[Part, ...], ...]
    background: str | None


def groups_of(params: CompositeParams, there: Collection[str], known: Collection[str]) -> list[tuple[str, ...]]:
    """The groups of characters that are to meet, each in alphabetical order.

    Args:
        there: characters with crops that can be used.
        known: everybody with a crop at all.

    Raises:
        ParameterError: a chosen group names somebody unknown.
    """
    if params.groups is None:
        return [group for size in sorted(set(params.people)) for group in combinations(sorted(there), size)]
    for character in sorted({name for group in params.groups for name in group} - set(known)):
        among = ", ".join(sorted(known)) or "none"
        place = "params.yaml: composite.groups"
        raise ParameterError(place, f"{character!r} has no crop; there are: {among}", "Correct it or take it out")
    return sorted({tuple(sorted(group)) for group in params.groups if set(group) <= set(there)})


def turns_of(params: CompositeParams, groups: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """How many pictures each group gets: `per_group`, or an even share of `total` if that is less.

    What does not divide evenly goes to groups drawn by the seed.
    """
    if params.total is None or not groups or params.per_group * len(groups) <= params.total:
        return dict.fromkeys(groups, params.per_group)
    share, rest = divmod(params.total, len(groups))
    lucky = set(sorted(groups, key=lambda group: derive(params.seed, "turns", *group))[:rest])
    return {group: share + (group in lucky) for group in groups}


def drafts(
    params: CompositeParams, parts: Iterable[Part], known: Collection[str], backgrounds: Sequence[str]
) -> list[Draft]:
    """All composites to be made.

    Args:
        parts: crops that can be used.
        known: everybody with a crop at all.
        backgrounds: scenes that may stand behind cut-out figures; without any, all are joined.
    """
    of: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for part in parts:
        if part.stage in params.stages:
            of[part.character, part.stage].append(part)
    there = {character for character, _ in of}
    places: Counter[tuple[str, int, int]] = Counter()
    made = []
    for group, turns in turns_of(params, groups_of(params, there, known)).items():
        stages = [stage for stage in params.stages if all(of[character, stage] for character in group)]
        if not stages:
            continue
        first, used, seen = derive(params.seed, "stage", *group), Counter[str](), Counter[tuple[str, ...]]()
        for turn in range(turns):
            stage = stages[(first + turn) % len(stages)]
            order = _order(params.seed, group, turn, places, seen)
            draft = _draft(params, order, stage, turn, {one: of[one, stage] for one in group}, used, backgrounds)
            if draft.joined or draft.figures:
                made.append(draft)
                seen[order] += 1
                places.update((one, len(order), place) for place, one in enumerate(order))
    return made


def _order(
    seed: int, group: tuple[str, ...], turn: int, places: Counter[tuple[str, int, int]], seen: Counter[tuple[str, ...]]
) -> tuple[str, ...]:
    """Who stands where: the order that was least often, then the one that evens out each one's places."""

    def cost(order: tuple[str, ...]) -> tuple[int, int, int]:
        even = sum(places[one, len(order), place] for place, one in enumerate(order))
        return seen[order], even, derive(seed, "order", turn, *order)

    return min(permutations(group), key=cost)


def _draft(
    params: CompositeParams,
    order: tuple[str, ...],
    stage: str,
    turn: int,
    parts: dict[str, list[Part]],
    used: Counter[str],
    backgrounds: Sequence[str],
) -> Draft:
    key: tuple[str | int, ...] = ("part", *sorted(order), turn)
    ranked = {
        one: sorted(parts[one], key=lambda part: (used[part.crop_id], derive(params.seed, *key, part.crop_id)))
        for one in order
    }
    cut = derive(params.seed, *key, "layout") / 2**63 < params.cutout_share and stage in CUTTABLE and bool(backgrounds)
    figures = _figures(order, stage, ranked) if cut else ()
    joined = _like(order, ranked, params.max_face_ratio)
    used.update(part.crop_id for part in joined or ())
    used.update(tried[0].crop_id for tried in figures)
    behind = min(backgrounds, key=lambda scene: derive(params.seed, *key, scene)) if figures else None
    return Draft(order, stage, joined, figures, behind)


def _like(order: tuple[str, ...], ranked: dict[str, list[Part]], ratio: float) -> tuple[Part, ...] | None:
    """One crop of each, whose faces are about equally high at equal height of the crops; null if there are none."""
    anchor = min(order, key=lambda one: len(ranked[one]))
    for first in ranked[anchor]:
        chosen = {anchor: first}
        for one in order:
            shares = [part.face_share for part in chosen.values()]
            fits = (p for p in ranked[one] if max(*shares, p.face_share) <= ratio * min(*shares, p.face_share))
            if one not in chosen and (found := next(fits, None)):
                chosen[one] = found
        if len(chosen) == len(order):
            return tuple(chosen[one] for one in order)
    return None


def _figures(order: tuple[str, ...], stage: str, ranked: dict[str, list[Part]]) -> tuple[tuple[Part, ...], ...]:
    """Crops of each to cut out: all stand on their feet, or all are cut off below; none if somebody has none such."""
    clear = {one: [part for part in ranked[one] if part.clear] for one in order}
    if stage == "upper":
        kinds = [clear]
    else:
        whole = {one: [part for part in clear[one] if part.whole] for one in order}
        cut = {one: [part for part in clear[one] if not part.whole] for one in order}
        kinds = sorted((whole, cut), key=lambda kind: -min(map(len, kind.values())))
    return tuple(tuple(kinds[0][one][:TRIES]) for one in order) if all(kinds[0].values()) else ()
