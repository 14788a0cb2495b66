"""Real pictures of everybody in the dataset, which drawn ones are compared with."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dramatis.backends.embed import Face
from dramatis.core.images import Image, decode
from dramatis.core.splits import read_split
from dramatis.eyes.look import Eyes

log = logging.getLogger("eyes")

Row = dict[str, Any]


def read_crops(dataset: Path, split: str, filters: Sequence[tuple[str, str, Any]] = ()) -> list[Row]:
    """Rows of the crops of characters of a split, as far as they are looked at.

    Raises:
        MissingError: there is no dataset.
    """
    columns = ["id", "image", "character", "stage", "caption"]
    return read_split(dataset, "characters", split, columns, [("origin", "=", "crop"), *filters])


def pixels(row: Row) -> Image:
    """The picture of a row."""
    return decode(row["image"]["bytes"], row["id"])


def main_faces_of(eyes: Eyes, rows: Iterable[Row]) -> dict[str, list[Face]]:
    """The largest face of each picture that has one, by character."""
    found: dict[str, list[Face]] = defaultdict(list)
    missed: Counter[str] = Counter()
    for row in rows:
        faces = eyes.faces(pixels(row))
        found[row["character"]] += faces[:1]
        missed[row["character"]] += not faces
    for character, count in sorted(missed.items()):
        if count:
            log.info("%s: no face found in %d of its real heads", character, count)
    return {character: found[character] for character in sorted(found) if found[character]}


def faces_of_all(dataset: Path, eyes: Eyes) -> dict[str, list[Face]]:
    """Faces in the held-out heads of everybody; in training heads of those who have none held out."""
    heads = [row for row in read_crops(dataset, "validation") if row["stage"] == "head"]
    held_out = main_faces_of(eyes, heads)
    others = read_crops(dataset, "train", [("stage", "=", "head")])
    return main_faces_of(eyes, [row for row in others if row["character"] not in held_out]) | held_out
