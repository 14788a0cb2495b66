"""The loop: the same for every method, in phases, and exact over interruptions."""

import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

import torch
from tqdm import tqdm

from dramatis.core import seeds
from dramatis.core.errors import InputError
from dramatis.train.batches import Item, batch_of
from dramatis.train.ema import Ema
from dramatis.train.legs import Leg, starts_of
from dramatis.train.methods import Method
from dramatis.train.objective import losses
from dramatis.train.optimizer import (
    AUTOCAST,
    buffers_of,
    learning_parts,
    let_learn,
    optimizer_of,
    scaler_of,
    set_rates,
    still_learning,
)
from dramatis.train.params import TrainParams
from dramatis.train.plan import Step
from dramatis.train.schema import checkpoint_name
from dramatis.train.state import (
    STATE,
    History,
    Learning,
    Saved,
    clear_parts,
    load_tensors,
    named_weights,
    put_back,
    save_checkpoint,
    save_state,
    save_tensors,
)

STATE_EVERY_S = 600.0
"""The state is also written between checkpoints, when so much time has passed [s]. It changes no result."""

Measure = Callable[[TrainParams], dict[str, float]]
"""Validation loss by subject, as the parameters of a phase say."""


def train(
    method: Method,
    legs: Sequence[Leg],
    run: str,
    scratch: Path,
    items_of: Callable[[Leg], Sequence[Item]],
    measure: Measure | None = None,
) -> History:
    """Trains to the last step and leaves every checkpoint in `scratch`.

    A run that was killed goes on from its last state with the same bits as if it had never stopped, because everything
    random is drawn from the seed and the step, and the rest is in the state.

    Args:
        method: what learns; fresh. Its `params` are those of the phase.
        legs: phases of the run.
        run: its name.
        scratch: folder of this very run, kept over interruptions.
        items_of: training set of a leg, one item for each row of its plan.
        measure: asked every `validation.every` steps of a phase; must leave the model and all generators as they were.

    Returns:
        Loss of each step, and what was measured.
    """
    clear_parts(scratch)
    weights = named_weights(method.parameters())
    starts = {step for leg in legs for step in starts_of(leg, legs, list(method.parameters())).values()}
    if 0 in starts and not _start_file(scratch, 0).is_file():
        save_tensors(_start_file(scratch, 0), {name: tensor.data for name, tensor in weights.items()})
    saved = Saved(scratch) if (scratch / STATE).is_file() else None
    history = saved.history if saved else History()
    if saved:
        saved.restore_weights(weights)
    done = len(history.losses)
    devices = [method.model.device] if method.model.device.type == "cuda" else []
    bar = tqdm(desc=run, unit="step", initial=done, total=legs[-1].last)
    with bar, torch.random.fork_rng(devices):
        for leg in legs:
            if done >= leg.last:
                continue
            if done == leg.first:
                _begin(method, leg, legs, scratch)
            course = Course(method, leg, run, scratch, starts, history)
            if saved and done > leg.first:
                saved.restore_learning(course.learning)
            course.go(items_of(leg), measure, bar)
            done = leg.last
    return history


def _begin(method: Method, leg: Leg, legs: Sequence[Leg], scratch: Path) -> None:
    """Puts each part where its phase begins."""
    parameters = method.parameters()
    for part, step in starts_of(leg, legs, list(parameters)).items():
        file = _start_file(scratch, step)
        put_back(named_weights({part: parameters[part]}), load_tensors(file)[0], "", file)


def _start_file(scratch: Path, step: int) -> Path:
    """Weights after a step with which a later phase begins."""
    return scratch / f"start-{step:06d}.safetensors"


