"""Pictures with their captions beside them, in folders."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from dramatis.core.tables import write_json
from dramatis.export.names import safe_names
from dramatis.export.repeats import Repeats
from dramatis.export.source import Row, Source

CONTROL, PICTURES, CLASSES = ("control",), ("characters", "scenes", "composites"), ("regularization",)
"""Configurations by what trainers do with them: control images, pictures to learn, class pictures."""


def file_names(rows: Iterable[Row]) -> dict[tuple[str, str], str]:
    """A file name without ending for each row, by configuration and id; different within a configuration."""
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row.config, []).append(row.id)
    named = {config: safe_names(texts) for config, texts in ids.items()}
    return {(config, text): named[config][text] for config, texts in ids.items() for text in texts}


def write_pairs(
    source: Source, configs: tuple[str, ...], place: Callable[[Row], Path], write_caption: Callable[[Row, Path], None]
) -> None:
    """Writes each picture of some configurations and its caption.

    Args:
        place: the picture's file without its ending.
        write_caption: called with the row and that same path.
    """
    rows = source.of(*configs)
    for row, picture, control in tqdm(source.pictures(*configs), "export", len(rows), unit="picture", disable=not rows):
        stem = place(row)
        stem.parent.mkdir(parents=True, exist_ok=True)
        ended(stem, picture.ending).write_bytes(picture.data)
        write_caption(row, stem)
        if control:
            other = stem.parent.with_name("conditioning") / stem.name
            other.parent.mkdir(parents=True, exist_ok=True)
            ended(other, control.ending).write_bytes(control.data)


def ended(stem: Path, ending: str) -> Path:
    """A file's path from the path without its ending."""
    return stem.with_name(f"{stem.name}.{ending}")


def write_text(file: Path, text: str) -> None:
    """Writes UTF-8 with the line ends as they are, on every system."""
    file.write_bytes(text.encode())


def by_folder(rows: Iterable[Row], folder_of: Callable[[Row], str]) -> dict[str, list[Row]]:
    """Rows by the folder that they go into, sorted by its name."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(folder_of(row), []).append(row)
    return dict(sorted(found.items()))


def repeats_of(folder: str) -> int:
    """The repeats that the name of a folder begins with, as in `train/3_ada`."""
    return int(folder.split("/")[1].split("_")[0])


def facts(row: Row) -> dict[str, str | float]:
    """What formats with a record for each picture say of it beside its caption."""
    return {"id": row.id, "group": row.group, "per_epoch": row.rate, "bucket": row.bucket}


def write_repeats(rows: Iterable[Row], repeats: Repeats, folder_of: Callable[[Row], str], file: Path) -> None:
    """Writes what the rounding of repeats made of the plan: a row for each folder and rate."""
    counts: dict[tuple[str, float], int] = {}
    for row in rows:
        key = folder_of(row), row.rate
        counts[key] = counts.get(key, 0) + 1
    folders: list[dict[str, Any]] = [
        {
            "folder": folder,
            "pictures": count,
            "per_epoch": rate,
            "repeats": repeats.of[rate],
            "deviation": repeats.deviation(rate),
        }
        for (folder, rate), count in sorted(counts.items())
    ]
    write_json(
        {
            "epochs_of_the_plan": repeats.epochs,
            "largest_deviation": max((abs(row["deviation"]) for row in folders), default=0.0),
            "folders": folders,
        },
        file,
    )
