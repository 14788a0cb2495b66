"""Format `everydream2`: folders with `multiply.txt`, captions beside pictures.

Its rules, from its documents (EveryDream2trainer, doc/DATA.md and doc/BALANCING.md): `multiply.txt` holds a real number
for the pictures of its own folder only; a `.txt` is cut at its commas into a main prompt and tags; a `.yaml` names
both; without either, and where both are empty, the file name is the caption. Tags that repeat are taken once, so a
caption with such tags goes into a `.yaml`, as one main prompt; there it is not shuffled.
"""

from pathlib import Path

import yaml

from dramatis.core.errors import InputError
from dramatis.export.files import CLASSES, PICTURES, ended, file_names, write_pairs, write_text
from dramatis.export.formats import Settings
from dramatis.export.names import safe_names
from dramatis.export.source import Row, Source
from dramatis.export.text import one_line, tags_of

ONE_LINE = True


def write(source: Source, folder: Path, settings: Settings) -> list[str]:
    """A folder for each character and rate; control images are left out, since this trainer knows none."""
    configs = (*PICTURES, *CLASSES)
    rows = source.of(*configs)
    if not rows:
        problem = "there are only control images, of which EveryDream2 knows nothing"
        raise InputError("everydream2", problem, "Export them as imagefolder or kohya")
    names, groups = file_names(rows), safe_names(row.group for row in rows)
    rates: dict[str, set[float]] = {}
    for row in rows:
        rates.setdefault(row.group, set()).add(row.rate)

    def place(row: Row) -> Path:
        own = folder / groups[row.group]
        return (own / f"x{row.rate:g}" if len(rates[row.group]) > 1 else own) / names[row.config, row.id]

    write_pairs(source, configs, place, _write_caption)
    for row in rows:
        write_text(place(row).parent / "multiply.txt", f"{row.rate:g}\n")
    left = len(source.rows) - len(rows)
    lines = [f"--data_root {settings.root}"]
    return [*lines, f"{left} control images are left out: EveryDream2 has no use for them"] if left else lines


def _write_caption(row: Row, stem: Path) -> None:
    caption = one_line(row.caption)
    tags = tags_of(caption)
    if len(set(tags)) == len(tags) and tags:
        write_text(ended(stem, "txt"), caption)
    else:  # a space, for a caption that is empty on purpose
        write_text(
            ended(stem, "yaml"), yaml.safe_dump({"main_prompt": caption or " "}, allow_unicode=True, width=10**6)
        )
