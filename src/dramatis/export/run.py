"""Exports the dataset in one format, into a folder of its own."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from dramatis.core.errors import InputError, ParameterError
from dramatis.core.tables import whole_folder
from dramatis.export.formats import Settings, format_of
from dramatis.export.source import Source, read_source
from dramatis.export.text import one_line

log = logging.getLogger("export")

OURS = ("data", "models", "metrics", "raw", "src", "stages", "tests", "docs", "pipelines", "presets", ".git", ".dvc")
"""Folders of the project that hold what an export must not be mixed with."""


def export(
    name: str,
    dataset: Path,
    out: Path,
    settings: Settings,
    *,
    characters: Sequence[str] = (),
    split: str = "train",
    project: Path = Path(),
) -> list[str]:
    """Writes the dataset in a format; nothing of it stays if that fails.

    Args:
        name: one of FORMATS.
        dataset: `data/dataset`.
        out: a folder that is not there, or is empty.
        characters: keys of those to choose; all if empty.
        split: train or validation.
        project: top folder of the project, into whose own folders nothing is written.

    Returns:
        Lines that say what was written and how to use it.

    Raises:
        ParameterError: no such format, or it cannot be a part of the dataset.
        InputError: `out` is taken, or the dataset cannot be exported.
    """
    writer = format_of(name)
    check_out(out, dataset, project)
    if name == "huggingface" and (characters or split != "train"):
        problem = "it is a plain copy, with all splits and characters"
        raise ParameterError("huggingface", problem, "Leave out --characters and --split, or take imagefolder")
    source = read_source(dataset, split, characters)
    if writer.ONE_LINE:
        _warn(source)
    with whole_folder(out) as folder:
        lines = writer.write(source, folder, settings)
    if name == "huggingface":
        return [f"{name}: a copy of all splits in {out}", *lines]
    left = [f"{count} left out: {reason}" for reason, count in sorted(source.left_out.items())]
    return [f"{name}: {len(source.rows)} pictures of split {split} in {out}", *left, *lines]


def check_out(out: Path, dataset: Path, project: Path) -> None:
    """Refuses a place where something would be overwritten or mixed up.

    Raises:
        InputError: `out` is a file or a folder with something in it, or lies in or around the project's own folders.
    """
    place, remedy = out.resolve(), "Name a new folder, such as work/export/<format>"
    for own in (dataset.resolve(), *((project / folder).resolve() for folder in OURS)):
        if place == own or own in place.parents:
            raise InputError(str(out), f"an export may not be in {os.path.relpath(own, project.resolve())}", remedy)
    first = next(above for above in (place, *place.parents) if above.exists())
    if out.is_symlink() or not first.is_dir():
        raise InputError(str(out), "it is no folder", remedy)
    if out.is_dir() and any(out.iterdir()):
        raise InputError(str(out), "this folder is not empty", f"{remedy}, or remove it first")


def _warn(source: Source) -> None:
    changed = [row.id for row in source.rows if one_line(row.caption) != row.caption]
    if changed:
        log.warning(
            "%d captions have line breaks, control characters or bare ends, which become spaces (first: %s)",
            len(changed),
            changed[0],
        )
