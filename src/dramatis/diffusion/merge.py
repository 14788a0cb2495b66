"""Merges checkpoints: adapters, whole weights, vectors; and fuses them into a base."""

import shutil
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from dramatis.core.errors import InputError, MissingError
from dramatis.diffusion.adapter import Adapter, kind_of, rank_of
from dramatis.diffusion.apply import apply
from dramatis.diffusion.files import ADAPTER, CONTROLNET, EMBEDDING, PARTS
from dramatis.diffusion.formats.adapters import read_adapter
from dramatis.diffusion.formats.embedding import read_embeddings, stored
from dramatis.diffusion.formats.kohya import write
from dramatis.diffusion.formats.ldm import SDXL, Layout
from dramatis.diffusion.formats.peft import plain
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import read_weights, write_weights

TEXT = ("text_encoder", "text_encoder_2")
REMEDY = "Merge checkpoints of one method, or fuse them into a base with --onto"


class Source(NamedTuple):
    """A checkpoint and how much of it is taken."""

    checkpoint: Path
    ratio: float
    parts: frozenset[str] = frozenset({"unet", *TEXT})
    """What of it is taken."""


def concatenated(adapters: Sequence[tuple[Adapter, float]]) -> Adapter:
    """The weighted sum of LoRAs as one, exact but for rounding: its rank is the sum of their ranks.

    Raises:
        ValueError: a layer holds something else than LoRA, or a DoRA, of which there are no sums.
    """
    layers = {}
    for place in sorted({place for adapter, _ in adapters for place in adapter.layers}):
        halves = []
        for adapter, ratio in adapters:
            update = adapter.layers.get(place)
            if update is None:
                continue
            if kind_of(update) != "lora" or "dora_scale" in update:
                kind = "DoRA" if "dora_scale" in update else kind_of(update)
                raise ValueError(f"{place.part} {place.module} holds {kind}, and only plain LoRAs add up to a LoRA")
            down, up = plain(update)
            halves.append((down.float(), up.float() * ratio))
        down = torch.cat([down for down, _ in halves])
        layers[place] = _update(down, torch.cat([up for _, up in halves], 1))
    return Adapter(layers, {})


def reduced(adapter: Adapter, rank: int) -> Adapter:
    """The nearest LoRA of a rank, by singular values (Eckart, Young 1936); alpha is the rank, so strength is 1.

    Args:
        adapter: plain LoRA, such as `concatenated` gives.
        rank: of every layer, at most; layers of a lower one stay as they are.
    """
    layers = {}
    for place, update in adapter.layers.items():
        if rank_of(update) <= rank:
            layers[place] = dict(update)
            continue
        down, up = plain(update)
        left, middle = torch.linalg.qr(up.double().flatten(1))
        right, other = torch.linalg.qr(down.double().flatten(1).T)
        u, values, v = torch.linalg.svd(middle @ other.T)
        kept = min(rank, len(values))
        roots = values[:kept].sqrt()
        new_up = (left @ u[:, :kept]) * roots
        new_down = roots[:, None] * (v[:kept] @ right.T)
        layers[place] = _update(
            new_down.float().reshape(kept, *down.shape[1:]), new_up.float().reshape(up.shape[0], kept, *up.shape[2:])
        )
    return Adapter(layers, adapter.metadata)


def _update(down: Tensor, up: Tensor) -> dict[str, Tensor]:
    return {
        "lora_down.weight": down.contiguous(),
        "lora_up.weight": up.contiguous(),
        "alpha": torch.tensor(float(down.shape[0])),
    }


def only(adapter: Adapter, parts: frozenset[str]) -> Adapter:
    """The layers of some parts."""
    return Adapter({place: one for place, one in adapter.layers.items() if place.part in parts}, adapter.metadata)


def mean(tensors: Sequence[tuple[dict[str, Tensor], float]]) -> dict[str, Tensor]:
    """The weighted mean of tensors of the same names; one that is only in some is the mean of those.

    Raises:
        ValueError: shapes differ, or the ratios add up to nothing.
    """
    result = {}
    for name in sorted({name for some, _ in tensors for name in some}):
        mine = [(some[name], ratio) for some, ratio in tensors if name in some]
        total = sum(ratio for _, ratio in mine)
        if total == 0 or len({one.shape for one, _ in mine}) > 1:
            raise ValueError(f"{name} has several shapes, or ratios that add up to 0")
        if len(mine) == 1 or not mine[0][0].is_floating_point():
            result[name] = mine[0][0]
        else:
            parts = (one.double() * (ratio / total) for one, ratio in mine)
            result[name] = sum(parts, torch.zeros((), dtype=torch.float64)).to(mine[0][0].dtype)
    return result


def merge(sources: Sequence[Source], out: Path, family: str, rank: int | None = None, layout: Layout = SDXL) -> str:
    """Writes a checkpoint that is the weighted sum (LoRA) or the weighted mean (weights, vectors) of others.

    Args:
        sources: checkpoint folders or adapter files, of one method.
        out: folder to write into, such as `models/<run>/step-000001`.
        family: sd or sdxl.
        rank: of the LoRA, by singular values; None keeps the sum exact, whose rank is the sum of the ranks.
        layout: of the UNet, for names of the original one.

    Returns:
        What was done, in a few words.

    Raises:
        InputError: these cannot be merged; or the checkpoints hold nothing that can.
    """
    done = []
    for merger in (_merge_adapters, _merge_parts, _merge_embeddings, _merge_controlnets):
        said = merger(sources, out, family, rank, layout)
        if said:
            done.append(said)
    if not done:
        raise MissingError(str(sources[0].checkpoint), "nothing here that can be merged", REMEDY)
    return ", ".join(done)


