"""Which rows of the dataset a run trains on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dramatis.core.errors import InputError
from dramatis.core.splits import read_plan, read_split

COLUMNS = ["id", "caption", "character", "trigger", "face", "keep", "width_px", "height_px"]

Row = dict[str, Any]


def rows_of(dataset: Path, characters: Sequence[str], with_prior: bool) -> list[Row]:
    """Rows of the dataset that a run trains on, sorted by id; regularization rows have no character.

    Each has the `bucket` and the `per_epoch` of the plan; a picture that the plan never shows is not among them.

    Raises:
        MissingError: the dataset is not there.
        InputError: a character is not in it, or has no picture that counts.
    """
    plan = read_plan(dataset, "characters")
    named = read_split(dataset, "characters", "train", ["id", "character"])
    counts = Counter(row["character"] for row in named if plan[row["id"]]["per_epoch"] > 0)
    for character in characters:
        if character not in counts:
            known = any(row["character"] == character for row in named)
            problem = "the plan shows none of its pictures" if known else "no such character in the training set"
            raise InputError(
                f"{dataset / 'plan.parquet'}: {character}",
                f"{problem}; it has {_listed(counts)}",
                "Mend `runs.<run>.characters` in params.yaml, or name the character in cast.yaml",
            )
    rows = _planned(read_split(dataset, "characters", "train", COLUMNS, [("character", "in", list(characters))]), plan)
    if with_prior:
        rows += _planned(read_split(dataset, "regularization", "train", COLUMNS), read_plan(dataset, "regularization"))
    return sorted(rows, key=lambda row: row["id"])


def _planned(rows: Sequence[Row], plan: Mapping[str, Row]) -> list[Row]:
    return [row | plan[row["id"]] for row in rows if plan[row["id"]]["per_epoch"] > 0]


def _listed(counts: Counter) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(counts.items())) or "nobody"


def small_buckets(rows: Sequence[Row], batch_size: int) -> list[str]:
    """A line on each bucket from which a step must repeat pictures."""
    counts = Counter(row["bucket"] for row in rows if row["character"] is not None)
    return [
        f"bucket {name} has {count} picture{'s' if count > 1 else ''} of the run's characters, a step takes up to "
        f"{batch_size}: it repeats some"
        for name, count in sorted(counts.items())
        if count < batch_size
    ]
