"""Stage `landmark`: 68 points of every face of one video, and where its head looks."""

import sys
from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.landmark.params import LandmarkParams
from dramatis.landmark.run import run

if __name__ == "__main__":
    with one_line_errors():
        run(
            load_params("landmark", LandmarkParams),
            frames=Path("data/frames") / sys.argv[1],
            detections=Path("data/detections") / sys.argv[1],
            out=Path("data/landmarks") / sys.argv[1],
        )
