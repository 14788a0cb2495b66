"""The score of cyberharem, for comparison only: likeness and control normalised inside one run.

It was measured against the training pictures, so it rewards copies; it says the same of a run that draws the character
and of one that does not; and it is NaN where all steps are equally good. See docs/score.md.
Source: cyberharem/eval/eval.py and sdeval (2024), formulas only.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dramatis.eyes.recscore import Vectors, difference

FIDELITY = 3.0
"""Weight of likeness over control in the mean of both (their alpha)."""


def likeness(previews: Vectors, trained: Vectors, threshold: float, faceless: int = 0) -> float:
    """Their `ccip` of one step: shares of matching training pictures over what their mean matches; may pass 1.

    Args:
        previews: vectors of those with a face, shape (P, D).
        trained: of training pictures, shape (F, D), F at least 1.
        threshold: largest difference of one character.
        faceless: previews without a face, which match nothing.
    """
    centre = trained.mean(axis=0, keepdims=True)
    centre = centre / np.maximum(np.linalg.norm(centre), 1e-12)
    bound = float((difference(centre, trained) <= threshold).mean())
    shares = (difference(previews, trained) < threshold).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(shares.sum() / max(len(previews) + faceless, 1) / np.float64(bound))


def tag_weights(counts: Mapping[str, int]) -> dict[str, float]:
    """Their weight of each tag from how often it is said in the dataset: 1.5 ^ (ln count - its upper quartile)."""
    logs = {tag: np.log(count) for tag, count in counts.items() if count > 0}
    if not logs:
        return {}
    quartile = np.percentile(list(logs.values()), 75)
    return {tag: float(1.5 ** (log - quartile)) for tag, log in logs.items()}


def control(scores: Mapping[str, float], unwanted: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """Their `bp` of one picture: weighted probabilities of the tags asked for, and of the absence of those not.

    Args:
        scores: probability of each tag of the prompt [0..1].
        unwanted: of each tag of the negative prompt.
        weights: of tags; one that the dataset never says weighs 1.
    """
    said = [(tag, score) for tag, score in scores.items()] + [(tag, 1 - score) for tag, score in unwanted.items()]
    total = sum(weights.get(tag, 1.0) for tag, _ in said)
    return sum(weights.get(tag, 1.0) * score for tag, score in said) / total if total else None


def normalised(values: NDArray[np.float64], least_spread: float = 0.0) -> NDArray[np.float64]:
    """Values of the steps of a run about 0.6, a standard deviation being 0.2; all NaN if they are equal.

    Args:
        values: shape (S,).
        least_spread: their smallest standard deviation.
    """
    spread = max(float(values.std()), least_spread)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip((values - values.mean()) / np.float64(spread) * 0.2 + 0.6, 1e-6, 1)


def integrate(likenesses: Sequence[float], controls: Sequence[float]) -> NDArray[np.float64]:
    """Their `integrate` of each step, from which they take the highest as the best, shape (S,)."""
    a = normalised(np.array(likenesses, float))
    b = normalised(np.array(controls, float), 0.015)
    return (FIDELITY**2 + 1) * a * b / (FIDELITY**2 * b + a)
