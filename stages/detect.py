"""Stage `detect`: find the people in each frame of one video and follow them through each shot."""

import sys
from pathlib import Path

from dramatis.backends.embed import EmbedChoice
from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.detect.params import DetectParams
from dramatis.detect.run import run

if __name__ == "__main__":
    with one_line_errors():
        run(
            load_params("detect", DetectParams),
            load_params("embed", EmbedChoice),
            frames=Path("data/frames") / sys.argv[1],
            out=Path("data/detections") / sys.argv[1],
        )