class Course:
    """One phase while it runs."""

    def __init__(self, method: Method, leg: Leg, run: str, scratch: Path, starts: set[int], history: History):
        self.method, self.leg, self.run, self.scratch = method, leg, run, scratch
        self.starts, self.history = starts, history
        self.params = method.params = leg.phase.params
        self.parameters = method.parameters()
        self.weights = named_weights(self.parameters)
        self.parts = learning_parts(self.parameters, self.params)
        trained = named_weights({part: self.parameters[part] for part in self.parts})
        self.ema = Ema(list(trained.values()), self.params.ema) if self.params.ema else None
        means = dict(zip(trained, self.ema.means, strict=True)) if self.ema else {}
        let_learn(self.parameters, self.parts)
        buffers = buffers_of(self.parameters, self.params)
        self.learning = Learning(optimizer_of(buffers, self.params), buffers, means, scaler_of(self.params))
        self.learners = [tensor for some in buffers.values() for tensor in some]
        self.lasting = any(tensor.grad is not None for tensor in self.learners)  # gradients that are views of a buffer

    def go(self, items: Sequence[Item], measure: Measure | None, bar: "tqdm[NoReturn]") -> None:
        """Takes all steps of the phase that the history lacks."""
        saves, written = set(self.leg.saves), time.monotonic()
        steps = self.leg.plan.stream(len(self.history.losses) - self.leg.first)
        freeze = (self.params.text_encoder_steps or self.leg.steps) + 1
        for number in range(len(self.history.losses) + 1, self.leg.last + 1):
            own = number - self.leg.first
            if own >= freeze:
                let_learn(self.parameters, still_learning(self.parts, self.params, own), self.learning.buffers)
                freeze = self.leg.steps + 1
            self.history.losses.append(self.step(items, number, next(steps)))
            bar.update()
            if self.ema:
                self.ema.update(own)
            every = self.params.validation.every
            asked = measure if measure and every and (own % every == 0 or number == self.leg.last) else None
            self.keep(number, number in saves, asked)
            if number in saves or time.monotonic() - written >= STATE_EVERY_S:
                ended = number == self.leg.last
                save_state(self.scratch, self.weights, None if ended else self.learning, self.history)
                written = time.monotonic()

    def step(self, items: Sequence[Item], number: int, step: Step) -> float:
        """One optimizer step; gives its loss."""
        params, model = self.params, self.method.model
        optimizer, scaler = self.learning.optimizer, self.learning.scaler
        set_rates(optimizer, self.leg.rate(number))
        torch.manual_seed(seeds.derive(params.seed, self.run, number, "dropout"))
        total = 0.0
        for place, draws in enumerate(step.batches):
            batch = batch_of(items, params, self.leg.plan, step.epoch, draws)
            generator = torch.Generator().manual_seed(seeds.derive(params.seed, self.run, number, place, "noise"))
            with self.forward():
                each = losses(self.method.predict, model.scheduler, batch, params.objective, generator, model.device)
            loss = (each * batch.weights.to(each.device)).sum() / (params.batch_size * params.accumulation)
            total += loss.item()
            if not math.isfinite(total):
                self.stop(number)
            scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        norm = torch.nn.utils.clip_grad_norm_(self.learners, params.optimizer.max_grad_norm)
        if not (scaler.is_enabled() or norm.isfinite()):  # the scaler leaves out such a step by itself
            self.stop(number)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad(set_to_none=not self.lasting)
        return total

    def forward(self) -> torch.autocast | nullcontext[None]:
        """Where the forward pass runs in half precision, if it does."""
        kind = AUTOCAST.get(self.params.precision)
        return torch.autocast(self.method.model.device.type, kind) if kind else nullcontext()

    def keep(self, number: int, save: bool, measure: Measure | None) -> None:
        """What a step leaves behind, of the running mean where there is one; a phase that ends goes over to it."""
        if self.ema and number == self.leg.last:
            self.ema.settle()
        if not (save or measure or number in self.starts):
            return
        with self.ema.in_place() if self.ema and number < self.leg.last else nullcontext():
            if save:
                save_checkpoint(self.scratch / checkpoint_name(number), self.method.save)
            if number in self.starts:
                save_tensors(_start_file(self.scratch, number), self.weights)
            if measure:
                self.history.validation += [(number, name, loss) for name, loss in sorted(measure(self.params).items())]

    def stop(self, number: int) -> None:
        """Ends a run whose loss is no number, before it spoils the weights.

        Raises:
            InputError: always.
        """
        there = sorted(folder.name for folder in self.scratch.glob("step-*"))
        kept = f"checkpoints until {there[-1]} are in {self.scratch}" if there else "there is no checkpoint yet"
        raise InputError(
            f"{self.run}, phase {self.leg.phase.name}, step {number}",
            f"the loss or its gradient is no number any more; {kept}",
            f"Lower `learning_rate` in params.yaml, save elsewhere what you want to keep, and delete {self.scratch}",
        )
