"""Pocket stage `unet`: train text encoder and UNet of the pocket Stable Diffusion."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.params import POCKET_PARAMS, UnetParams
from dramatis.pocket.text_to_image import train_unet

if __name__ == "__main__":
    with one_line_errors():
        train_unet(
            load_params("unet", UnetParams, POCKET_PARAMS),
            latents=Path("work/pocket/latents"),
            state=Path("work/pocket/unet"),
            out=Path("models/pocket/sd"),
        )
