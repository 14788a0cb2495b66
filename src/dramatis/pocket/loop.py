"""One training loop for all pocket models: warm-up, cosine decay, averaged weights, exact resume."""

import math
import time
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from tqdm import trange

from dramatis.core.errors import InputError
from dramatis.pocket.params import LoopParams


def rate(step: int, params: LoopParams) -> float:
    """Learning rate of a step (counted from 0): linear rise, then half a cosine down to a hundredth."""
    if step < params.warm_up:
        return params.lr * (step + 1) / params.warm_up
    done = (step - params.warm_up) / max(params.steps - params.warm_up, 1)
    return params.lr * (0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2)


class Training:
    """Weights, their running average, the optimizer and the step: all that a resumed run needs.

    Batches and noise depend on the seed and the step alone, so a resumed run makes the same bits.
    """

    def __init__(self, model: nn.Module, params: LoopParams):
        self.model, self.params, self.step = model, params, 0
        self.weights = dict(model.named_parameters())
        self.average = {name: weight.detach().clone() for name, weight in self.weights.items()}
        self.optimizer = torch.optim.AdamW(self.weights.values(), lr=params.lr, weight_decay=0.01, fused=True)

    def update(self, loss: Tensor) -> float:
        """One optimizer step down the loss; the loss as a number."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.step, self.params)
        loss.backward()
        nn.utils.clip_grad_norm_(self.weights.values(), self.params.max_grad_norm)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        decay = min(self.params.ema, (1 + self.step) / (10 + self.step))  # a young average forgets its random start
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), list(self.weights.values()), 1 - decay)
        return loss.item()

    def save(self, file: Path) -> None:
        """Writes the state; a kill half-way leaves the state before it."""
        tensors = {f"weights.{name}": weight.detach() for name, weight in self.weights.items()}
        tensors |= {f"average.{name}": weight for name, weight in self.average.items()}
        for name, weight in self.weights.items():
            for key, value in self.optimizer.state[weight].items():
                tensors[f"{key}.{name}"] = value
        file.parent.mkdir(parents=True, exist_ok=True)
        scratch = file.with_suffix(".part")
        save_file(tensors | {"at": torch.tensor(self.step)}, scratch)
        scratch.replace(file)

    def load(self, file: Path) -> None:
        """Goes on from a state that `save` wrote.

        Raises:
            InputError: the state is of a model of another shape.
        """
        tensors = load_file(file)
        shapes = {name: weight.shape for name, weight in self.weights.items()}
        held = {
            name.removeprefix("weights."): weight.shape
            for name, weight in tensors.items()
            if name.startswith("weights.")
        }
        if shapes != held:
            raise InputError(str(file), "it is the state of another model", f"Remove {file.parent} to start afresh")
        self.step = int(tensors["at"])
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(tensors[f"weights.{name}"])
                self.average[name].copy_(tensors[f"average.{name}"])
                keys = ("step", "exp_avg", "exp_avg_sq")
                self.optimizer.state[weight] = {key: tensors[f"{key}.{name}"].clone() for key in keys}

    def use_average(self) -> dict[str, Tensor]:
        """Puts the averaged weights into the model and gives back the others, for `restore`."""
        kept = {name: weight.detach().clone() for name, weight in self.weights.items()}
        self.restore(self.average)
        return kept

    def restore(self, weights: dict[str, Tensor]) -> None:
        """Puts these weights into the model."""
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(weights[name])


def train(
    training: Training,
    loss: Callable[[int], Tensor],
    state: Path,
    export: Callable[[], None],
    export_every: int = 1,
) -> None:
    """Trains to the last step, from the checkpoint in `state` if there is one.

    Args:
        training: the model and its optimizer.
        loss: loss of a step (counted from 0), made from the seed and the step alone.
        state: folder of `state.safetensors` and `log.csv` (step, mean loss since the last line, seconds a step).
        export: writes the model, called with the averaged weights in it.
        export_every: checkpoints between two exports. The last step always exports, also if nothing is left to train.
    """
    params, file = training.params, state / "state.safetensors"
    if file.is_file():
        training.load(file)
    losses, began = [], time.monotonic()
    progress = trange(training.step, params.steps, initial=training.step, total=params.steps, desc="train", unit="step")
    for step in progress:
        losses.append(training.update(loss(step)))
        if training.step % params.checkpoint_every and training.step < params.steps:
            continue
        training.save(file)
        mean, pace = sum(losses) / len(losses), (time.monotonic() - began) / len(losses)
        with (state / "log.csv").open("a") as log:
            log.write(f"{training.step},{mean:.5f},{pace:.4f}\n")
        if training.step < params.steps and training.step // params.checkpoint_every % export_every == 0:
            _export(training, export)
        losses, began = [], time.monotonic()
    _export(training, export)


def _export(training: Training, export: Callable[[], None]) -> None:
    kept = training.use_average()
    export()
    training.restore(kept)
