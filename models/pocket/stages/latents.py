"""Pocket stage `latents`: encode the drawn pictures for the training of the UNet."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.params import POCKET_PARAMS, VaeParams
from dramatis.pocket.text_to_image import write_latents

if __name__ == "__main__":
    with one_line_errors():
        write_latents(
            bank_folder=Path("work/pocket/bank"),
            vae_folder=Path("models/pocket/sd/vae"),
            threads=load_params("vae", VaeParams, POCKET_PARAMS).threads,
            out=Path("work/pocket/latents"),
        )
