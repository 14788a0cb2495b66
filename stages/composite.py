"""Stage `composite`: put several characters of the training crops into one picture."""

from pathlib import Path
from typing import Any

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage():
        from dramatis.composite.params import CompositeParams
        from dramatis.composite.run import run
        from dramatis.core.params import Key, load_params

        run(
            load_params("composite", CompositeParams),
            list(load_params("videos", dict[Key, Any])),
            crops=Path("data/crops"),
            selection=Path("data/selection"),
            frames=Path("data/frames"),
            detections=Path("data/detections"),
            out=Path("data/composites"),
        )
