"""Stage `selection`: which pictures are taken, and which of them are held out."""

from pathlib import Path
from typing import Any

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage():
        from dramatis.core.params import Key, load_params
        from dramatis.selection.params import SelectionParams
        from dramatis.selection.run import run

        run(
            load_params("selection", SelectionParams),
            list(load_params("videos", dict[Key, Any])),
            crops=Path("data/crops"),
            embeddings=Path("data/embeddings"),
            copies=Path("data/repeats/copies.parquet"),
            out=Path("data/selection"),
            metrics=Path("metrics/selection.json"),
            plot=Path("metrics/plots/selection/coverage.png"),
        )
