"""Pocket stage `tagger`: train the pocket tagger (WD14 layout)."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.params import POCKET_PARAMS
from dramatis.pocket.tagger import train_tagger
from dramatis.pocket.tagger_params import TaggerParams

if __name__ == "__main__":
    with one_line_errors():
        train_tagger(
            load_params("tagger", TaggerParams, POCKET_PARAMS),
            state=Path("work/pocket/tagger"),
            out=Path("models/pocket/wd14"),
            metrics=Path("models/pocket/metrics/tagger.json"),
        )
