"""Stage `quality`: measure every face of one video, and flag those that are too small, blurred, dark or hidden."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as video:
        from dramatis.core.params import load_params
        from dramatis.quality.params import QualityParams
        from dramatis.quality.run import run

        run(
            load_params("quality", QualityParams),
            frames=Path("data/frames") / video,
            detections=Path("data/detections") / video,
            landmarks=Path("data/landmarks") / video,
            out=Path("data/quality") / video,
            limits=Path("data/limits") / f"{video}.json",
        )
