"""Method `lora`: low-rank adapters on UNet and text encoder (Hu et al., arXiv 2106.09685), through peft."""

from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model_state_dict

from dramatis.core import seeds
from dramatis.diffusion.files import ADAPTER
from dramatis.diffusion.keys import kohya_name
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import write_weights
from dramatis.train.batches import Batch
from dramatis.train.params import TrainParams

ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
DENSE = ["ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"]
CONVOLUTION = ["conv1", "conv2", "conv_shortcut", "time_emb_proj", "downsamplers.0.conv", "upsamplers.0.conv"]
TARGETS = {"attn": ATTENTION, "attn-mlp": ATTENTION + DENSE, "full": ATTENTION + DENSE + CONVOLUTION}
SIDES = {"lora_A": "lora_down", "lora_B": "lora_up"}
TEXT_TARGETS = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]


class Lora:
    """A base with adapters of which only the low-rank matrices learn."""

    def __init__(self, model: Model, params: TrainParams):
        self.model, self.params = model, params
        self.parts = {"unet": model.parts()["unet"]}
        lora = params.adapter
        with torch.random.fork_rng():  # peft draws the matrices from the global generator
            torch.manual_seed(seeds.derive(params.seed, "adapter"))
            self.parts["unet"].add_adapter(
                LoraConfig(r=lora.rank, lora_alpha=lora.alpha, target_modules=TARGETS[lora.targets])
            )
            if lora.text_rank:
                self.parts["text_encoder"] = model.parts()["text_encoder"]
                self.parts["text_encoder"].add_adapter(
                    LoraConfig(r=lora.text_rank, lora_alpha=lora.text_alpha, target_modules=TEXT_TARGETS)
                )
        for named in self.parameters().values():
            for tensor in named.values():
                tensor.data = tensor.data.float()  # small steps vanish in bf16

    def parameters(self) -> dict[str, dict[str, torch.nn.Parameter]]:
        return {
            part: {name: tensor for name, tensor in module.named_parameters() if ".lora_" in name}
            for part, module in self.parts.items()
        }

    def captions(self, batch: Batch) -> list[str]:
        return batch.captions

    def predict(self, noisy: torch.Tensor, t: torch.Tensor, batch: Batch) -> torch.Tensor:
        conditioning = self.model.encode(self.captions(batch), self.params.captions.tokens)
        return self.model.denoise(noisy, t, conditioning, batch.time_ids)

    def save(self, folder: Path) -> None:
        lora, tensors = self.params.adapter, {}
        alphas = {"unet": lora.alpha, "text_encoder": lora.text_alpha}
        for part, module in self.parts.items():
            for name, tensor in get_peft_model_state_dict(module).items():
                layer, _, side = name.removesuffix(".weight").rpartition(".")
                layer = kohya_name("sd", part, layer)
                tensors[f"{layer}.{SIDES[side]}.weight"] = tensor.float()
                tensors[f"{layer}.alpha"] = torch.tensor(float(alphas[part]))
        write_weights(tensors, folder / ADAPTER)


def build(model: Model, params: TrainParams, triggers: dict[str, str]) -> Lora:
    """The method around a base, adapters at zero effect."""
    return Lora(model, params)
