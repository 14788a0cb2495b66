"""How often each training picture counts."""

from collections import Counter
from collections.abc import Mapping, Sequence


def balanced(groups: Sequence[tuple[str, str]], stage_weights: Mapping[str, float], max_weight: float) -> list[float]:
    """Weights under which every character counts as much as every other.

    Within a character the pictures of a stage count as `stage_weights` say against those of the others. Stages are
    not made equal beyond that: three full bodies beside a hundred heads would repeat until they are known by heart.

    Args:
        groups: character and stage of each picture.
        stage_weights: of each stage; one that is not named weighs 0.
        max_weight: largest weight of a picture.

    Returns:
        One weight for each picture. Their mean is 1 before the largest are cut to `max_weight`.
    """
    own = [stage_weights.get(stage, 0.0) for _, stage in groups]
    totals: Counter[str] = Counter()
    for (character, _), weight in zip(groups, own, strict=True):
        totals[character] += weight
    share = len(groups) / max(sum(total > 0 for total in totals.values()), 1)
    return [
        min(weight / totals[character] * share, max_weight) if weight else 0.0
        for (character, _), weight in zip(groups, own, strict=True)
    ]
