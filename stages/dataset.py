"""Stage `dataset`: join all pictures and their captions into a Hugging Face dataset, with a plan and a card."""

from pathlib import Path

from dramatis.core.stage import stage

SECTIONS = ("crops", "tag", "selection", "augment", "control", "composite", "caption", "regularization", "regularize")
"""What the card shows of `params.yaml`."""

if __name__ == "__main__":
    with stage():
        from dramatis.core.params import Key, load_params
        from dramatis.core.regularization import ClassSource
        from dramatis.dataset.leaks import LeakLimits
        from dramatis.dataset.material import Places
        from dramatis.dataset.params import DatasetParams
        from dramatis.dataset.run import run

        run(
            load_params("dataset", DatasetParams),
            list(load_params("videos", dict[Key, dict[str, object]])),
            load_params("regularization", dict[Key, ClassSource]),
            load_params("selection", LeakLimits),
            {section: load_params(section, dict) for section in (*SECTIONS, "dataset")},
            places=Places(
                crops=Path("data/crops"),
                embeddings=Path("data/embeddings"),
                selection=Path("data/selection"),
                captions=Path("data/captions"),
                augmented=Path("data/augmented"),
                control=Path("data/control"),
                composites=Path("data/composites/composites.parquet"),
                regularization=Path("data/regularization"),
                characters=Path("data/cast/characters.parquet"),
            ),
            frames=Path("data/frames"),
            coverage=Path("data/selection/coverage.parquet"),
            out=Path("data/dataset"),
            metrics=Path("metrics/dataset.json"),
        )
