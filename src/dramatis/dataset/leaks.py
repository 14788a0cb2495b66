"""Is anything that is held out also trained on? A check of the finished rows, apart from stage `selection`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict

from dramatis.core.params import Params
from dramatis.core.phash import distances

Row = Mapping[str, Any]
Vectors = Mapping[str, NDArray[np.float32]]
"""Identity vectors of length 1 by crop."""
BLOCK = 1024
"""Pictures that are compared at a time."""


class LeakLimits(Params):
    """The keys of section `selection`, which checks them, that say when one picture nearly repeats another."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    leak_distance: int
    leak_same_distance: int
    leak_difference: float


def leaks(
    rows: Sequence[Row], origins: Mapping[str, Row], limits: LeakLimits, vectors: Vectors, threshold: float
) -> list[str]:
    """One line for each training picture that a held-out one gives away.

    A training picture leaks if what it was made of is held out; if it, or what it was made of, is of a frame or a shot
    with a held-out picture; if it has the pixels of one; or if it nearly repeats one of the same character: in its
    perceptual hash alone, or in hash and identity vector together.

    Args:
        rows: of both splits of all configurations: columns of the dataset, with `config`, `split`, and `picture` and
            `phash` where they are known, else None.
        origins: `frame_id`, `video` and `shot` of each crop and scene, by id.
        limits: what is a near repetition; its difference is in units of `threshold`.
        vectors: of every crop in `rows` that has a hash.
        threshold: of the embedder, as (1 - cosine) / 2.
    """
    held = [row for row in rows if row["split"] == "validation"]
    training = [row for row in rows if row["split"] == "train"]
    ids = {row["id"] for row in held}
    frames = {row["frame_id"] for row in held} - {None}
    shots = {shot for row in held if (shot := _shot(row))}
    pictures = {row["picture"] for row in held} - {None}
    found = []
    for row in training:
        chain = [row, *(origins[parent] for parent in row["parents"] if parent in origins)]
        if taken := ids.intersection(row["parents"]):
            found.append(f"{_name(row)} is made of {min(taken)}, which is held out")
        elif taken := frames & ({part["frame_id"] for part in chain} | set(row["parents"])):
            found.append(f"{_name(row)} is of frame {min(taken)}, of which a picture is held out")
        elif same := shots & {_shot(part) for part in chain}:
            found.append(f"{_name(row)} is of shot {min(same)[1]} of {min(same)[0]}, of which a picture is held out")
        elif row["picture"] in pictures:
            found.append(f"{_name(row)} has the pixels of a held-out picture")
    return found + list(_near(training, held, limits, vectors, threshold))


def _near(
    training: Sequence[Row], held: Sequence[Row], limits: LeakLimits, vectors: Vectors, threshold: float
) -> Iterable[str]:
    """Pairs of one character that are near; variants and control images show what their crop shows."""
    hashes: dict[str, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((training, held)):
        for row in rows:
            if row["config"] == "characters" and row["phash"]:
                hashes[row["character"]][side].append(row)
    for here, there in hashes.values():
        theirs = [int(row["phash"], 16) for row in there]
        for start in range(0, len(here) if there else 0, BLOCK):
            part = here[start : start + BLOCK]
            bits = distances([int(row["phash"], 16) for row in part], theirs)  # (part, there)
            for n in np.flatnonzero(bits.min(axis=1) <= limits.leak_distance):
                other = int(bits[n].argmin())
                yield f"{_name(part[n])} differs from held-out {there[other]['id']} in {bits[n, other]} bits only"
            for n, other in np.argwhere((bits > limits.leak_distance) & (bits <= limits.leak_same_distance)):
                difference = (1 - float(vectors[part[n]["id"]] @ vectors[there[other]["id"]])) / 2
                if difference <= limits.leak_difference * threshold:
                    yield (
                        f"{_name(part[n])} differs from held-out {there[other]['id']} in {bits[n, other]} bits, and "
                        "hardly in the face"
                    )


def _shot(row: Row) -> tuple[str, int] | None:
    return (row["video"], row["shot"]) if row["video"] is not None and row["shot"] is not None else None


def _name(row: Row) -> str:
    return f"{row['config']}/{row['id']}"
