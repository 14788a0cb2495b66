"""Method `controlnet`: a copy of the UNet's way down that reads a control image (Zhang et al., arXiv 2302.05543).

What it adds to the UNet goes through convolutions that begin as zeros, so a fresh one changes nothing. The base is
frozen. The control image has the size of the picture, in RGB from 0 to 1. As many of its convolutions have a stride of
2 as the VAE has halvings, so that it fits the latents of any VAE: three for f8, as usual, and two for f4. config.json
of the checkpoint says so (`conditioning_embedding_out_channels`), and whatever loads it needs to know no more.
"""

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from torch import nn

from dramatis.core import seeds
from dramatis.diffusion.files import CONTROLNET
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import write_weights
from dramatis.train.batches import Batch
from dramatis.train.methods import SAVED
from dramatis.train.params import TrainParams

WIDTHS = (16, 32, 96, 256, 512)
"""Channels of the control image's convolutions, full size first; the first four are those of the paper's code."""
COPIED = ("conv_in", "time_embedding", "class_embedding", "add_embedding", "down_blocks", "mid_block")
"""Modules that begin as the UNet's."""


def controlnet_of(unet: UNet2DConditionModel, halvings: int) -> ControlNetModel:
    """A fresh ControlNet for a UNet, in fp32; its own convolutions come from torch's global generator.

    `ControlNetModel.from_unet` forgets how many heads the UNet's pooling of the text has, which this does not.

    Args:
        unet: of the base.
        halvings: times that the VAE halves a picture's sides, at most 4.
    """
    with torch.device("meta"):
        like = ControlNetModel.from_unet(
            unet, conditioning_embedding_out_channels=WIDTHS[: halvings + 1], load_weights_from_unet=False
        )
    heads = {"addition_embed_type_num_heads": unet.config.addition_embed_type_num_heads}
    controlnet = ControlNetModel.from_config(plain(like.config) | heads)
    for name in COPIED:
        if isinstance(getattr(unet, name, None), nn.Module):
            getattr(controlnet, name).load_state_dict(getattr(unet, name).state_dict())
    return controlnet


def plain(config: Any) -> dict[str, Any]:
    """A configuration of diffusers without what is no part of the architecture: paths, versions, defaults."""
    return {key: value for key, value in sorted(dict(config).items()) if not key.startswith("_")}


class ControlNet:
    """A frozen base and a ControlNet that learns."""

    def __init__(self, model: Model, params: TrainParams):
        self.model, self.params = model, params
        pipeline = model.pipeline
        with torch.random.fork_rng():
            torch.manual_seed(seeds.derive(params.seed, "controlnet"))
            self.controlnet = controlnet_of(pipeline.unet, len(pipeline.vae.config.block_out_channels) - 1)
        self.controlnet.to(model.device).requires_grad_(True).eval()
        if params.gradient_checkpointing:
            self.controlnet.enable_gradient_checkpointing()

    def parameters(self) -> dict[str, dict[str, nn.Parameter]]:
        return {"controlnet": dict(self.controlnet.named_parameters())}

    def captions(self, batch: Batch) -> list[str]:
        return batch.captions

    def predict(self, noisy: torch.Tensor, t: torch.Tensor, batch: Batch) -> torch.Tensor:
        """As the protocol `Method` says.

        Raises:
            ValueError: the batch has no control images.
        """
        if batch.control is None:
            raise ValueError("controlnet needs batches with control images")
        conditioning = self.model.encode(self.captions(batch), self.params.captions.tokens)
        times = batch.time_ids.to(noisy.device)
        seen = self.model.residuals(self.controlnet, noisy, t, conditioning, times, batch.control)
        return self.model.denoise(noisy, t, conditioning, times, **seen)

    def save(self, folder: Path) -> None:
        kind = SAVED[self.params.save_precision]
        tensors = {name: tensor.to(kind) for name, tensor in self.controlnet.state_dict().items()}
        write_weights(tensors, folder / CONTROLNET / "diffusion_pytorch_model.safetensors")
        config = {"_class_name": "ControlNetModel"} | plain(self.controlnet.config)
        (folder / CONTROLNET / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def build(model: Model, params: TrainParams, triggers: dict[str, str]) -> ControlNet:
    """The method around a base, without effect as yet."""
    return ControlNet(model, params)
