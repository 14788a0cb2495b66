"""Stage `caption`: say what each crop of one video shows, the name first."""

import sys
from pathlib import Path

from dramatis.caption.params import CaptionParams
from dramatis.caption.run import run
from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params

if __name__ == "__main__":
    with one_line_errors():
        video = sys.argv[1]
        run(
            load_params("caption", CaptionParams),
            video,
            captions=load_params("captions", dict[str, str], Path("cast.yaml")),
            crops=Path(f"data/crops/{video}/crops.parquet"),
            characters=Path("data/cast/characters.parquet"),
            out=Path(f"data/captions/{video}"),
        )
