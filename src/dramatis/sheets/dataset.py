"""`dramatis sheet dataset`: a page of each configuration of the dataset, captions under the pictures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
from PIL import Image as Pillow
from tqdm import tqdm

from dramatis.core.errors import MissingError
from dramatis.core.images import Image, decode, picture_hash
from dramatis.core.splits import read_plan
from dramatis.core.tables import readable
from dramatis.dataset.schema import CONFIGS
from dramatis.sheets.captioned import Block, Cell, draw, per_row
from dramatis.sheets.files import DATASET_MARK, FOLDER, remove_old, save
from dramatis.sheets.sample import Row, grouped, spread

DATA = Path("data/dataset")
COLUMNS = ["id", "caption", "character", "trigger", "stage", "origin", "video", "time_code"]
SECTION = {
    "characters": "character",
    "scenes": "video",
    "composites": "origin",
    "control": "origin",
    "regularization": "origin",
}
"""Column whose values are the sections of each page."""
KEYLESS = ("exposure", "base", "frames", "folder")
"""Origins whose caption no line of `captions.yaml` gives; under all others stands the key of that line."""
LEGEND = "Blue: held out of training. ×: times in an epoch. Last line: the key in captions.yaml"
ROWS, MOST_ROWS = 24, 3
"""Rows of pictures on a page, about, and most in a section; every section has one."""


def write_dataset_sheets(out: Path = FOLDER, data: Path = DATA) -> list[Path]:
    """Writes `dataset-<configuration>.png` for each configuration that has rows.

    Sheets of the last time that are not written again go.

    Raises:
        MissingError: stage `dataset` has not run, or has written an older version.
    """
    if not data.is_dir():
        raise MissingError(str(data), "there is no dataset", "Run `dvc repro`: stage dataset makes it")
    found = {config: rows for config in CONFIGS if (rows := read_config(data, config))}
    if not found:
        raise MissingError(str(data), "the dataset has no pictures", "Run `dvc repro`: stage dataset makes it")
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for config, rows in tqdm(found.items(), desc="sheets", unit="page", disable=None):
        file = out / f"dataset-{config}.png"
        save(Pillow.fromarray(_page(config, rows)), file, DATASET_MARK)
        written.append(file)
    remove_old(out, written, DATASET_MARK)
    return written


def read_config(data: Path, config: str) -> list[Row]:
    """The rows of a configuration without pictures.

    Each has also `split`; `seen`, how often in an epoch (null if not planned); and `at`, its shard and place in it.
    """
    plan, rows = read_plan(data, config), []
    for file in sorted((data / config).glob("*/*.parquet")):
        with readable(file, "dataset"):
            known = set(COLUMNS) <= set(pq.read_schema(file).names)
            stored = pq.read_table(file, columns=COLUMNS).to_pylist() if known else []
        if not known:
            raise MissingError(str(file), "the table is of an older version", "Run `dvc repro`: stage dataset makes it")
        for n, row in enumerate(stored):
            planned = plan.get(row["id"], {})
            rows.append(row | {"split": file.parent.name, "seen": planned.get("per_epoch"), "at": (file, n)})
    return rows


def _page(config: str, rows: Sequence[Row]) -> Image:
    names = ("image", "conditioning_image") if config == "control" else ("image",)
    groups = grouped(rows, SECTION[config])
    most = max(1, min(MOST_ROWS, ROWS // len(groups))) * per_row(len(names))
    chosen = {name: spread(own, most) for name, own in groups.items()}
    pictures = read_pictures((row for own in chosen.values() for row in own), names)
    blocks = [
        Block(name, _about(groups[name]), [_cell(row, pictures[row["at"]]) for row in own])
        for name, own in chosen.items()
    ]
    title = f"{config}: {_count(rows)}"
    shown = sum(map(len, chosen.values()))
    return draw(blocks, title, f"{shown} of them, of every kind and from the whole length. {LEGEND}")


def read_pictures(rows: Iterable[Row], names: Sequence[str]) -> dict[tuple[Path, int], tuple[Image, ...]]:
    """The pictures of some rows by their `at`; only the groups of rows that hold them are read."""
    wanted: dict[Path, list[int]] = {}
    for row in rows:
        wanted.setdefault(row["at"][0], []).append(row["at"][1])
    found = {}
    for file, places in wanted.items():
        with readable(file, "dataset"), pq.ParquetFile(file, page_checksum_verification=True) as table:
            first = 0
            for group in range(table.num_row_groups):
                size = table.metadata.row_group(group).num_rows
                here = sorted(n for n in places if first <= n < first + size)
                if here:
                    part = table.read_row_group(group, list(names)).take([n - first for n in here]).to_pylist()
                    for n, row in zip(here, part, strict=True):
                        found[file, n] = tuple(decode(row[name]["bytes"], f"{file}: row {n}") for name in names)
                first += size
    return found


def _cell(row: Row, images: tuple[Image, ...]) -> Cell:
    held_out = row["split"] != "train"
    kind = row["stage"] if row["origin"] in (row["stage"], "crop") else f"{row['stage']}, {row['origin']}"
    often = "" if row["seen"] is None else f" · ×{row['seen']:.3g}"
    key = "" if row["origin"] in KEYLESS else picture_hash(images[0])
    return Cell(images, f"{row['split']} · {kind}{often}", row["caption"], key, held_out)


def _about(rows: Sequence[Row]) -> str:
    triggers = sorted({row["trigger"] for row in rows if row["trigger"]})
    called = f"called {triggers[0]} · " if len(triggers) == 1 else ""
    kinds = Counter(row["stage"] for row in rows) + Counter(
        row["origin"] for row in rows if row["origin"] not in (row["stage"], "crop")
    )
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0])))
    return f"{called}{_count(rows)} · {said}"


def _count(rows: Sequence[Row]) -> str:
    splits = Counter(row["split"] for row in rows)
    named = {"train": "training"}
    parts = [f"{splits[split]} {named.get(split, split)}" for split in sorted(splits, key=lambda s: (s != "train", s))]
    return f"{len(rows)} pictures ({', '.join(parts)})"
