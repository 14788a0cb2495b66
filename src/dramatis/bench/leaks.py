"""`python -m dramatis.bench.leaks`: what training could have seen of the held-out pictures of `data/dataset`.

It looks at the finished dataset only: at the files of every configuration, and at what their rows say of themselves.
Nothing of stage `selection` or `dataset` is used, so a fault there shows here. A leak is a row of a training split that

- has the pixels of a held-out picture, whatever it is called (`equal_pixels`),
- shows a frame (`shared_frame`) or a shot (`shared_shot`) that a held-out row shows,
- was made of a held-out picture, however far back (`held_out_parent`), or
- looks nearly like a held-out picture that shares a character with it: no more than `leak_distance` bits of the
  perceptual hash apart (`near_copy`). Pictures made of others are not judged by their looks but by their parents:
  another exposure of a picture that is no leak may come near to a held-out one by chance.

A row that breaks several rules is one leak.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from dramatis.core.errors import MissingError, one_line_errors
from dramatis.core.images import decode, picture_hash
from dramatis.core.params import PARAMS, read_yaml
from dramatis.core.phash import distances, phash

RULES = ("equal_pixels", "shared_frame", "shared_shot", "held_out_parent", "near_copy")
TRAIN, HELD = "train", "validation"
DERIVED = ("exposure", "join", "cutout", "landmarks", "canny", "pose")
"""Origins of pictures that were made of other pictures of the dataset."""
COLUMNS = ["id", "image", "characters", "character", "origin", "parents", "frame_id", "video", "shot"]
BLOCK = 4096
"""Pictures that are compared at a time."""


class Entry(NamedTuple):
    """What counts of one row."""

    key: str
    pixels: str
    phash: int
    characters: frozenset[str]
    origin: str
    parents: tuple[str, ...]
    frame: str | None
    shot: tuple[str, int] | None


def leaks(folder: Path, distance: int) -> dict[str, list[str]]:
    """Training rows that break each rule, as `<config>/<id>`.

    Args:
        folder: `data/dataset`.
        distance: bits of the perceptual hash up to which two pictures are near [0..64].

    Raises:
        MissingError: there is no dataset.
    """
    training, held = (list(entries(folder, split)) for split in (TRAIN, HELD))
    if not training:
        raise MissingError(str(folder), "there is no training picture", "Run `dvc repro`: stage dataset makes it")
    by_id = {entry.key.split("/", 1)[1]: entry for entry in (*training, *held)}
    held_ids = {entry.key.split("/", 1)[1] for entry in held}
    pixels, frames, shots = ({getattr(entry, name) for entry in held} for name in ("pixels", "frame", "shot"))
    near = near_copies(training, held, distance)
    found = {
        "equal_pixels": [entry.key for entry in training if entry.pixels in pixels],
        "shared_frame": [entry.key for entry in training if entry.frame and entry.frame in frames],
        "shared_shot": [entry.key for entry in training if entry.shot and entry.shot in shots],
        "held_out_parent": [entry.key for entry in training if _ancestors(entry, by_id) & held_ids],
        "near_copy": near,
    }
    return {rule: sorted(found[rule]) for rule in RULES}


def entries(folder: Path, split: str) -> Iterator[Entry]:
    """The rows of one split of all configurations."""
    for file in sorted(folder.glob(f"*/{split}/*.parquet")):
        with pq.ParquetFile(file) as table:
            for batch in table.iter_batches(batch_size=64, columns=COLUMNS):
                for row in batch.to_pylist():
                    image = decode(row["image"]["bytes"], f"{file}: {row['id']}")
                    shot = None if row["shot"] is None else (row["video"], row["shot"])
                    yield Entry(
                        f"{file.parts[-3]}/{row['id']}",
                        picture_hash(image),
                        phash(image),
                        frozenset({row["character"], *row["characters"]} - {None}),
                        row["origin"],
                        tuple(row["parents"]),
                        row["frame_id"],
                        shot,
                    )


def near_copies(training: list[Entry], held: list[Entry], distance: int) -> list[str]:
    """Keys of the training pictures that nearly repeat a held-out one of the same character; see the module."""
    rows: dict[str, list[Entry]] = defaultdict(list)
    others: dict[str, list[int]] = defaultdict(list)
    for entry in training:
        if entry.origin not in DERIVED:
            for name in entry.characters:
                rows[name].append(entry)
    for entry in held:
        for name in entry.characters:
            others[name].append(entry.phash)
    found = set()
    for name, own in rows.items():
        for low in range(0, len(own) if others[name] else 0, BLOCK):
            part = own[low : low + BLOCK]
            bits = distances([entry.phash for entry in part], others[name])  # (part, held-out)
            found |= {part[n].key for n in np.flatnonzero(bits.min(axis=1) <= distance)}
    return sorted(found)


def _ancestors(entry: Entry, by_id: dict[str, Entry]) -> set[str]:
    """All that a picture was made of, its parents' parents included."""
    seen: set[str] = set()
    waiting = list(entry.parents)
    while waiting:
        if (parent := waiting.pop()) not in seen:
            seen.add(parent)
            waiting += by_id[parent].parents if parent in by_id else ()
    return seen


def figures(data: Path = Path("data")) -> dict[str, float]:
    """The number of leaks; a row that breaks several rules counts once."""
    found = leaks(data / "dataset", _distance())
    return {"leaks": float(len({key for keys in found.values() for key in keys}))}


def _distance() -> int:
    return int(read_yaml(PARAMS)["selection"]["leak_distance"])


def main() -> None:
    """Prints a row for each rule, and the first of those who break it."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("data/dataset")
    found = leaks(folder, _distance())
    shown = Table("rule", "leaks", "by configuration", "such as", box=None, header_style="dim")
    for rule, keys in found.items():
        configs = Counter(key.split("/")[0] for key in keys)
        shown.add_row(rule, str(len(keys)), ", ".join(f"{name} {n}" for name, n in sorted(configs.items())), *keys[:1])
    Console().print(shown)


if __name__ == "__main__":
    with one_line_errors():
        main()
