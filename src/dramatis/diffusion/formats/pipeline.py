"""A whole pipeline as a diffusers folder, in the layout that old and new versions of the libraries read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import DiffusionPipeline

from dramatis.core.tables import whole_folder
from dramatis.diffusion.keys import text_module
from dramatis.diffusion.weights import read_keys, read_weights, write_weights

VERSION = "0.32.0"
"""Version that the folder claims: what is in it is no newer."""
PRECISIONS = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
HOST = ("_name_or_path", "_commit_hash")
"""Keys of configurations that tell of a place, not of the model."""


def write_pipeline(pipeline: DiffusionPipeline, out: Path, precision: str = "fp32") -> None:
    """Writes a pipeline of SD or SDXL so that the same weights give the same bytes.

    Text encoders get `text_model.` in their names, and tokenizers vocab.json and merges.txt: transformers 5 writes
    neither for models that were built with it, and version 4 then takes an untrained encoder without an error.

    Args:
        pipeline: whole, on any device.
        out: folder; it appears when all of it is written.
        precision: fp32, fp16 or bf16, of the stored numbers.
    """
    index = {name: value for name, value in pipeline.config.items() if not name.startswith("_")}
    with whole_folder(out) as folder:
        for name, part in pipeline.components.items():
            index[name] = [None, None] if part is None else [_library(part), type(part).__name__]
            if part is None:
                continue
            if name.startswith("text_encoder"):
                _write_text_encoder(part, folder / name, precision)
            elif name.startswith("tokenizer"):
                _write_tokenizer(part, folder / name)
            elif isinstance(part, torch.nn.Module):
                _write_json(_config(part), folder / name / "config.json")
                file = folder / name / "diffusion_pytorch_model.safetensors"
                write_weights(stored(part.state_dict(), precision), file)
            elif hasattr(part, "order"):
                _write_json(_config(part), folder / name / "scheduler_config.json")
            else:
                part.save_pretrained(folder / name)
        head = {"_class_name": type(pipeline).__name__, "_diffusers_version": VERSION}
        _write_json(head | dict(sorted(index.items())), folder / "model_index.json")


def stored(tensors: Mapping[str, torch.Tensor], precision: str) -> dict[str, torch.Tensor]:
    """Tensors as they are stored: floating numbers in the precision that is asked for."""
    kind = PRECISIONS[precision]
    return {name: one.detach().to(kind) if one.is_floating_point() else one for name, one in tensors.items()}


def text_weights(encoder: torch.nn.Module, part: str = "text_encoder") -> dict[str, torch.Tensor]:
    """Weights of a text encoder by the names that every version reads."""
    return {
        text_module(part, name): tensor
        for name, tensor in encoder.state_dict().items()
        if not name.endswith("position_ids")
    }


def _library(part: Any) -> str:
    return type(part).__module__.split(".")[0]


def _config(part: Any) -> dict[str, Any]:
    return {key: value for key, value in json.loads(part.to_json_string()).items() if key not in HOST}


def _write_text_encoder(encoder: Any, folder: Path, precision: str) -> None:
    config = json.loads(encoder.config.to_json_string())
    config = {key: value for key, value in config.items() if key not in HOST and key not in ("dtype", "torch_dtype")}
    numbers = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}[precision]
    config |= {"architectures": [type(encoder).__name__], "torch_dtype": numbers}
    _write_json(dict(sorted(config.items())), folder / "config.json")
    write_weights(stored(text_weights(encoder), precision), folder / "model.safetensors")


def _write_tokenizer(tokenizer: Any, folder: Path) -> None:
    """vocab.json, merges.txt and the rest as transformers 4 has them; new words go to added_tokens.json."""
    model = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    vocabulary = dict(sorted(model["vocab"].items(), key=lambda item: item[1]))
    added = {word: number for word, number in tokenizer.get_added_vocab().items() if word not in vocabulary}
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    special = {name: str(getattr(tokenizer, name)) for name in ("bos_token", "eos_token", "unk_token", "pad_token")}
    config = special | {
        "model_max_length": tokenizer.model_max_length,
        "tokenizer_class": "CLIPTokenizer",
        "do_lower_case": True,
        "errors": "replace",
        "add_prefix_space": False,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n", encoding="utf-8")
    _write_json(special, folder / "special_tokens_map.json")
    _write_json(config, folder / "tokenizer_config.json")
    if added:
        _write_json(dict(sorted(added.items(), key=lambda item: item[1])), folder / "added_tokens.json")


def _write_json(value: Any, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def precision_of(source: Path) -> str:
    """In which precision a pipeline folder holds its UNet, or a file its weights: fp32, fp16 or bf16.

    Raises:
        MissingError: there is no such file.
        InputError: it is no safetensors file.
    """
    file = next(iter(sorted((source / "unet").glob("*.safetensors"))), None) if source.is_dir() else source
    if file is None:
        return "fp32"
    read_keys(file)
    kinds = {tensor.dtype for name, tensor in read_weights(file).items() if tensor.is_floating_point()}
    return next((name for name, kind in PRECISIONS.items() if kind in kinds), "fp32")
