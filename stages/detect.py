"""Stage `detect`: find the people in each frame of one video and follow them through each shot."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as video:
        from dramatis.backends.embed import EmbedChoice
        from dramatis.core.engine import load_engine
        from dramatis.core.params import load_params
        from dramatis.detect.params import DetectParams
        from dramatis.detect.run import run

        run(
            load_params("detect", DetectParams),
            load_params("embed", EmbedChoice),
            frames=Path("data/frames") / video,
            out=Path("data/detections") / video,
            engine=load_engine(),
        )
