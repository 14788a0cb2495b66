"""Stage `frames`: find the shots of one video, or take pictures as they are, and keep the distinct frames."""

import sys
from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.frames.params import FramesParams, Video
from dramatis.frames.run import run

if __name__ == "__main__":
    with one_line_errors():
        run(
            load_params("frames", FramesParams),
            video=sys.argv[1],
            source=load_params(f"videos.{sys.argv[1]}", Video).source,
            out=Path("data/frames") / sys.argv[1],
        )
