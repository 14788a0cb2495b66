"""Prompts out of a dataset's own captions: one for each cluster of a character's pictures."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from dramatis.diffusion.emphasis import literal
from dramatis.preview.params import TagPrompts
from dramatis.preview.prompts import PLACE, spread

MOST = 1500
"""Captions of a character that are clustered; of more, as many evenly apart, as the memory grows with the square."""


def cluster_count(pictures: int, most: int) -> int:
    """How many clusters so many pictures make: log2(pictures / 5) + 1, between 1 and `most` (cyberharem's rule)."""
    return int(np.clip(math.log2(pictures / 5) + 1, 1, min(most, pictures)))


def tags_of(caption: str, trigger: str) -> list[str]:
    """The parts of a caption between commas, the trigger word as `{trigger}`; each once, the trigger first if missing.

    Braces of a caption are left out, as they would be taken for places; brackets, which would give emphasis, get a
    backslash.
    """
    word = re.compile(rf"(?<!\w){re.escape(trigger)}(?!\w)")
    parts, named = [], False
    for part in re.sub(r"[{}]", "", caption).split(","):
        text = " ".join(part.split())
        if not named and word.search(text):
            text, named = word.sub(PLACE, text, count=1), True
        if text and literal(text) not in parts:
            parts.append(literal(text))
    return parts if named else [PLACE, *parts]


def tag_prompts(captions: Sequence[str], trigger: str, params: TagPrompts) -> list[str]:
    """Templates like a character's captions, that of the largest cluster first; none without captions.

    A prompt is the caption in the middle of its cluster without the tags that are rare there: so its tags go together.
    Captions of whole sentences share no parts; there it is the whole caption.

    Args:
        captions: of training pictures, in a fixed order.
        trigger: the character's word in them.
        params: how many clusters, and which tags are frequent.
    """
    every = [tags_of(captions[number], trigger) for number in spread(len(captions), MOST)]
    if not every:
        return []
    vectors = frequencies(every)
    labels = clusters(vectors, cluster_count(len(every), params.clusters))
    sizes = Counter(labels.tolist())
    found = [_middle(every, vectors, np.flatnonzero(labels == one), params) for one, _ in sizes.most_common()]
    return list(dict.fromkeys(found))


def frequencies(every: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """Which tags each caption has, shape (captions, tags), rows of length 1; the trigger is no tag."""
    names = sorted({tag for tags in every for tag in tags if PLACE not in tag})
    column = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(every), max(len(names), 1)))
    for row, tags in enumerate(every):
        table[row, [column[tag] for tag in tags if tag in column]] = 1
    return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-12)


def clusters(vectors: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """A cluster for each row, by Ward's linkage, numbered by their first rows; the same rows, the same clusters."""
    if count == 1:
        return np.zeros(len(vectors), np.int64)
    labels = AgglomerativeClustering(count, linkage="ward").fit_predict(vectors)
    order = {label: number for number, label in enumerate(dict.fromkeys(labels.tolist()))}
    return np.array([order[label] for label in labels.tolist()])


def _middle(
    every: Sequence[Sequence[str]], vectors: NDArray[np.float64], rows: NDArray[np.int64], params: TagPrompts
) -> str:
    """The prompt of one cluster."""
    nearest = rows[np.argmax(np.round(vectors[rows] @ vectors[rows].mean(axis=0), 9))]
    shares = Counter(tag for row in rows for tag in every[row])
    frequent = _frequent(shares, len(rows), params)
    kept = [tag for tag in every[nearest] if PLACE in tag or tag in frequent]
    return ", ".join(kept if len(kept) > 1 else every[nearest])


def _frequent(shares: Counter[str], count: int, params: TagPrompts) -> set[str]:
    tags: Iterable[str] = (tag for tag in sorted(shares, key=lambda tag: (-shares[tag], tag)) if PLACE not in tag)
    return set([tag for tag in tags if shares[tag] >= params.min_share * count][: params.max_tags])
