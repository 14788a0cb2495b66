"""Stage `augment`: make variants of the crops in other light."""

from pathlib import Path

from dramatis.augment.params import AugmentParams
from dramatis.augment.run import run
from dramatis.core.errors import one_line_errors
from dramatis.core.params import Key, load_params

if __name__ == "__main__":
    with one_line_errors():
        run(
            load_params("augment", AugmentParams),
            list(load_params("videos", dict[Key, dict])),
            crops=Path("data/crops"),
            captions=Path("data/captions"),
            out=Path("data/augmented"),
        )
