"""Stage `measure`: score frames, detections, clusters, names, outfits and captions against the film's truth."""

from pathlib import Path
from typing import Any

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as title:
        from dramatis.core.params import Key, load_params
        from dramatis.measure.params import MeasureParams
        from dramatis.measure.run import run

        run(
            load_params("measure", MeasureParams),
            title=title,
            videos={
                key: Path(video["source"]) for key, video in load_params("videos", dict[Key, dict[str, Any]]).items()
            },
            min_score=load_params("caption.min_score", dict[str, float]),
            data=Path("data"),
            metrics=Path("metrics"),
        )
