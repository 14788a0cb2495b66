"""Stage `landmark`: 68 points of every face of one video, and where its head looks."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as video:
        from dramatis.core.engine import load_engine
        from dramatis.core.params import load_params
        from dramatis.landmark.params import LandmarkParams
        from dramatis.landmark.run import run

        run(
            load_params("landmark", LandmarkParams),
            frames=Path("data/frames") / video,
            detections=Path("data/detections") / video,
            out=Path("data/landmarks") / video,
            engine=load_engine(),
        )
