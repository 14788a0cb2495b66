"""Stage `caption`: say what each crop, scene and composite shows, the names first."""

from pathlib import Path

from dramatis.caption.human import FILE
from dramatis.caption.params import CaptionParams
from dramatis.caption.run import run
from dramatis.core.errors import one_line_errors
from dramatis.core.params import Key, load_params

if __name__ == "__main__":
    with one_line_errors():
        run(
            load_params("caption", CaptionParams),
            videos=list(load_params("videos", dict[Key, dict])),
            human=FILE,
            characters=Path("data/cast/characters.parquet"),
            crops=Path("data/crops"),
            tags=Path("data/tags"),
            selection=Path("data/selection"),
            composites=Path("data/composites/composites.parquet"),
            out=Path("data/captions"),
        )
