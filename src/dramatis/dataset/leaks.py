"""Is anything that is held out also trained on? A check of the finished rows, apart from stage `selection`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dramatis.core.phash import distances

Row = Mapping[str, Any]
BLOCK = 1024
"""Pictures that are compared at a time."""


def leaks(rows: Sequence[Row], origins: Mapping[str, Row], distance: int) -> list[str]:
    """One line for each training picture that a held-out one gives away.

    A training picture leaks if what it was made of is held out; if it, or what it was made of, is of a frame or a shot
    with a held-out picture; if it has the pixels of one; or if, of the same character, its perceptual hash is within
    `distance` bits of that of one.

    Args:
        rows: of both splits of all configurations: columns of the dataset, with `config`, `split`, and `picture` and
            `phash` where they are known, else None.
        origins: `frame_id`, `video` and `shot` of each crop and scene, by id.
        distance: bits of the perceptual hash [0..64].
    """
    held = [row for row in rows if row["split"] == "validation"]
    training = [row for row in rows if row["split"] == "train"]
    ids = {row["id"] for row in held}
    frames = {row["frame_id"] for row in held} - {None}
    shots = {_shot(row) for row in held} - {None}
    pictures = {row["picture"] for row in held} - {None}
    found = []
    for row in training:
        chain = [row, *(origins[parent] for parent in row["parents"] if parent in origins)]
        if taken := ids.intersection(row["parents"]):
            found.append(f"{_name(row)} is made of {min(taken)}, which is held out")
        elif taken := frames & ({part["frame_id"] for part in chain} | set(row["parents"])):
            found.append(f"{_name(row)} is of frame {min(taken)}, of which a picture is held out")
        elif taken := shots & {_shot(part) for part in chain}:
            found.append(f"{_name(row)} is of shot {min(taken)[1]} of {min(taken)[0]}, of which a picture is held out")
        elif row["picture"] in pictures:
            found.append(f"{_name(row)} has the pixels of a held-out picture")
    return found + list(_near(training, held, distance))


def _near(training: Sequence[Row], held: Sequence[Row], distance: int) -> Iterable[str]:
    """Pairs of one character whose hashes are near; variants and control images have the hash of their crop."""
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
            for n in np.flatnonzero(bits.min(axis=1) <= distance):
                other = int(bits[n].argmin())
                yield f"{_name(part[n])} differs from held-out {there[other]['id']} in {bits[n, other]} bits only"


def _shot(row: Row) -> tuple[str, int] | None:
    return (row["video"], row["shot"]) if row["video"] is not None and row["shot"] is not None else None


def _name(row: Row) -> str:
    return f"{row['config']}/{row['id']}"
