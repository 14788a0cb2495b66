"""Pocket stage `vae`: train the autoencoder of the pocket Stable Diffusion."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.params import POCKET_PARAMS, VaeParams
from dramatis.pocket.vae import train_vae

if __name__ == "__main__":
    with one_line_errors():
        train_vae(
            load_params("vae", VaeParams, POCKET_PARAMS),
            bank_folder=Path("work/pocket/bank"),
            state=Path("work/pocket/vae"),
            out=Path("models/pocket/sd/vae"),
        )
