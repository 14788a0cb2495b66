"""Taggers: what a picture shows, as words with a probability each."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image

SETTING = "caption.weights"
"""The parameter that names the weights, for messages."""


class Tag(NamedTuple):
    """A word that a tagger knows: with underscores as in its list, and its category (`general`, `character`, …)."""

    name: str
    category: str


class Tagger(Protocol):
    """Gives each of its tags a probability for a picture."""

    model: str
    """Backend and first digits of the weights' hash, such as `wd14:0f3a…`: what to note beside its results."""
    tags: Sequence[Tag]
    """Its list, in the order of the scores."""

    def scores(self, images: Sequence[Image]) -> NDArray[np.float32]:
        """Probabilities of RGB pictures (H, W, 3) of any size, shape (N, T) [0..1]."""
        ...


def load_tagger(backend: str, weights: Path) -> Tagger:
    """The tagger of one backend (a file of this package) with the weights in a folder.

    Raises:
        InputError: the weights are missing or of another layout.
    """
    return import_module(f"{__name__}.{backend}").load(weights)


def words(name: str) -> str:
    """A tag as it stands in captions: `red_hair` as `red hair`; faces such as `^_^` stay as they are."""
    return name.replace("_", " ") if len(name) > 3 else name


def kept(tags: Sequence[Tag], scores: NDArray[np.float32], min_score: Mapping[str, float]) -> list[tuple[str, float]]:
    """Names and scores of the tags above the threshold of their category, most certain first.

    Args:
        tags: the tagger's list, length T.
        scores: of one picture, shape (T,).
        min_score: least score by category [0..1]; a category without one gives no tags.
    """
    found = [
        (tag.name, float(score))
        for tag, score in zip(tags, scores, strict=True)
        if score >= min_score.get(tag.category, np.inf)
    ]
    return sorted(found, key=lambda pair: -pair[1])
