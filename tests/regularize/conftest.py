"""The tiny base, a tiny tagger and the settings of this folder's tests."""

import pytest
from tiny_sd import DRAWING, tiny_sd  # noqa: F401
from tiny_tagger import write_tagger

from dramatis.backends.tag import TagChoice
from dramatis.core.regularization import ClassSource
from dramatis.core.tables import read_rows
from dramatis.regularize.params import RegularizeParams
from dramatis.regularize.run import run

VALUES = {
    "seed": 7,
    "prompts": ["1person, head", "1person, forest"],
    "drawing": DRAWING,
    "strangers": False,
    "allow_partial": False,
    "max_short_px": 80,
    "min_score": {"general": 0.5},
    "max_tags": 2,
    "exclude": ["indoors"],
}


@pytest.fixture
def gather(tmp_path):
    """Runs the stage on one source and gives its rows and those it passed over."""
    write_tagger(tmp_path / "tagger", {"bright": -1, "no_humans": 0.9, "indoors": 0.8, "tree": 0.7, "sky": 0.6})
    tagging = TagChoice(backend="wd14", weights=tmp_path / "tagger")

    def gathered(kind, path, count=None, name="out", **changes):
        source = ClassSource.model_validate({"from": kind, "path": str(path), "count": count, "multiplier": 1})
        run(RegularizeParams.model_validate(VALUES | changes), tagging, "src", source, tmp_path / name)
        file = tmp_path / name / "regularization.parquet"
        return read_rows(file, "regularize"), read_rows(file.with_name("skipped.parquet"), "regularize")

    return gathered
