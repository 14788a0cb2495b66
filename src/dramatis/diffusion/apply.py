"""Puts a checkpoint of any method on a base, for drawing."""

from pathlib import Path

import torch
from safetensors.torch import load_file

from dramatis.core.errors import InputError, MissingError
from dramatis.diffusion.files import ADAPTER
from dramatis.diffusion.keys import kohya_name
from dramatis.diffusion.model import Model


@torch.no_grad()
def apply(model: Model, checkpoint: Path, scale: float = 1.0) -> None:
    """Adds what a checkpoint has learned to the weights of a model for good.

    Taking it out again would leave rounding behind, so load a fresh model for each checkpoint.

    Args:
        model: the bare base.
        checkpoint: folder `models/<run>/step-<n>`.
        scale: strength of an adapter; 1 is as trained.

    Raises:
        MissingError: the folder holds no weights.
        InputError: the weights are of another base.
    """
    file = checkpoint / ADAPTER
    if not file.is_file():
        raise MissingError(str(file), "there is no such adapter", "Run `dvc repro`: stage train makes it")
    tensors = load_file(file)
    layers = {
        kohya_name("sd", part, name): module
        for part, whole in model.parts().items()
        for name, module in whole.named_modules()
    }
    for name in sorted({key.split(".")[0] for key in tensors}):
        if name not in layers:
            raise InputError(str(file), f"{name} is no layer of the base", "Take the base that it was trained on")
        down, up = (tensors[f"{name}.lora_{side}.weight"] for side in ("down", "up"))
        strength = scale * float(tensors[f"{name}.alpha"]) / down.shape[0]
        weight = layers[name].weight
        weight += (strength * (up.flatten(1) @ down.flatten(1))).view(weight.shape).to(weight)
