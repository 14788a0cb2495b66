"""Stage `body`: the colours of what everybody in one video wears."""

import sys
from pathlib import Path

from dramatis.body.params import BodyParams
from dramatis.body.run import run
from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params

if __name__ == "__main__":
    with one_line_errors():
        video = sys.argv[1]
        run(
            load_params("body", BodyParams),
            load_params("crops.proportions.halfbody", tuple[float, float, float]),
            video,
            frames=Path(f"data/frames/{video}/frames.parquet"),
            detections=Path(f"data/detections/{video}/detections.parquet"),
            out=Path(f"data/bodies/{video}"),
        )
