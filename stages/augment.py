"""Stage `augment`: put the training crops of one video in other light."""

import sys
from pathlib import Path

from dramatis.augment.params import AugmentParams
from dramatis.augment.run import run
from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params

if __name__ == "__main__":
    with one_line_errors():
        video = sys.argv[1]
        run(
            load_params("augment", AugmentParams),
            video,
            crops=Path(f"data/crops/{video}/crops.parquet"),
            selection=Path(f"data/selection/{video}.parquet"),
            out=Path(f"data/augmented/{video}"),
        )
