"""Stage `select`: which pictures are taken, and which of them are held out.

The underscore: a `select.py` beside the other scripts would hide Python's own module `select` from all of them.
"""

from pathlib import Path
from typing import Any

from dramatis.core.errors import one_line_errors
from dramatis.core.params import Key, load_params
from dramatis.select.params import SelectParams
from dramatis.select.run import run

if __name__ == "__main__":
    with one_line_errors():
        run(
            load_params("select", SelectParams),
            list(load_params("videos", dict[Key, Any])),
            crops=Path("data/crops"),
            embeddings=Path("data/embeddings"),
            copies=Path("data/repeats/copies.parquet"),
            out=Path("data/selection"),
            metrics=Path("metrics/select.json"),
            plot=Path("metrics/plots/select/coverage.png"),
        )
