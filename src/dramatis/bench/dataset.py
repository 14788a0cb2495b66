"""`make benchmark-dataset`: the dataset against the film's truth, its own rules, and the readers of its formats.

Prints the figures with their bars, and writes `metrics/bench/dataset.json` and `docs/dataset.md`. It looks at what the
pipeline last made of the sample film (`dvc repro` first), and at 20,000 pictures for memory and speed.
"""

import logging
from pathlib import Path
from typing import Any

from rich.console import Console

from dramatis.bench import captions, composites, control, dataset_size, formats, leaks
from dramatis.bench.dataset_page import page
from dramatis.core.errors import one_line_errors
from dramatis.core.tables import write_json

OUT, PAGE = Path("metrics/bench/dataset.json"), Path("docs/dataset.md")
PARTS = (dataset_size, captions, composites, control, formats, leaks)
"""The size first, while nothing else has filled the memory."""
log = logging.getLogger("benchmark-dataset")


def measured() -> dict[str, Any]:
    """The figures of all parts."""
    found: dict[str, Any] = {}
    for part in PARTS:
        log.info(part.__name__.rsplit(".", 1)[-1])
        found |= part.figures()
    return found


def main() -> None:
    """Measures, prints, writes."""
    found = measured()
    write_json(found, OUT)
    PAGE.write_text(page(found))
    Console().print(found)


if __name__ == "__main__":
    logging.getLogger().setLevel(logging.INFO)
    with one_line_errors():
        main()
