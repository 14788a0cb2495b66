"""A folder of tensors by what they were made from: nothing in it can be out of date, and damage heals."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from dramatis.core.digests import value_digest
from dramatis.diffusion.weights import write_weights

Tensors = dict[str, torch.Tensor]


def key_of(**made_from: object) -> str:
    """Sha256 of everything that decides a value, by name; of what JSON can hold."""
    return value_digest(made_from)


def digest_of(tensors: Mapping[str, torch.Tensor]) -> str:
    """Sha256 of tensors: names, types, shapes and bytes."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def cached(folder: Path | None, key: str, make: Callable[[], Tensors]) -> Tensors:
    """The value of a key: from the folder where it is whole, else made and put there.

    Args:
        folder: entries `<first two digits>/<key>.safetensors`; None keeps nothing.
        key: from `key_of`.
        make: makes the value; called only if it is needed.

    Returns:
        Tensors on the CPU, to be read only; those from the folder lie in its files until they are used, so that many
        fit into memory.
    """
    if folder is None:
        return make()
    file = folder / key[:2] / f"{key}.safetensors"
    found = _read(file)
    if found is None:
        value = make()
        write_weights(value, file, {"sha256": digest_of(value)})
        found = _read(file)
    return found if found is not None else make()


def _read(file: Path) -> Tensors | None:
    """The tensors of an entry; None if there is none or it is damaged."""
    if not file.is_file():
        return None
    try:
        with safe_open(file, "pt") as stored:
            value = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
            told = (stored.metadata() or {}).get("sha256")
    except (SafetensorError, OSError):
        return None
    return value if told == digest_of(value) else None
