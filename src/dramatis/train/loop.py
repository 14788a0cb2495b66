"""The loop: the same for every method."""

import shutil
from pathlib import Path

import torch
from tqdm import trange

from dramatis.core import seeds
from dramatis.core.errors import InputError
from dramatis.train.batches import Item, batch_of
from dramatis.train.methods import Method
from dramatis.train.objective import losses
from dramatis.train.params import TrainParams
from dramatis.train.schedule import rate
from dramatis.train.schema import checkpoint_name
from dramatis.train.state import restore_state, save_state


def optimizer_of(method: Method, params: TrainParams) -> torch.optim.Optimizer:
    """AdamW with a learning rate for each part."""
    rates = params.learning_rate.model_dump()
    groups = [
        {"params": list(named.values()), "lr": rates[part], "initial_lr": rates[part]}
        for part, named in method.parameters().items()
    ]
    return torch.optim.AdamW(groups, weight_decay=params.optimizer.weight_decay, fused=True)


def rate_at(step: int, params: TrainParams) -> float:
    """Factor on the learning rates in a step [0..1]."""
    return rate(step, params.steps, **params.schedule.model_dump(exclude={"cycle_epochs"}))


def train(method: Method, items: list[Item], params: TrainParams, run: str, scratch: Path) -> list[float]:
    """Trains to the last step and leaves every checkpoint in `scratch`.

    A run that was killed goes on from its last checkpoint with the same bits as if it had never stopped, because
    everything random is drawn from the seed and the step, and the rest is in the state.

    Args:
        method: what learns; fresh.
        items: the training set.
        params: of this run.
        run: its name.
        scratch: folder of this very run, kept over interruptions.

    Returns:
        The loss of each step.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    optimizer = optimizer_of(method, params)
    history = restore_state(scratch, method, optimizer)
    weights = [tensor for named in method.parameters().values() for tensor in named.values()]
    done = len(history)
    for step in trange(done + 1, params.steps + 1, initial=done, total=params.steps, desc=run, unit="step"):
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * rate_at(step, params)
        generator = torch.Generator().manual_seed(seeds.derive(params.seed, run, step, "noise"))
        batch = batch_of(items, params, run, step)
        model = method.model
        with torch.autocast(model.device.type, torch.bfloat16, enabled=params.precision == "bf16"):
            each = losses(method.predict, model.scheduler, batch, params.objective, generator, model.device)
        loss = (each * batch.weights.to(each.device)).sum() / params.batch_size
        if not loss.isfinite():
            raise InputError(
                f"{run}, step {step}", "the loss is no number any more", "Lower `train.learning_rate` in params.yaml"
            )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, params.optimizer.max_grad_norm)
        optimizer.step()
        optimizer.zero_grad()
        history.append(loss.item())
        if step % params.save_every == 0 or step == params.steps:
            folder = scratch / checkpoint_name(step)
            shutil.rmtree(folder, ignore_errors=True)
            method.save(folder)
            save_state(scratch, method, optimizer, history)
    return history
