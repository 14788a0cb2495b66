"""From what was seen to the values of each preview: one number for every measure that applies to it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core.phash import distances as bits_apart
from dramatis.eyes.copies import distances, diversity, nearer_to_trained
from dramatis.eyes.groups import together
from dramatis.eyes.look import Reader, Seen, spelling
from dramatis.eyes.recscore import Vectors, difference, match_shares, nearer_than_strangers, nearest
from dramatis.score.bootstrap import Values
from dramatis.score.pose import pose_error

Row = Mapping[str, Any]
GUARD = "guard"
"""Purpose of previews whose negative prompt speaks against composites; they count for leaks alone."""
CORE_SHARE = 0.6
"""A tag is part of how somebody looks if it is read in this share of her held-out heads."""


class Known(NamedTuple):
    """Everybody, in the eyes of one embedder."""

    cast: Mapping[str, Vectors]
    """Real pictures of each, held out of training if there are such."""
    trained: Mapping[str, Vectors]
    """Training pictures of those who are learned."""
    strangers: Vectors | None
    """One picture of each stranger; None if they are not asked for."""
    threshold: float
    """Largest difference of one character."""


def main_faces(seen: Sequence[Seen], eye: int) -> tuple[Vectors, NDArray[np.bool_]]:
    """Vectors of the largest faces there are, shape (F, D), and for each picture whether it has one, shape (P,)."""
    there = np.array([len(one.vectors[eye]) > 0 for one in seen], bool)
    return np.concatenate([one.vectors[eye][:1] for one in seen]), there


def whom(seen: Sequence[Seen], eye: int, known: Known) -> list[str | None]:
    """The nearest of the cast of each picture; None without a face."""
    vectors, there = main_faces(seen, eye)
    names = iter(nearest(vectors, known.cast))
    return [next(names) if one else None for one in there]


def identity(seen: Sequence[Seen], name: str, eye: int, known: Known) -> dict[str, Values]:
    """What an embedder says of pictures of one character, each of shape (P,).

    `match`, `identified`, `identified_strangers` and `faces` are 0 without a face, `difference` and
    `copy_risk_identity` NaN.
    """
    vectors, there = main_faces(seen, eye)
    references, trained = known.cast[name], known.trained.get(name)
    apart = difference(vectors, references)
    found = {
        "match": _placed(match_shares(vectors, references, known.threshold), there, 0.0),
        "difference": _placed(apart.mean(axis=1), there, np.nan),
        "identified": np.array([one == name for one in whom(seen, eye, known)], float),
        "faces": there.astype(float),
    }
    if known.strangers is not None:
        nearer = nearer_than_strangers(vectors, references, known.strangers, known.threshold)
        found["identified_strangers"] = _placed(nearer.astype(float), there, 0.0)
    if trained is not None:
        pairs = zip(difference(vectors, trained), apart, strict=True)
        found["copy_risk_identity"] = _placed(np.array([nearer_to_trained(a, b) for a, b in pairs]), there, np.nan)
    return found


def _placed(values: NDArray[np.float64], there: NDArray[np.bool_], otherwise: float) -> Values:
    """Values of the pictures with a face at their places, shape (P,)."""
    result = np.full(len(there), otherwise)
    result[there] = values
    return result


def appearance(
    rows: Sequence[Row],
    seen: Sequence[Seen],
    reader: Reader,
    trained: Sequence[int] = (),
    held_out: Sequence[int] = (),
) -> dict[str, Values]:
    """What can be said of pictures without knowing who is on them, each of shape (P,).

    Args:
        rows: previews of one step and group.
        seen: what was seen in them.
        reader: reads tags.
        trained: layouts of training pictures; none for no copy risk.
        held_out: of held-out pictures, likewise.
    """
    looks = np.stack([one.small for one in seen])
    found = {
        "control": np.array([reader.share(one, row["wanted"]) for row, one in zip(rows, seen, strict=True)]),
        "diversity": diversity(looks, [f"{row['prompt']}\n{row['negative']}" for row in rows]),
        "luma": np.array([one.luma for one in seen]),
    }
    if trained and held_out:
        own = [one.layout for one in seen]
        pairs = zip(bits_apart(own, list(trained)), bits_apart(own, list(held_out)), strict=True)
        found["copy_risk"] = np.array([nearer_to_trained(a, b) for a, b in pairs])
    asked = [row["landmarks"] for row in rows]
    if any(points is not None for points in asked):
        found["pose_error"] = np.array([_pose(one, points) for one, points in zip(seen, asked, strict=True)])
    return found


def _pose(seen: Seen, asked: Sequence[float] | None) -> float:
    return float("nan") if asked is None else pose_error(seen.points, np.reshape(np.asarray(asked, float), (-1, 2)))


def leaking(rows: Sequence[Row], seen: Sequence[Seen]) -> dict[str, Values]:
    """Leaks of previews of one person; as `leaks_negative` those of purpose `guard`."""
    values = np.array([float(one.leaks) for one in seen])
    guarded = np.array([is_guarded(row) for row in rows])
    found = {"leaks": np.where(guarded, np.nan, values)}
    return found | ({"leaks_negative": np.where(guarded, values, np.nan)} if guarded.any() else {})


def is_guarded(row: Row) -> bool:
    """Whether the negative prompt of a preview speaks against composites."""
    return row["purpose"] == GUARD


def core_tags(heads: NDArray[np.float32], reader: Reader, asked: Sequence[str]) -> list[int]:
    """Tags of how somebody looks: those that most of her held-out heads show, and no prompt asks for.

    Args:
        heads: probabilities of the tags in held-out heads, shape (R, T).
        reader: reads tags.
        asked: everything that some prompt asks for.
    """
    wanted = {spelling(tag) for tag in asked}
    shares = (heads >= reader.min_score).mean(axis=0)
    return [number for tag, number in reader.numbers.items() if tag not in wanted and shares[number] >= CORE_SHARE]


def several(rows: Sequence[Row], seen: Sequence[Seen], eye: int, known: Known) -> dict[str, Values]:
    """What an embedder says of pictures of several characters, each of shape (P,)."""
    judged = []
    for row, one in zip(rows, seen, strict=True):
        vectors = one.vectors[eye]
        shares = [match_shares(vectors, known.cast[name], known.threshold) for name in row["characters"]]
        judged.append(together(row["characters"], np.stack(shares, 1), nearest(vectors, known.cast), one.centres))
    names = {"both_found": "found", "in_place": "placed", "blended": "blended", "cloned": "cloned"}
    return {key: np.array([float(getattr(one, field)) for one in judged]) for key, field in names.items()}


def forgotten(seen: Sequence[Seen], base: Sequence[Seen]) -> dict[str, Values]:
    """How far pictures are from what the base draws of the same prompts and seeds [Lab units], shape (P,)."""
    pairs = zip(seen, base, strict=True)
    return {"forgetting": np.array([distances(one.small[None], other.small[None])[0, 0] for one, other in pairs])}
