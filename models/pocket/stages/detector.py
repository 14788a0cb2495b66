"""Pocket stage `detector`: train the pocket detector (YOLOv8 layout)."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.detector import train_detector
from dramatis.pocket.detector_params import DetectorParams
from dramatis.pocket.params import POCKET_PARAMS

if __name__ == "__main__":
    with one_line_errors():
        train_detector(
            load_params("detector", DetectorParams, POCKET_PARAMS),
            state=Path("work/pocket/detector"),
            out=Path("models/pocket/detect"),
            metrics=Path("models/pocket/metrics/detector.json"),
        )