def _inside(sources: Sequence[Source], name: str) -> list[tuple[Path, Source]]:
    """The files of a name in the sources that have one; all have it or none, but for parts that are not taken."""
    return [(source.checkpoint / name, source) for source in sources if (source.checkpoint / name).is_file()]


def _merge_adapters(sources: Sequence[Source], out: Path, family: str, rank: int | None, layout: Layout) -> str:
    files = [(s.checkpoint, s) for s in sources if s.checkpoint.is_file()] + _inside(sources, ADAPTER)
    if not files:
        return ""
    _all(files, sources)
    adapters = [(only(read_adapter(file, layout), source.parts), source.ratio) for file, source in files]
    try:
        merged = concatenated(adapters)
    except ValueError as error:
        raise InputError(str(files[0][0]), str(error), REMEDY) from error
    said = f"sum of {len(files)} LoRAs, exact"
    if rank is not None:
        merged = reduced(merged, rank)
        said = f"sum of {len(files)} LoRAs, nearest of rank {rank}"
    write_weights(write(merged, family), out / ADAPTER)
    return said


def _merge_parts(sources: Sequence[Source], out: Path, family: str, rank: int | None, layout: Layout) -> str:
    done = []
    for part, name in PARTS.items():
        files = [(file, source) for file, source in _inside(sources, name) if part in source.parts]
        if files:
            _all(files, [source for source in sources if part in source.parts])
            write_weights(
                _mean([(read_weights(file), source.ratio) for file, source in files], files[0][0]), out / name
            )
            done.append(f"mean of {len(files)} {part}s")
    return ", ".join(done)


def _merge_embeddings(sources: Sequence[Source], out: Path, family: str, rank: int | None, layout: Layout) -> str:
    files = _inside(sources, EMBEDDING)
    if not files:
        return ""
    write_weights(
        _mean([(stored(read_embeddings(file)), source.ratio) for file, source in files], files[0][0]), out / EMBEDDING
    )
    return f"mean of {len(files)} embeddings"


def _merge_controlnets(sources: Sequence[Source], out: Path, family: str, rank: int | None, layout: Layout) -> str:
    name = f"{CONTROLNET}/diffusion_pytorch_model.safetensors"
    files = _inside(sources, name)
    if not files:
        return ""
    _all(files, sources)
    write_weights(_mean([(read_weights(file), source.ratio) for file, source in files], files[0][0]), out / name)
    shutil.copyfile(files[0][0].parent / "config.json", out / CONTROLNET / "config.json")
    return f"mean of {len(files)} ControlNets"


def _mean(tensors: list[tuple[dict[str, Tensor], float]], place: Path) -> dict[str, Tensor]:
    try:
        return mean(tensors)
    except ValueError as error:
        raise InputError(str(place), str(error), REMEDY) from error


def _all(files: Sequence[tuple[Path, Source]], sources: Sequence[Source]) -> None:
    """Refuses a mix of methods: weights of one, and an adapter of the other."""
    if len(files) < len(sources):
        have = {source.checkpoint for _, source in files}
        without = next(source.checkpoint for source in sources if source.checkpoint not in have)
        raise InputError(str(without), f"it has no {files[0][0].name}, as {files[0][0].parent} has", REMEDY)


@torch.no_grad()
def fuse(model: Model, sources: Sequence[Source]) -> None:
    """Puts the weighted sum of what checkpoints have learned into a model: base + Σ ratio · (trained - base).

    Args:
        model: the base, or another checkpoint of its family; it changes for good.
        sources: of any methods.

    Raises:
        InputError: a checkpoint does not fit.
    """
    if len(sources) == 1 and len(sources[0].parts) == 1 + len(TEXT):
        apply(model, sources[0].checkpoint, sources[0].ratio)
        return
    base = _copy(model)
    total: dict[tuple[str, str], Tensor] = {}
    for source in sources:
        apply(model, source.checkpoint, source.ratio)
        for key, tensor in _tensors(model).items():
            before = base.get(key)
            if before is None or before.shape != tensor.shape or torch.equal(before, tensor):
                continue
            if key[0] in source.parts:
                change = tensor.float() - before.float()
                total[key] = total[key] + change if key in total else change
            tensor.copy_(before)
    for key, tensor in _tensors(model).items():
        if key in total:
            tensor.copy_(base[key].float() + total[key])


def _tensors(model: Model) -> dict[tuple[str, str], Tensor]:
    return {
        (part, name): tensor
        for part, module in model.parts().items()
        for name, tensor in module.state_dict().items()
        if tensor.is_floating_point()
    }


def _copy(model: Model) -> dict[tuple[str, str], Tensor]:
    return {key: tensor.clone() for key, tensor in _tensors(model).items()}


def golden_section(count: int, low: float = 0.0, high: float = 1.0) -> Generator[float, float, None]:
    """Ratios to try for the highest of a curve with one hill, each after the value of the last is sent.

    Args:
        count: how many are tried, at least 2.
        low, high: ends of the search.

    Yields:
        A ratio in [low, high]; `send` its value (Kiefer 1953).
    """
    share = (5**0.5 - 1) / 2
    left, right = high - share * (high - low), low + share * (high - low)
    at_left = yield left
    at_right = yield right
    for _ in range(count - 2):
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - share * (high - low)
            at_left = yield left
        else:
            low, left, at_left = left, right, at_right
            right = low + share * (high - low)
            at_right = yield right
