"""Methods: what is trained, what it predicts, how it is saved. One file each; its name is `runs.<run>.method`."""

from importlib import import_module
from pathlib import Path
from typing import Protocol

import torch

from dramatis.core.errors import ParameterError
from dramatis.diffusion.model import Model
from dramatis.train.batches import Batch
from dramatis.train.params import TrainParams


class Method(Protocol):
    """One way of teaching a base model; it holds the model and what is trained in it."""

    model: Model

    def parameters(self) -> dict[str, dict[str, torch.nn.Parameter]]:
        """All that the method can train, by part (keys of `learning_rate`) and name, in a fixed order, in fp32."""
        ...

    def captions(self, batch: Batch) -> list[str]:
        """Captions as the model is to read them: textual inversion puts its tokens in place of the trigger words."""
        ...

    def predict(self, noisy: torch.Tensor, t: torch.Tensor, batch: Batch) -> torch.Tensor:
        """What the model predicts of a batch, shape of `noisy`, (B, C, H, W), on its device."""
        ...

    def save(self, folder: Path) -> None:
        """Writes what was learned, in the files that `train.schema` names."""
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
    """The method `name` around a freshly loaded base.

    Args:
        name: file in this folder.
        model: the base.
        params: of the run; what the method's tensors look like must not differ between phases.
        triggers: trigger word of each character of the run.
    """
    check_method(name)
    return import_module(f"{__name__}.{name}").build(model, params, triggers)
