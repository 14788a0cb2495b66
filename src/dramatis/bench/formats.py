"""`python -m dramatis.bench.formats`: each export, opened by what it is for.

sd-scripts, ai-toolkit and EveryDream2 are looked for as checkouts in `work/readers` (or DRAMATIS_READERS), see
docs/formats.md; `datasets` is a package of this project. A format without its reader does not count as opened.
"""

import logging
import re
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from dramatis.bench.format_readers import DATASETS, Read, read_by_trainer, readers_place, trainer_of
from dramatis.core.errors import InputError, one_line_errors
from dramatis.core.params import PARAMS, load_params
from dramatis.dataset.params import DatasetParams
from dramatis.export.files import CONTROL, PICTURES
from dramatis.export.formats import FORMATS, Settings
from dramatis.export.run import export
from dramatis.export.source import Row, read_source
from dramatis.export.text import one_line, tags_of

log = logging.getLogger("benchmark-formats")


def figures(data: Path = Path("data"), params: Path = PARAMS) -> dict[str, list[str]]:
    """`formats_opened`: formats whose readers gave back every picture with its caption, size and control image."""
    with TemporaryDirectory() as folder:
        opened = [name for name in FORMATS if opens(name, data / "dataset", Path(folder), _settings(params))]
    return {"formats_opened": opened}


def _settings(params: Path) -> Settings:
    said = load_params("dataset", DatasetParams, params)
    return Settings(Path(), said.resolution_px, said.bucket_step_px, said.bucket_sides_px, 4)


def opens(name: str, dataset: Path, folder: Path, settings: Settings) -> bool:
    """True if the readers of a format are there and give back what was written; the log says why not.

    Raises:
        InputError: there is no dataset, or nothing in it.
    """
    rows = read_source(dataset).rows
    try:
        readers = read_back(name, dataset, folder, settings)
    except InputError as error:
        log.error("%s", error)
        return False
    if not readers:
        log.warning("%s: there is no reader in %s", name, readers_place())
    good = bool(readers)
    for reader, found in readers.items():
        lost, more = differences(name, found, rows)
        log.info("%s by %s: %d read", name, reader, len(found))
        if lost or more:
            log.error(
                "%s by %s: lost %d, as %s; not as written %d, as %s",
                name,
                reader,
                len(lost),
                lost[:2],
                len(more),
                more[:2],
            )
            good = False
    return good


def read_back(name: str, dataset: Path, folder: Path, settings: Settings) -> dict[str, Read]:
    """Exports into `folder/<format>` and reads it with every reader that is there, by the reader's name."""
    out = folder / name
    export(name, dataset, out, settings._replace(root=out.resolve()), project=folder)
    found: dict[str, Read] = {}
    if name in DATASETS:
        found["datasets"] = DATASETS[name](out, folder / "cache")
    if checkout := trainer_of(name, readers_place()):
        found[checkout.name if name != "webdataset" else name] = read_by_trainer(name, checkout, out)
    return found


Known = tuple[str, str, tuple[int, ...]]
"""In which of the format's lists a picture is, its caption, its size [px]."""


def differences(name: str, found: Read, rows: list[Row]) -> tuple[list[Known], list[Known]]:
    """What was written and not read, and what was read and not written.

    Args:
        found: what the reader gave. A picture that it lists several times, as its repeats, counts once.
        rows: what was exported; a plain copy also has what the plan never shows.
    """
    once = {(one["by"], one["file"]): one for one in found}
    read = Counter((_kind(one["by"]), _caption(name, one["caption"]), tuple(one["size"])) for one in once.values())
    written: Counter[Known] = Counter()
    for row in rows:
        for kind in _lists(name, row):
            written[kind, _caption(name, row.caption), (row.width_px, row.height_px)] += 1
    bare = [("no control image", one["file"], ()) for one in once.values() if _lacks_control(one)]
    if name == "huggingface":  # the whole dataset, of which `rows` lack what is never shown
        return list(written - read) + bare, []
    return list(written - read) + bare, list(read - written)


def _lists(name: str, row: Row) -> tuple[str, ...]:
    """Where a format lists a row: sd-scripts reads pictures in two ways, EveryDream2 no control images."""
    if row.config in CONTROL:
        return () if name == "everydream2" else ("control",)
    return ("pictures", "again") if name == "kohya" and row.config in PICTURES else ("pictures",)


def _kind(by: str) -> str:
    return "control" if by.startswith("control") else "again" if by.startswith("finetune") else "pictures"


def _lacks_control(one: dict[str, Any]) -> bool:
    return _kind(one["by"]) == "control" and one["control"] != one["size"]


def _caption(name: str, caption: str) -> str:
    """A caption as far as the reader of a format must give it back: ai-toolkit doubles the space after a comma."""
    if name in DATASETS:
        return caption
    if name == "everydream2":
        return ", ".join(tags_of(one_line(caption)))
    return re.sub(r"\s*,\s*", ", ", one_line(caption)) if name == "ai-toolkit" else one_line(caption)


if __name__ == "__main__":
    logging.getLogger().setLevel(logging.INFO)
    with one_line_errors():
        Console().print(figures())
