"""Stage `body`: the colours of what everybody in one video wears."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as video:
        from dramatis.body.params import BodyParams
        from dramatis.body.run import run
        from dramatis.core.params import load_params

        run(
            load_params("body", BodyParams),
            load_params("crops.proportions.halfbody", tuple[float, float, float]),
            video,
            frames=Path(f"data/frames/{video}/frames.parquet"),
            detections=Path(f"data/detections/{video}/detections.parquet"),
            out=Path(f"data/bodies/{video}"),
        )
