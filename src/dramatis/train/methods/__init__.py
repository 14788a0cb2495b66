"""Methods: what is trained, what it predicts, how it is saved. One file each; its name is `runs.<run>.method`."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

import torch

from dramatis.core.errors import ParameterError
from dramatis.diffusion.model import Model
from dramatis.train.batches import Batch
from dramatis.train.params import TrainParams

SAVED = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
"""Types of the numbers in checkpoints, by `save_precision`."""


class Method(Protocol):
    """One way of teaching a base model; it holds the model and what is trained in it."""

    model: Model
    params: TrainParams

    def parameters(self) -> dict[str, dict[str, torch.nn.Parameter]]:
        """All that some phase of the run trains, by part and name, in a fixed order, in fp32.

        Parts are those of `learning_rate`, and `text_encoder_2`, to which the rate of `text_encoder` belongs.
        """
        ...

    def captions(self, batch: Batch) -> list[str]:
        """Captions as the model is to read them: textual inversion puts its tokens in place of the trigger words."""
        ...

    def predict(self, noisy: torch.Tensor, t: torch.Tensor, batch: Batch) -> torch.Tensor:
        """What the model predicts of a batch, shape of `noisy`, (B, C, H, W), on its device.

        Nothing is left out by dropout where gradients are off, and the global generators are left as they were.
        """
        ...

    def save(self, folder: Path) -> None:
        """Writes what was learned, in the files that `diffusion.files` names and the precision asked for."""
        ...


def names() -> list[str]:
    """Methods there are."""
    return sorted(file.stem for file in Path(__file__).parent.glob("*.py") if file.stem != "__init__")


def check_method(name: str) -> None:
    """Refuses an unknown method.

    Raises:
        ParameterError: no file has that name.
    """
    if name not in names():
        raise ParameterError(f"method = {name!r}", f"must be one of {', '.join(names())}", "Mend `runs` in params.yaml")


def build_method(name: str, model: Model, params: TrainParams, triggers: dict[str, str]) -> Method:
    """The method `name` around a freshly loaded base, without effect as yet.

    Args:
        name: file in this folder.
        model: the base, of which all parameters are frozen.
        params: of the run with its `phases`; what the method's tensors look like must not differ between them.
        triggers: trigger word of each character of the run, as the captions have it.
    """
    check_method(name)
    return import_module(f"{__name__}.{name}").build(model, params, triggers)


def trained_parts(able: Sequence[str], params: TrainParams) -> list[str]:
    """Those of the parts `able` that some phase of the run trains, in that order.

    Args:
        able: parts that the method can train; `text_encoder_2` goes with `text_encoder`.
        params: of the run with its `phases`.
    """
    asked = [phase.get("parts", params.parts) for phase in params.phases] or [params.parts]
    return [part for part in able if any(parts is None or part.removesuffix("_2") in parts for parts in asked)]


def denoised(
    model: Model, texts: list[str], tokens: int, noisy: torch.Tensor, t: torch.Tensor, batch: Batch
) -> torch.Tensor:
    """What a model predicts of noisy latents (B, C, H, W) under B texts, of which `tokens` are read."""
    return model.denoise(noisy, t, model.encode(texts, tokens), batch.time_ids.to(noisy.device))
