"""Stage `measure`: score frames, detections, clusters, names, outfits and captions against the film's truth."""

import sys
from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import Key, load_params
from dramatis.measure.params import MeasureParams
from dramatis.measure.run import run

if __name__ == "__main__":
    with one_line_errors():
        run(
            load_params("measure", MeasureParams),
            title=sys.argv[1],
            videos={key: Path(video["source"]) for key, video in load_params("videos", dict[Key, dict]).items()},
            min_score=load_params("caption.min_score", dict[str, float]),
            data=Path("data"),
            metrics=Path("metrics"),
        )
