"""Loss on held-out pictures: at fixed noise and fixed timesteps, so that it falls and rises with the model alone."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch

from dramatis.core import seeds
from dramatis.core.splits import read_split
from dramatis.diffusion.model import Model
from dramatis.train.batches import Batch, Item
from dramatis.train.data import items_of
from dramatis.train.methods import Method
from dramatis.train.objective import errors
from dramatis.train.params import TrainParams
from dramatis.train.rows import COLUMNS

PRIOR = "regularization"
"""Name of the class pictures among the characters."""
AUTOCAST = {"bf16": torch.bfloat16, "fp16": torch.float16}


def spread(ids: Sequence[str], count: int) -> list[str]:
    """At most `count` ids, evenly over their order, the first always among them."""
    if len(ids) <= count:
        return list(ids)
    return [ids[i * len(ids) // count] for i in range(count)]


def validation_items(
    model: Model, dataset: Path, characters: Sequence[str], pictures: int, cache: Path | None = None
) -> dict[str, list[Item]]:
    """Held-out pictures of each character, and class pictures as `regularization`; who has none is not among them.

    Args:
        model: the base.
        dataset: folder of stage `dataset`.
        characters: of the run.
        pictures: of each, at most; spread evenly over their ids.
        cache: as for `items_of`.
    """
    columns = [*COLUMNS, "bucket"]
    rows = read_split(dataset, "characters", "validation", columns, [("character", "in", list(characters))])
    named = [(row["character"], row | {"config": "characters", "per_epoch": 1.0}) for row in rows]
    rows = read_split(dataset, PRIOR, "validation", columns)
    named += [(PRIOR, row | {"config": PRIOR, "per_epoch": 1.0}) for row in rows]
    ids: dict[str, list[str]] = {}
    for name, row in named:
        ids.setdefault(name, []).append(row["id"])
    chosen = {name: set(spread(sorted(found), pictures)) for name, found in ids.items()}
    kept = [(name, row) for name, row in named if row["id"] in chosen[name]]
    kept.sort(key=lambda pair: (pair[0], pair[1]["id"]))
    items = items_of(model, [row for _, row in kept], dataset, 1.0, cache, "validation")
    found: dict[str, list[Item]] = {}
    for (name, _), item in zip(kept, items, strict=True):
        found.setdefault(name, []).append(item)
    return found


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
