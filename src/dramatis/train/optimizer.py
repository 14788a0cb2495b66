"""What turns the gradients of a phase into steps: AdamW with a rate for each part, in full or 8-bit precision."""

from collections.abc import Mapping

import torch

from dramatis.core.errors import MissingError, ParameterError
from dramatis.train.params import TrainParams
from dramatis.train.phases import side

Parameters = Mapping[str, Mapping[str, torch.nn.Parameter]]
"""By part and name, as `Method.parameters` gives them."""

SMALL = 2**25
"""Numbers that a phase may train to be laid into buffers; beyond, gradients are better freed after each step."""
ALIGNED = 16
"""Numbers between whose multiples each tensor in a buffer begins, as vector units like it."""

AUTOCAST = {"bf16": torch.bfloat16, "fp16": torch.float16}
"""Type of the forward pass by `precision`; fp32 needs none."""


def learning_parts(parameters: Parameters, params: TrainParams) -> list[str]:
    """Parts of a method that a phase trains."""
    return [part for part in parameters if params.parts is None or side(part) in params.parts]


def still_learning(parts: list[str], params: TrainParams, step: int) -> list[str]:
    """Those of the parts that learn in a step of the phase, from 1: text encoders stop after `text_encoder_steps`."""
    if params.text_encoder_steps is None or step <= params.text_encoder_steps:
        return parts
    return [part for part in parts if side(part) != "text_encoder"]


def let_learn(
    parameters: Parameters, parts: list[str], buffers: Mapping[str, list[torch.nn.Parameter]] | None = None
) -> None:
    """Only these parts get gradients; the others cost no backward pass, and no decay."""
    for part, named in parameters.items():
        for tensor in named.values():
            tensor.requires_grad_(part in parts)
        if part not in parts:
            for tensor in (*named.values(), *(buffers or {}).get(part, ())):
                tensor.grad = None


def buffers_of(parameters: Parameters, params: TrainParams) -> dict[str, list[torch.nn.Parameter]]:
    """What the optimizer of a phase works on, by part: the parameters laid end to end, or themselves.

    Hundreds of small tensors cost more in calls than in numbers, so those of a part become views of one buffer, and
    their gradients likewise. Large models and 8-bit optimizers, which treat small tensors apart, keep their own.
    """
    parts = {part: list(parameters[part].values()) for part in learning_parts(parameters, params)}
    many = sum(tensor.numel() for tensors in parts.values() for tensor in tensors) > SMALL
    if many or params.optimizer.name != "adamw":
        return parts
    return {part: [_buffer(tensors)] for part, tensors in parts.items()}


@torch.no_grad()
def _buffer(tensors: list[torch.nn.Parameter]) -> torch.nn.Parameter:
    """One tensor that holds all these, and whose gradient holds theirs; they become views of it."""
    starts, end = [], 0
    for tensor in tensors:
        starts.append(end)
        end += -(-tensor.numel() // ALIGNED) * ALIGNED
    whole = torch.nn.Parameter(torch.zeros(end, dtype=tensors[0].dtype, device=tensors[0].device))
    whole.grad = torch.zeros_like(whole)
    for tensor, start in zip(tensors, starts, strict=True):
        place = slice(start, start + tensor.numel())
        whole.data[place] = tensor.flatten()
        tensor.data = whole.data[place].view(tensor.shape)
        tensor.grad = whole.grad[place].view(tensor.shape)
    return whole


def optimizer_of(buffers: Mapping[str, list[torch.nn.Parameter]], params: TrainParams) -> torch.optim.Optimizer:
    """A fresh optimizer of the parts that a phase trains.

    Raises:
        ParameterError: adamw8bit on a CPU.
        MissingError: adamw8bit without its package.
    """
    rates = params.learning_rate.model_dump()
    groups = [
        {"params": tensors, "lr": rates[side(part)], "initial_lr": rates[side(part)]}
        for part, tensors in buffers.items()
    ]
    if params.optimizer.name == "adamw":
        return torch.optim.AdamW(groups, weight_decay=params.optimizer.weight_decay, fused=True)
    return _eight_bit()(groups, weight_decay=params.optimizer.weight_decay)


def check_optimizer(params: TrainParams) -> None:
    """Refuses an optimizer that this machine cannot run, before anything is loaded; errors as of `optimizer_of`."""
    if params.optimizer.name == "adamw8bit":
        if params.device != "cuda":
            raise ParameterError("optimizer.name = adamw8bit", "needs device = cuda", "Say adamw, or train on a GPU")
        _eight_bit()


def _eight_bit() -> type[torch.optim.AdamW]:
    try:
        from bitsandbytes.optim import AdamW8bit
    except ImportError:
        raise MissingError(
            "optimizer.name = adamw8bit",
            "the package bitsandbytes is not installed",
            "Run `pip install bitsandbytes`, or say adamw",
        ) from None
    return AdamW8bit


def set_rates(optimizer: torch.optim.Optimizer, factor: float) -> None:
    """Scales the learning rate of each part."""
    for group in optimizer.param_groups:
        group["lr"] = group["initial_lr"] * factor


def scaler_of(params: TrainParams) -> torch.amp.GradScaler:
    """Keeps the small gradients of fp16 from vanishing; does nothing in the other precisions."""
    return torch.amp.GradScaler(params.device, enabled=params.precision == "fp16")
