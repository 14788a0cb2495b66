"""What cyberharem would say of the steps of a run, from what was seen here: see `legacy`."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dramatis.eyes.look import Seen, spelling
from dramatis.score import legacy
from dramatis.score.judge import Known, main_faces

Row = Mapping[str, Any]


def theirs(
    groups: Mapping[tuple[int, str], Sequence[Row]],
    seen: Mapping[tuple[int, str], Sequence[Seen]],
    known: Known,
    words: Mapping[str, int],
    numbers: Mapping[str, int],
    characters: Sequence[str],
) -> dict[int, float | None]:
    """Their `integrate` of each checkpoint, the mean over the characters; None where it is NaN.

    Args:
        groups: previews by step and group.
        seen: what was seen in them.
        known: pictures of everybody, in the eyes of the embedder.
        words: how often each part of the training captions is said.
        numbers: place of each tag in the tagger's list, by its spelling.
        characters: whom the run learned.
    """
    steps = sorted({step for step, _ in groups if step})
    weights = legacy.tag_weights(_by_spelling(words))
    scores = []
    for name in characters:
        if name not in known.trained:
            return dict.fromkeys(steps)
        likenesses, controls = [], []
        for step in steps:
            some = seen[step, name]
            vectors, there = main_faces(some, 0)
            missing = int((~there).sum())
            likenesses.append(legacy.likeness(vectors, known.trained[name], known.threshold, missing))
            pairs = zip(groups[step, name], some, strict=True)
            said = [_control(row, one, weights, numbers) for row, one in pairs]
            controls.append(float(np.mean([value for value in said if value is not None] or [0.0])))
        scores.append(legacy.integrate(likenesses, controls))
    means = np.mean(scores, axis=0) if scores else np.full(len(steps), np.nan)
    return {step: None if np.isnan(value) else float(value) for step, value in zip(steps, means, strict=True)}


def _by_spelling(words: Mapping[str, int]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word, count in words.items():
        counts[spelling(word)] = counts.get(spelling(word), 0) + count
    return counts


def _control(row: Row, one: Seen, weights: Mapping[str, float], numbers: Mapping[str, int]) -> float | None:
    wanted = {spelling(tag) for tag in row["wanted"]}
    unwanted = {spelling(tag.strip()) for tag in (row["negative"] or "").split(",")}
    return legacy.control(
        {tag: float(one.tags[numbers[tag]]) for tag in sorted(wanted) if tag in numbers},
        {tag: float(one.tags[numbers[tag]]) for tag in sorted(unwanted) if tag in numbers},
        weights,
    )
