"""Pocket stage `judge`: go on with the embedder on pictures that the pocket Stable Diffusion gave back."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.embedder import train_embedder
from dramatis.pocket.embedder_params import EmbedderParams
from dramatis.pocket.params import POCKET_PARAMS

if __name__ == "__main__":
    with one_line_errors():
        train_embedder(
            load_params("judge", EmbedderParams, POCKET_PARAMS),
            start=Path("models/pocket/ccip-clean/weights.safetensors"),
            generator=Path("models/pocket/sd"),
            state=Path("work/pocket/judge"),
            out=Path("models/pocket/ccip"),
            metrics=Path("models/pocket/metrics/judge.json"),
        )
