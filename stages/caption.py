"""Stage `caption`: say what each crop, scene and composite shows, the names first."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage():
        from dramatis.caption.human import FILE
        from dramatis.caption.params import CaptionParams
        from dramatis.caption.run import run
        from dramatis.core.params import Key, load_params

        run(
            load_params("caption", CaptionParams),
            videos=list(load_params("videos", dict[Key, dict[str, object]])),
            human=FILE,
            characters=Path("data/cast/characters.parquet"),
            crops=Path("data/crops"),
            tags=Path("data/tags"),
            selection=Path("data/selection"),
            composites=Path("data/composites/composites.parquet"),
            out=Path("data/captions"),
        )
