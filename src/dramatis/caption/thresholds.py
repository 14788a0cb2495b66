"""From which probability on a tag is said: a threshold for each category, fixed or by MCut."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from dramatis.caption.params import Category


def mcut(scores: Sequence[float]) -> float:
    """The middle of the largest gap between successive scores; of equal gaps the one between the higher ones.

    Maximum cut thresholding (Largeron, Moulin and Géry, MCut: a thresholding strategy for multi-label classification,
    IDA 2012, eq. 1). 0 of fewer than two scores, as there is no gap.
    """
    ordered = sorted(scores, reverse=True)
    gaps = [(high - low, (high + low) / 2) for high, low in zip(ordered, ordered[1:], strict=False)]
    return max(gaps, key=lambda gap: gap[0])[1] if gaps else 0.0


def chosen(
    scores: Sequence[float],
    categories: Sequence[Category],
    min_score: Mapping[Category, float],
    by_mcut: Collection[str] = (),
) -> list[int]:
    """Which tags of a picture are sure enough: their numbers, in the order given.

    Args:
        scores, categories: of each tag.
        min_score: least score by category [0..1]; a category without one gives none.
        by_mcut: categories whose threshold is that of MCut where it is higher.
    """
    of = defaultdict(list)
    for score, category in zip(scores, categories, strict=True):
        of[category].append(score)
    least = {
        category: max(low, mcut(of[category])) if category in by_mcut else low for category, low in min_score.items()
    }
    return [n for n, score in enumerate(scores) if categories[n] in least and score >= least[categories[n]]]
