"""Pocket stage `text_to_image`: measure the pocket Stable Diffusion and draw a grid with it."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.params import POCKET_PARAMS
from dramatis.pocket.text_to_image_params import MeasureParams
from dramatis.pocket.text_to_image_score import measure_text_to_image

if __name__ == "__main__":
    with one_line_errors():
        measure_text_to_image(
            load_params("text_to_image", MeasureParams, POCKET_PARAMS),
            base=Path("models/pocket/sd"),
            tagger=Path("models/pocket/wd14"),
            metrics=Path("models/pocket/metrics/text_to_image.json"),
            grid=Path("models/pocket/grid.png"),
        )
