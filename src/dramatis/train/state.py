"""The exact state of an interrupted run, in a scratch folder named after everything that decides the result."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from dramatis.diffusion.weights import write_weights
from dramatis.train.methods import Method

STATE = "state.safetensors"


def fingerprint(*parts: Any) -> str:
    """Sixteen hex digits that change when any of the parts (JSON values) does."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def file_digest(file: Path) -> str:
    """Sha256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def save_state(folder: Path, method: Method, optimizer: torch.optim.Optimizer, losses: list[float]) -> None:
    """Writes weights, moments and losses so that a kill at any moment leaves the old state or the new one."""
    tensors = {"losses": torch.tensor(losses, dtype=torch.float32)}
    for part, named in method.parameters().items():
        for name, tensor in named.items():
            tensors[f"weight/{part}/{name}"] = tensor.data
            for key, value in optimizer.state[tensor].items():
                tensors[f"{key}/{part}/{name}"] = value
    scratch = folder / f"{STATE}.part"
    write_weights(tensors, scratch)
    os.replace(scratch, folder / STATE)


def restore_state(folder: Path, method: Method, optimizer: torch.optim.Optimizer) -> list[float]:
    """Puts a saved state back; gives the losses of the steps it has behind it, or none if there is no state."""
    if not (folder / STATE).is_file():
        return []
    tensors = load_file(folder / STATE)
    for part, named in method.parameters().items():
        for name, tensor in named.items():
            tensor.data.copy_(tensors[f"weight/{part}/{name}"])
            moments = {key.split("/")[0]: value for key, value in tensors.items() if key.endswith(f"/{part}/{name}")}
            del moments["weight"]
            optimizer.state[tensor] = {
                key: value if key == "step" and tensor.device.type == "cpu" else value.to(tensor.device)
                for key, value in moments.items()
            }
    return tensors["losses"].tolist()
