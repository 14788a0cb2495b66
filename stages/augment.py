"""Stage `augment`: put the training crops of one video in other light."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as video:
        from dramatis.augment.params import AugmentParams
        from dramatis.augment.run import run
        from dramatis.core.params import load_params

        run(
            load_params("augment", AugmentParams),
            video,
            crops=Path(f"data/crops/{video}/crops.parquet"),
            selection=Path(f"data/selection/{video}.parquet"),
            out=Path(f"data/augmented/{video}"),
        )
