"""`make benchmark-dataset`: the dataset against the film's truth, its own rules, and the readers of its formats.

Prints the figures with their bars, and writes `metrics/bench/dataset.json`, `docs/dataset.md` and two sheets for it. It
looks at what the pipeline last made of the sample film (`dvc repro` first), and at 20,000 pictures for size and speed.
"""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from rich.console import Console

from dramatis.bench import captions, composites, control, dataset_size, formats, leaks
from dramatis.bench.dataset_page import SHOWN, page, sheet_name
from dramatis.core.errors import one_line_errors
from dramatis.core.tables import write_json
from dramatis.sheets.dataset import write_dataset_sheets

OUT, PAGE = Path("metrics/bench/dataset.json"), Path("docs/dataset.md")
PARTS = (dataset_size, captions, composites, control, formats, leaks)
"""The size first, while nothing else has filled the memory."""
SHEET_PX = 1000
"""Width of a sheet in the documents."""
log = logging.getLogger("benchmark-dataset")


def measured() -> dict[str, Any]:
    """The figures of all parts."""
    found: dict[str, Any] = {}
    for part in PARTS:
        log.info(part.__name__.rsplit(".", 1)[-1])
        found |= part.figures()
    return found


def draw_sheets(docs: Path) -> None:
    """Writes the shown sheets, small enough to stand in the repository."""
    with TemporaryDirectory() as folder:
        for sheet in write_dataset_sheets(Path(folder)):
            if sheet.name in map(sheet_name, SHOWN):
                with Image.open(sheet) as whole:
                    size = SHEET_PX, round(whole.height * SHEET_PX / whole.width)
                    small = whole.convert("RGB").resize(size, Image.Resampling.LANCZOS).quantize(128)
                small.save(docs / sheet.name, optimize=True)


def main() -> None:
    """Measures, prints, writes."""
    found = measured()
    write_json(found, OUT)
    PAGE.write_text(page(found))
    draw_sheets(PAGE.parent)
    Console().print(found)


if __name__ == "__main__":
    logging.getLogger().setLevel(logging.INFO)
    with one_line_errors():
        main()
