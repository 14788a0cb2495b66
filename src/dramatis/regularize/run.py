"""Gathers the class pictures of one source."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dramatis.backends.tag import TagChoice
from dramatis.core.regularization import ClassSource
from dramatis.core.tables import whole_folder, write_rows, write_table
from dramatis.regularize.folder import from_folder
from dramatis.regularize.params import RegularizeParams
from dramatis.regularize.picture import ClassPicture
from dramatis.regularize.scenes import from_scenes
from dramatis.regularize.schema import REGULARIZATION, SKIPPED
from dramatis.regularize.words import Describer

NONE = {
    "frames": "each shot shows somebody who is named, or a face (see `regularize.strangers`), or is too dark or alike",
    "folder": "no file of its folder could be read",
}
"""Why a source of frames or of a folder may have given none."""
log = logging.getLogger("regularize")


def run(params: RegularizeParams, tagging: TagChoice, name: str, source: ClassSource, out: Path) -> None:
    """Writes `regularization.parquet`, and in `skipped.parquet` the files that were passed over.

    Args:
        tagging: the tagger that captions what nobody wrote a caption for.
        name: id of the source.
        out: folder to write.

    Raises:
        MissingError: its path leads nowhere.
        InputError: what is there cannot be used.
    """
    skipped: list[dict[str, str]] = []
    file = out / "regularization.parquet"
    with whole_folder(out) as folder:
        pictures = _pictures(params, Describer(params, tagging), name, source, skipped)
        write_rows(_rows(name, pictures), REGULARIZATION, folder / file.name)
        write_table(skipped, SKIPPED, folder / "skipped.parquet")
    if skipped:
        log.warning("%s: files that could not be read: %d; skipped.parquet lists them", name, len(skipped))
    if source.count != 0 and not pq.read_metadata(file).num_rows:
        log.warning("%s: there is no class picture, as %s", name, NONE[source.kind])


def _pictures(
    params: RegularizeParams, describer: Describer, name: str, source: ClassSource, skipped: list[dict[str, str]]
) -> Iterable[ClassPicture]:
    if source.kind == "base" and source.count is not None:
        from dramatis.regularize.drawn import drawn  # loads torch

        return drawn(params, name, source.path, source.count)
    if source.kind == "frames":
        return from_scenes(params, name, source.path, source.count, describer)
    return from_folder(params, name, source.path, source.count, describer, skipped)


def _rows(name: str, pictures: Iterable[ClassPicture]) -> Iterator[dict[str, Any]]:
    for number, picture in enumerate(pictures):
        yield {
            "picture_id": f"reg-{name}-{number:05d}",
            "source": name,
            "caption": picture.caption,
            "origin": picture.origin,
            "parent": picture.parent,
            "seed": picture.seed,
            "width_px": picture.size[0],
            "height_px": picture.size[1],
            "image": picture.data,
        }
