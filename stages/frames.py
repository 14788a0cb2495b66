"""Stage `frames`: find the shots of one video, or take pictures as they are, and keep the distinct frames."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as video:
        from dramatis.core.engine import load_engine
        from dramatis.core.params import load_params
        from dramatis.frames.params import FramesParams, Video
        from dramatis.frames.run import run

        run(
            load_params("frames", FramesParams),
            video=video,
            source=load_params(f"videos.{video}", Video).source,
            out=Path("data/frames") / video,
            engine=load_engine(),
        )
