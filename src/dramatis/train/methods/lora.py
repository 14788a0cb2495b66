"""Method `lora`: low-rank adapters on UNet and text encoder (Hu et al., arXiv 2106.09685), through peft."""

from pathlib import Path

import torch
from diffusers import DDPMScheduler, StableDiffusionPipeline
from peft import LoraConfig, get_peft_model_state_dict

from dramatis.core import seeds
from dramatis.diffusion.prompts import encode
from dramatis.diffusion.weights import write_weights
from dramatis.train.batches import Batch
from dramatis.train.objective import diffusion_loss
from dramatis.train.params import TrainParams
from dramatis.train.schema import WEIGHTS

ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
DENSE = ["ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"]
CONVOLUTION = ["conv1", "conv2", "conv_shortcut", "time_emb_proj", "downsamplers.0.conv", "upsamplers.0.conv"]
TARGETS = {"attn": ATTENTION, "attn-mlp": ATTENTION + DENSE, "full": ATTENTION + DENSE + CONVOLUTION}
TEXT_TARGETS = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]


class Lora:
    """A base with adapters of which only the low-rank matrices learn."""

    def __init__(self, pipeline: StableDiffusionPipeline, params: TrainParams, clip_skip: int | None):
        self.pipeline, self.params, self.clip_skip = pipeline, params, clip_skip
        self.scheduler = DDPMScheduler.from_config(pipeline.scheduler.config)
        self.parts = {"unet": pipeline.unet}
        lora = params.lora
        with torch.random.fork_rng():  # peft draws the matrices from the global generator
            torch.manual_seed(seeds.derive(params.seed, "adapter"))
            pipeline.unet.add_adapter(
                LoraConfig(r=lora.rank, lora_alpha=lora.alpha, target_modules=TARGETS[lora.targets])
            )
            if lora.text_rank:
                self.parts["text_encoder"] = pipeline.text_encoder
                pipeline.text_encoder.add_adapter(
                    LoraConfig(r=lora.text_rank, lora_alpha=lora.text_alpha, target_modules=TEXT_TARGETS)
                )
        for _, tensor in self._trained():
            tensor.data = tensor.data.float()  # small steps vanish in bf16

    def _trained(self) -> list[tuple[str, torch.nn.Parameter]]:
        return [item for part in self.parts.values() for item in part.named_parameters() if item[1].requires_grad]

    def parameters(self) -> dict[str, dict[str, torch.nn.Parameter]]:
        return {
            part: {name: tensor for name, tensor in module.named_parameters() if tensor.requires_grad}
            for part, module in self.parts.items()
        }

    def loss(self, batch: Batch, generator: torch.Generator) -> torch.Tensor:
        device = self.pipeline.device
        latents = batch.mean + batch.std * torch.randn(batch.mean.shape, generator=generator)
        with torch.autocast(device.type, torch.bfloat16, enabled=self.params.precision == "bf16"):
            conditioning = encode(self.pipeline.tokenizer, self.pipeline.text_encoder, batch.captions, self.clip_skip)
            return diffusion_loss(
                self.pipeline.unet,
                self.scheduler,
                latents.to(device),
                conditioning,
                batch.weights.to(device),
                generator,
                self.params.min_snr,
            )

    def save(self, folder: Path) -> None:
        """Alpha is folded into B: no layout of diffusers keeps it in every version, and folded it cannot get lost."""
        lora, tensors = self.params.lora, {}
        scales = {"unet": lora.alpha / lora.rank, "text_encoder": lora.text_alpha / max(lora.text_rank, 1)}
        for part, module in self.parts.items():
            inner = "text_model." if part == "text_encoder" and not hasattr(module, "text_model") else ""
            for name, tensor in get_peft_model_state_dict(module).items():
                folded = tensor * scales[part] if ".lora_B." in name else tensor
                tensors[f"{part}.{inner}{name}"] = folded.float()
        write_weights(tensors, folder / WEIGHTS)


def build(pipeline: StableDiffusionPipeline, params: TrainParams, clip_skip: int | None) -> Lora:
    """The method around a base, adapters at zero effect."""
    return Lora(pipeline, params, clip_skip)
