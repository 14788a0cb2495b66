"""Stage `tag`: say what a tagger or a captioner sees in every crop and scene of one video."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as video:
        from dramatis.core.engine import load_engine
        from dramatis.core.params import load_params
        from dramatis.tag.params import TagParams
        from dramatis.tag.run import run

        run(
            load_params("tag", TagParams),
            video,
            crops=Path(f"data/crops/{video}/crops.parquet"),
            scenes=Path(f"data/crops/{video}/scenes.parquet"),
            out=Path(f"data/tags/{video}"),
            engine=load_engine(),
        )
