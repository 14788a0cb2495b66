"""Pocket stage `blur`: train the pocket blur net."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.blur import train_blur
from dramatis.pocket.blur_params import BlurParams
from dramatis.pocket.params import POCKET_PARAMS

if __name__ == "__main__":
    with one_line_errors():
        train_blur(
            load_params("blur", BlurParams, POCKET_PARAMS),
            state=Path("work/pocket/blur"),
            out=Path("models/pocket/blur"),
            metrics=Path("models/pocket/metrics/blur.json"),
        )
