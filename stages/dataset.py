"""Stage `dataset`: join crops, captions, variants and class pictures into a Hugging Face dataset."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import Key, load_params
from dramatis.dataset.params import DatasetParams
from dramatis.dataset.run import run

if __name__ == "__main__":
    with one_line_errors():
        run(
            load_params("dataset", DatasetParams),
            {video: Path(value["source"]).name for video, value in load_params("videos", dict[Key, dict]).items()},
            load_params("captions", dict[str, str], Path("cast.yaml")),
            crops=Path("data/crops"),
            captions=Path("data/captions"),
            characters=Path("data/cast/characters.parquet"),
            augmented=Path("data/augmented/augmented.parquet"),
            copies=Path("data/repeats/copies.parquet"),
            regularization=Path("data/regularization/regularization.parquet"),
            out=Path("data/dataset"),
        )
