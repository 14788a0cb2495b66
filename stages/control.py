"""Stage `control`: draw control images of the taken crops of one video."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as video:
        from dramatis.control.params import ControlParams
        from dramatis.control.run import run
        from dramatis.core.params import load_params

        run(
            load_params("control", ControlParams),
            video,
            crops=Path(f"data/crops/{video}/crops.parquet"),
            detections=Path(f"data/detections/{video}/detections.parquet"),
            landmarks=Path(f"data/landmarks/{video}/landmarks.parquet"),
            selection=Path(f"data/selection/{video}.parquet"),
            out=Path(f"data/control/{video}"),
            metrics=Path(f"metrics/control/{video}.json"),
        )
