"""Pocket stage `embedder`: train the embedder that never sees a generated picture (CCIP layout)."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.embedder import train_embedder
from dramatis.pocket.embedder_params import EmbedderParams
from dramatis.pocket.params import POCKET_PARAMS

if __name__ == "__main__":
    with one_line_errors():
        train_embedder(
            load_params("embedder", EmbedderParams, POCKET_PARAMS),
            start=None,
            generator=None,
            state=Path("work/pocket/embedder"),
            out=Path("models/pocket/ccip-clean"),
            metrics=Path("models/pocket/metrics/embedder.json"),
        )
