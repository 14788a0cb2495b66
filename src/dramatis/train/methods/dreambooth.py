"""Method `dreambooth`: all weights of the UNet, and of the text encoders if asked (Ruiz et al., arXiv 2208.12242).

Prior preservation is a matter of the plan and of `prior`: class pictures come in the same batches, with a weight.
"""

from pathlib import Path

import torch
from torch import nn

from dramatis.diffusion.files import TEXT_ENCODER, TEXT_ENCODER_2, UNET
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import write_weights
from dramatis.train.batches import Batch
from dramatis.train.methods import SAVED, denoised, trained_parts
from dramatis.train.params import TrainParams

FILES = {"unet": UNET, "text_encoder": TEXT_ENCODER, "text_encoder_2": TEXT_ENCODER_2}


class Dreambooth:
    """A base of which whole parts learn; parts that no phase trains stay as they are and are not saved."""

    def __init__(self, model: Model, params: TrainParams):
        self.model, self.params = model, params
        self.parts = {part: model.parts()[part] for part in trained_parts(list(model.parts()), params)}
        for module in self.parts.values():
            module.float().requires_grad_(True)  # small steps vanish in bf16

    def parameters(self) -> dict[str, dict[str, nn.Parameter]]:
        return {part: dict(module.named_parameters()) for part, module in self.parts.items()}

    def captions(self, batch: Batch) -> list[str]:
        return batch.captions

    def predict(self, noisy: torch.Tensor, t: torch.Tensor, batch: Batch) -> torch.Tensor:
        return denoised(self.model, self.captions(batch), self.params.captions.tokens, noisy, t, batch)

    def save(self, folder: Path) -> None:
        kind = SAVED[self.params.save_precision]
        for part, module in self.parts.items():
            write_weights({name: tensor.to(kind) for name, tensor in module.state_dict().items()}, folder / FILES[part])


def build(model: Model, params: TrainParams, triggers: dict[str, str]) -> Dreambooth:
    """The method around a base."""
    return Dreambooth(model, params)
