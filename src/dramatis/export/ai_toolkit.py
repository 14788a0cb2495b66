"""Format `ai-toolkit`: folders of pictures with captions beside them, and a configuration that lists them.

Its rules, from its examples and code: repeats are whole numbers; a caption is the whole `.txt`, its last line break
too; control images have the names of their pictures and lie in a folder of their own.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from dramatis.export.files import (
    CLASSES,
    CONTROL,
    PICTURES,
    by_folder,
    ended,
    file_names,
    repeats_of,
    write_pairs,
    write_repeats,
    write_text,
)
from dramatis.export.formats import Settings
from dramatis.export.names import safe_names
from dramatis.export.repeats import whole_repeats
from dramatis.export.source import Row, Source
from dramatis.export.text import one_line

ONE_LINE = True


def write(source: Source, folder: Path, settings: Settings) -> list[str]:
    """A folder for each character and number of repeats, `config.yaml`, and `control.yaml` where there are any."""
    names, groups = file_names(source.rows), safe_names(row.group for row in source.rows)
    learned, control = source.of(*PICTURES, *CLASSES), source.of(*CONTROL)
    repeats = whole_repeats({row.rate for row in learned or control}, {row.rate for row in control})

    def folder_of(row: Row) -> str:
        if row.config in CONTROL:
            return f"control/{repeats.of[row.rate]}_images/images"
        return f"pictures/{repeats.of[row.rate]}_{groups[row.group]}"

    def place(row: Row) -> Path:
        return folder / folder_of(row) / names[row.config, row.id]

    def write_caption(row: Row, stem: Path) -> None:
        write_text(ended(stem, "txt"), one_line(row.caption))

    write_pairs(source, (*PICTURES, *CLASSES, *CONTROL), place, write_caption)
    write_repeats(source.rows, repeats, folder_of, folder / "repeats.json")
    lines = [f"one epoch of ai-toolkit is {repeats.epochs} of the plan; repeats.json says how far rounding is off"]
    for name, rows in (("config.yaml", learned), ("control.yaml", control)):
        if rows:
            write_text(folder / name, _job(_datasets(rows, folder_of, settings), settings))
            lines.append(f"python run.py {settings.root / name}")
    if not settings.base:
        lines.append("first name your base under `model` there; `--base` writes it")
    return lines


def _datasets(rows: Iterable[Row], folder_of: Callable[[Row], str], settings: Settings) -> list[dict[str, Any]]:
    datasets = []
    for name, own in by_folder(rows, folder_of).items():
        dataset: dict[str, Any] = {
            "folder_path": str(settings.root / name),
            "caption_ext": "txt",
            "num_repeats": repeats_of(name),
            "resolution": [settings.resolution_px],
            "buckets": True,
            "shuffle_tokens": False,
            "keep_tokens": max(row.people for row in own),
            "is_reg": own[0].config in CLASSES,
        }
        if own[0].config in CONTROL:
            dataset["control_path"] = str(settings.root / Path(name).with_name("conditioning"))
        datasets.append(dataset)
    return datasets


def _job(datasets: list[dict[str, Any]], settings: Settings) -> str:
    """The configuration of a training; what is no matter of the dataset is left to the trainer's own defaults."""
    process: dict[str, Any] = {
        "type": "sd_trainer",
        "training_folder": "output",
        "datasets": datasets,
        "train": {"batch_size": settings.batch_size},
        "model": {"name_or_path": settings.base},
    }
    job = {"job": "extension", "config": {"name": settings.root.name, "process": [process]}}
    return yaml.safe_dump(job, sort_keys=False, allow_unicode=True, width=10**6)
