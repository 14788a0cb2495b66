"""`python -m dramatis.bench.train_gpu [sd15 | sdxl …]`: pictures a second of LoRA training on a GPU.

SD 1.5 and SDXL of random weights in their real size, built from their configurations: a step costs the same as with
learned weights. bf16, LoRA of rank 32 on the attention, cached latents, batches of 1, 4 and 8. Prints, and writes
`metrics/bench/train_gpu.json`: pictures a second, peak memory, and the share of the GPU's matrix peak, which is
measured by a large product in bf16 in the same run.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from diffusers import UNet2DConditionModel
from peft import LoraConfig
from rich.console import Console
from torch.utils.flop_counter import FlopCounterMode

from dramatis.bench.train_base import SD15, unet_of
from dramatis.core.errors import MissingError, ParameterError, one_line_errors
from dramatis.core.tables import write_json

OUT = Path("metrics/bench/train_gpu.json")
BATCHES, RANK = (1, 4, 8), 32
WARM_UP, STEPS = 10, 50
PRODUCT = 8192
"""Side of the matrices whose product is taken for the peak."""


class Family(NamedTuple):
    """What a step of a family works on."""

    unet: Callable[[], UNet2DConditionModel]
    latent: int
    """Side of a latent: 64 at 512 px, 128 at 1024 px."""
    text: int
    """Width of the text's hidden states."""
    pooled: int | None
    """SDXL: width of the pooled text."""


def sdxl_unet(scale: int = 1) -> UNet2DConditionModel:
    """SDXL's UNet; `scale` divides its width."""
    return UNet2DConditionModel(
        sample_size=128,
        block_out_channels=(320 // scale, 640 // scale, 1280 // scale),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2, 10),
        attention_head_dim=(5, 10, 20),
        cross_attention_dim=2048,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=2816,
    )


FAMILIES = {
    "sd15": Family(lambda: unet_of(SD15), 64, 768, None),
    "sdxl": Family(sdxl_unet, 128, 2048, 1280),
}


def with_lora(unet: UNet2DConditionModel, device: str, kind: torch.dtype) -> UNet2DConditionModel:
    """The UNet on a device, its weights in `kind`, adapters in fp32."""
    unet.requires_grad_(False)
    unet.to(device, kind)
    unet.add_adapter(LoraConfig(r=RANK, lora_alpha=RANK, target_modules=["to_q", "to_k", "to_v", "to_out.0"]))
    for tensor in learned(unet):
        tensor.data = tensor.data.float()
    return unet


def learned(unet: UNet2DConditionModel) -> list[torch.nn.Parameter]:
    """What is trained."""
    return [tensor for tensor in unet.parameters() if tensor.requires_grad]


def step_of(unet: UNet2DConditionModel, family: Family, batch: int, kind: torch.dtype) -> Callable[[], torch.Tensor]:
    """One step of training as a function without arguments, which gives the loss."""
    device = next(unet.parameters()).device
    weights = learned(unet)
    optimizer = torch.optim.AdamW(weights, lr=1e-4, fused=True)
    shape = (batch, 4, family.latent, family.latent)
    text = torch.randn(batch, 77, family.text, device=device, dtype=kind)
    added = None
    if family.pooled is not None:
        pooled = torch.randn(batch, family.pooled, device=device, dtype=kind)
        times = torch.tensor([[1024.0, 1024, 0, 0, 1024, 1024]] * batch, device=device)
        added = {"text_embeds": pooled, "time_ids": times}

    def step() -> torch.Tensor:
        noisy, noise = torch.randn(2, *shape, device=device)
        t = torch.randint(1000, (batch,), device=device)
        with torch.autocast(device.type, kind, enabled=kind != torch.float32):
            predicted = unet(noisy.to(kind), t, text, added_cond_kwargs=added, return_dict=False)[0]
        loss = (predicted.float() - noise).pow(2).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        return loss.detach()

    return step


def operations(step: Callable[[], torch.Tensor]) -> int:
    """Floating point operations of a step in matrix products, convolutions and attention; it is taken once."""
    with FlopCounterMode(display=False) as counter:
        step()
    return counter.get_total_flops()


def matrix_peak(device: str, kind: torch.dtype, side: int = PRODUCT, times: int = 20) -> float:
    """Floating point operations a second of a large product on this machine, the best of some."""
    a, b = torch.randn(2, side, side, device=device, dtype=kind)
    seconds = [timed(lambda: a @ b, 1, device) for _ in range(times)]
    return 2 * side**3 / min(seconds)


def timed(task: Callable[[], object], times: int, device: str) -> float:
    """Seconds that a task takes each time, with all that it left running on the device."""
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    wait()
    began = time.perf_counter()
    for _ in range(times):
        task()
    wait()
    return (time.perf_counter() - began) / times


def measured(
    family: Family, batch: int, device: str, kind: torch.dtype, peak: float, steps: int = STEPS
) -> dict[str, float]:
    """`images_per_s`, `gb` and `peak_share` of one family and batch."""
    torch.manual_seed(0)
    step = step_of(with_lora(family.unet(), device, kind), family, batch, kind)
    work = operations(step)
    timed(step, WARM_UP if steps == STEPS else 1, device)
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    seconds = timed(step, steps, device)
    memory = torch.cuda.max_memory_allocated() / (1 << 30) if device == "cuda" else float("nan")
    return {"images_per_s": batch / seconds, "gb": memory, "peak_share": work / seconds / peak}


def main(names: Sequence[str]) -> None:
    """Measures, writes, prints.

    Raises:
        ParameterError: a family has another name.
        MissingError: there is no GPU.
    """
    unknown = [name for name in names if name not in FAMILIES]
    if unknown:
        raise ParameterError(f"family = {unknown[0]!r}", f"must be one of {', '.join(FAMILIES)}", "Name one of these")
    if not torch.cuda.is_available():
        raise MissingError(
            "GPU", "torch finds none here", "Run this where there is one; for CPUs: make benchmark-train"
        )
    peak = matrix_peak("cuda", torch.bfloat16)
    found: dict[str, object] = {"gpu": torch.cuda.get_device_name(), "matrix_tflops": peak / 1e12}
    for name in names or FAMILIES:
        for batch in BATCHES:
            found[f"{name}_batch_{batch}"] = measured(FAMILIES[name], batch, "cuda", torch.bfloat16, peak)
            torch.cuda.empty_cache()
    write_json(found, OUT)
    Console().print(found)


if __name__ == "__main__":
    with one_line_errors():
        main(sys.argv[1:])
