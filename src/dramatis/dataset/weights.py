"""How often each training picture counts."""
from collections import Counter
from collections.abc import Mapping, Sequence


def balanced(groups: Sequence[tuple[str, str]], stage_weights: Mapping[str, float], max_weight: float) -> list[float]:
    """Weights under which every character counts as much as every other.

    Within a character the stages count as `stage_weights` say, and within a stage all pictures the same.

    Args:
        groups: character and stage of each picture.
        stage_weights: of each stage; one that is not named weighs 0.
        max_weight: largest weight of a picture.

    Returns:
        One weight for each picture. Their mean is 1 before the largest are cut to `max_weight`.
    """
    sizes = Counter(groups)
    totals: Counter[str] = Counter()
    for character, stage in sizes:
        totals[character] += stage_weights.get(stage, 0)
    raw = [
        stage_weights.get(stage, 0) / (totals[character] or 1) / sizes[character, stage] for character, stage in groups
    ]
    mean = sum(raw) / len(raw) if raw else 0
    return [min(weight / mean, max_weight) if mean else 0.0 for weight in raw]
