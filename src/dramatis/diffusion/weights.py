"""Weights as safetensors with one spelling: the same tensors give the same bytes."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path

import torch

TYPES = {
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.uint8: "U8",
}


def write_weights(tensors: Mapping[str, torch.Tensor], file: Path, metadata: Mapping[str, str] | None = None) -> None:
    """Writes tensors in the safetensors format, header sorted, mode 644.

    The library's own writer puts metadata in random order and makes the file private, which DVC would see as a change
    (safetensors issue 584).

    Raises:
        KeyError: a tensor has a type that the format's table here does not name.
    """
    names = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))  # large types first stay aligned
    header: dict[str, object] = {"__metadata__": dict(sorted({"format": "pt", **(metadata or {})}.items()))}
    blocks, end = [], 0
    for name in names:
        tensor = tensors[name].detach().cpu().contiguous()
        blocks.append(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
        start, end = end, end + len(blocks[-1])
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blocks))
    file.chmod(0o644)
