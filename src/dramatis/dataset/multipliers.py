"""How often each training picture is seen in an epoch: three schemes, all in real numbers.

A group is a character and a stage of its crops. `stages` says how much a picture of each stage counts against the
others of its character; a stage that is not named counts nothing. The schemes `balanced` and `per_subject` do not make
stages equal beyond that: three full bodies beside a hundred heads would repeat until they are known by heart.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from dramatis.dataset.params import Stage

Group = tuple[str, Stage]
"""Character and stage."""


def balanced(groups: Sequence[Group], stages: Mapping[Stage, float], largest: float) -> list[float]:
    """Multipliers under which every character is seen as often as every other.

    Args:
        groups: of each picture.
        stages: weight of each stage.
        largest: multiplier of a picture.

    Returns:
        One number for each picture. Their mean is 1 before those above `largest` are cut to it.
    """
    own, totals = _weights(groups, stages)
    share = len(groups) / max(sum(total > 0 for total in totals.values()), 1)
    return [
        min(weight / totals[character] * share, largest) if weight else 0.0
        for (character, _), weight in zip(groups, own, strict=True)
    ]


def per_subject(
    groups: Sequence[Group],
    variants: Sequence[bool],
    seen: Mapping[int, float],
    stages: Mapping[Stage, float],
    largest: float,
) -> list[float]:
    """Multipliers under which a character is seen a fixed number of times, by how many pictures there are of it.

    Source: the Game of Thrones model of 50 people: 40 or 30 pictures of a person in an epoch for those with many, 8, 4
    or 2 for the rest.

    Args:
        groups: of each picture.
        variants: True for each picture that was made of another; it is not counted.
        seen: by the least number of pictures, how many of the character are seen in an epoch; below the least: none.
        stages: weight of each stage.
        largest: multiplier of a picture.
    """
    own, totals = _weights(groups, stages)
    counts = Counter(character for (character, _), variant in zip(groups, variants, strict=True) if not variant)
    epoch = {name: next((seen[n] for n in sorted(seen, reverse=True) if n <= counts[name]), 0.0) for name in totals}
    return [
        min(weight / totals[character] * epoch[character], largest) if weight else 0.0
        for (character, _), weight in zip(groups, own, strict=True)
    ]


def hierarchical(paths: Sequence[Sequence[str]], weights: Mapping[str, float], largest: float) -> list[float]:
    """Multipliers by weights down a tree, such as configuration, character, stage.

    The chance of a node is the product, from the root, of its weight over the sum of the weights beside it; a picture's
    that of its node over the number of pictures in it. Pictures are seen as their chances say, the least chance once.

    Source: anime2sd (cyber-meow/anime_screenshot_pipeline), `multiply.txt`.

    Args:
        paths: names of the nodes from the root down to each picture.
        weights: by name; 1 where a node is not named, 0 leaves all below it out.
        largest: multiplier of a picture.
    """
    nodes = [tuple(path) for path in paths]
    beside: dict[tuple[str, ...], set[str]] = {}
    for node in set(nodes):
        for depth, name in enumerate(node):
            beside.setdefault(node[:depth], set()).add(name)
    sums = {parent: math.fsum(sorted(weights.get(name, 1.0) for name in names)) for parent, names in beside.items()}
    counts = Counter(nodes)

    def chance(node: tuple[str, ...]) -> float:
        steps = [
            weights.get(name, 1.0) / sums[node[:depth]] if sums[node[:depth]] else 0.0
            for depth, name in enumerate(node)
        ]
        return math.prod(steps) / counts[node]

    chances = {node: chance(node) for node in counts}
    least = min((value for value in chances.values() if value > 0), default=1.0)
    return [min(chances[node] / least, largest) for node in nodes]


def _weights(groups: Sequence[Group], stages: Mapping[Stage, float]) -> tuple[list[float], dict[str, float]]:
    """Weight of each picture, and their sums by character."""
    own = [stages.get(stage, 0.0) for _, stage in groups]
    totals: dict[str, float] = defaultdict(float)
    for (character, _), weight in zip(groups, own, strict=True):
        totals[character] += weight
    return own, totals
