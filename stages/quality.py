"""Stage `quality`: measure every face of one video, and flag those that are too small, blurred, dark or hidden."""

import sys
from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.quality.params import QualityParams
from dramatis.quality.run import run

if __name__ == "__main__":
    with one_line_errors():
        run(
            load_params("quality", QualityParams),
            frames=Path("data/frames") / sys.argv[1],
            detections=Path("data/detections") / sys.argv[1],
            landmarks=Path("data/landmarks") / sys.argv[1],
            out=Path("data/quality") / sys.argv[1],
        )
