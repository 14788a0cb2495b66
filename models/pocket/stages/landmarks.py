"""Pocket stage `landmarks`: train the pocket landmark model."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.landmarks import train_landmarks
from dramatis.pocket.landmarks_params import LandmarksParams
from dramatis.pocket.params import POCKET_PARAMS

if __name__ == "__main__":
    with one_line_errors():
        train_landmarks(
            load_params("landmarks", LandmarksParams, POCKET_PARAMS),
            state=Path("work/pocket/landmarks"),
            out=Path("models/pocket/landmarks"),
            metrics=Path("models/pocket/metrics/landmarks.json"),
        )
