"""Methods: what is trained, its loss, how it is saved. One file each; the file's name is `runs.<run>.method`."""

from importlib import import_module
from pathlib import Path
from typing import Protocol

import torch
from diffusers import StableDiffusionPipeline

from dramatis.core.errors import ParameterError
from dramatis.train.batches import Batch
from dramatis.train.params import TrainParams


class Method(Protocol):
    """One way of teaching a base model; it holds the model and what is trained in it."""

    def parameters(self) -> dict[str, dict[str, torch.nn.Parameter]]:
        """Trained tensors by part (`unet`, `text_encoder`: keys of `learning_rate`) and name, in a fixed order."""
        ...

    def loss(self, batch: Batch, generator: torch.Generator) -> torch.Tensor:
        """Loss of one batch, a scalar; all its noise comes from the generator."""
        ...

    def save(self, folder: Path) -> None:
        """Writes what was learned, so that diffusers can load it."""
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


def build_method(name: str, pipeline: StableDiffusionPipeline, params: TrainParams, clip_skip: int | None) -> Method:
    """The method `name` around a freshly loaded base."""
    check_method(name)
    return import_module(f"{__name__}.{name}").build(pipeline, params, clip_skip)
