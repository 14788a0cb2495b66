"""Loss on held-out pictures: at fixed noise and fixed timesteps, so that it falls and rises with the model alone."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import torch

from dramatis.core import seeds
from dramatis.core.splits import read_split
from dramatis.diffusion.model import Model
from dramatis.train.batches import Batch, Item
from dramatis.train.data import items_of
from dramatis.train.methods import Method
from dramatis.train.objective import errors
from dramatis.train.params import TrainParams
from dramatis.train.rows import COLUMNS, PRIOR, Row, counts

T = TypeVar("T")
AUTOCAST = {"bf16": torch.bfloat16, "fp16": torch.float16}


def spread(rows: Sequence[T], count: int) -> list[T]:
    """At most `count` rows, evenly over their order, the first always among them."""
    if len(rows) <= count:
        return list(rows)
    return [rows[i * len(rows) // count] for i in range(count)]


def held_out(
    dataset: Path, characters: Sequence[str], method: str, kinds: Sequence[str] | None = None
) -> dict[str, list[Row]]:
    """Held-out rows by what they show: a character, or class pictures (`regularization`); who has none is not there.

    Of a run without characters `scenes` that name nobody; of `controlnet` pictures with control images, and no others.

    Args:
        dataset: folder of stage `dataset`.
        characters: of the run.
        method: of the run.
        kinds: of control images; None is all.
    """
    learned = "control" if method == "controlnet" else "characters" if characters else "scenes"
    found: dict[str, list[Row]] = {}
    for config in (learned,) if learned == "control" else (learned, PRIOR):
        for row in read_split(dataset, config, "validation", [*COLUMNS, "bucket"]):
            if counts(row, config, set(characters), kinds):
                found.setdefault(row["character"] or config, []).append(row | {"config": config, "per_epoch": 1.0})
    return found


def validation_items(
    model: Model, dataset: Path, held: Mapping[str, Sequence[Row]], pictures: int, cache: Path | None = None
) -> dict[str, list[Item]]:
    """Held-out pictures of each subject.

    Args:
        model: the base.
        dataset: folder of stage `dataset`.
        held: from `held_out`.
        pictures: of each, at most; spread evenly over their ids.
        cache: as for `items_of`.
    """
    chosen = {name: spread(sorted(rows, key=lambda row: row["id"]), pictures) for name, rows in sorted(held.items())}
    rows = [row for some in chosen.values() for row in some]
    items = iter(items_of(model, rows, dataset, 1.0, cache, "validation"))
    return {name: [next(items) for _ in some] for name, some in chosen.items()}


def validation_loss(
    method: Method, items: Mapping[str, Sequence[Item]], params: TrainParams, seed: int
) -> dict[str, float]:
    """Mean squared error of each character's held-out pictures, whatever loss is trained with.

    The noise of a picture depends on the seed, its character and its place alone; captions are whole. Training goes on
    afterwards with the same bits as without: no generator and no module is left in another state.

    Args:
        method: what learns.
        items: from `validation_items`.
        params: of the run; `validation.timesteps` and `precision` are read.
        seed: of the noise.

    Returns:
        By character. Comparable between steps, and between runs of one base; not between bases.
    """
    model = method.model
    last = model.scheduler.config.num_train_timesteps - 1
    t = torch.tensor([round(share * last) for share in params.validation.timesteps])
    kind = AUTOCAST.get(params.precision)
    found = {}
    with at_rest(model), torch.no_grad(), torch.autocast(model.device.type, kind or torch.bfloat16, enabled=bool(kind)):
        for name in sorted(items):
            each = [
                _error(method, item, t, seeds.derive(seed, "validation", name, i)) for i, item in enumerate(items[name])
            ]
            found[name] = float(torch.stack(each).mean())
    return found


def _error(method: Method, item: Item, t: torch.Tensor, seed: int) -> torch.Tensor:
    """Mean error of one picture over the timesteps, a scalar on the CPU."""
    model, count = method.model, len(t)
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(count, *item.mean.shape, generator=generator).to(model.device)
    batch = Batch(
        mean=item.mean.expand(count, -1, -1, -1),
        std=item.std.expand(count, -1, -1, -1),
        captions=[item.caption] * count,
        weights=torch.ones(count),
        maps=torch.ones(1, 1, 1).expand(count, *item.mean.shape[1:]),
        time_ids=item.time_ids.expand(count, -1),
        control=None if item.control is None else item.control.expand(count, -1, -1, -1),
    )
    error = errors(method.predict, model.scheduler, batch, batch.mean.to(model.device), noise, t.to(model.device))
    return error.mean().cpu()


@contextmanager
def at_rest(model: Model) -> Iterator[None]:
    """Evaluation mode for all that a model holds, and generators as they were when it ends."""
    modules = [module for whole in model.parts().values() for module in whole.modules()]
    modes = [module.training for module in modules]
    devices = [model.device] if model.device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        for module in modules:
            module.training = False
        try:
            yield
        finally:
            for module, mode in zip(modules, modes, strict=True):
                module.training = mode
