"""Loads a base model: a diffusers folder, a single-file checkpoint or a hub id, through one door."""

import hashlib
import re
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from dramatis.core.errors import InputError, MissingError, ParameterError

SINGLE_FILES = (".safetensors", ".ckpt")
HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+")
USE = "Name a diffusers folder, a .safetensors file or a hub id"


def check_base(base: str) -> None:
    """Says what is wrong with a base before anything heavy is loaded.

    Raises:
        MissingError: it is neither a file, nor a diffusers folder, nor a hub id.
        InputError: the folder holds no pipeline, or the file is not a checkpoint.
    """
    path = Path(base)
    if path.is_dir():
        if not (path / "model_index.json").is_file():
            raise InputError(base, "this folder has no model_index.json, so it is no diffusers pipeline", USE)
    elif path.is_file():
        if path.suffix not in SINGLE_FILES:
            raise InputError(base, f"a checkpoint ends in {' or '.join(SINGLE_FILES)}", USE)
    elif not HUB_ID.fullmatch(base) or base.startswith(("models/", "data/", "./")):
        raise MissingError(base, "there is no such base model", USE)


def base_digest(base: str) -> str:
    """Sha256 of a local base's files (names and bytes), or of the id of a hub model."""
    path, digest = Path(base), hashlib.sha256()
    if not path.exists():
        return hashlib.sha256(base.encode()).hexdigest()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            digest.update(str(file.relative_to(path)).encode())
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def pick_device(device: str) -> torch.device:
    """The device named in the parameters.

    Raises:
        ParameterError: `cuda` is asked for where torch finds no GPU.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise ParameterError("device = cuda", "torch finds no GPU here", "Say cpu, or install torch for your GPU")
    return torch.device(device)


def load_pipeline(base: str, device: str = "cpu", precision: str = "fp32") -> StableDiffusionPipeline:
    """A Stable Diffusion pipeline in evaluation mode, without safety checker and progress bars.

    Args:
        base: diffusers folder, single-file checkpoint or hub id.
        device: cpu or cuda.
        precision: fp32 or bf16, in which the weights are held.

    Raises:
        MissingError: there is no such base, or the hub's cache on this machine does not hold it.
        InputError: its files cannot be read as a Stable Diffusion pipeline.
    """
    check_base(base)
    target = pick_device(device)
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    local = Path(base).exists()
    load = StableDiffusionPipeline.from_single_file if Path(base).is_file() else StableDiffusionPipeline.from_pretrained
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    try:
        pipeline = load(
            base, dtype=dtype, safety_checker=None, requires_safety_checker=False, local_files_only=not local
        )
    except (OSError, ValueError, TypeError, RuntimeError) as error:  # what diffusers raises for a bad or absent model
        said = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        if local:
            raise InputError(base, f"no Stable Diffusion pipeline can be read from it ({said})", USE) from error
        raise MissingError(
            base, "this hub model is not on this machine", f"Run `hf download {base}` once, where there is a network"
        ) from error
    pipeline.set_progress_bar_config(disable=True)
    for part in (pipeline.unet, pipeline.vae, pipeline.text_encoder):
        part.requires_grad_(False)
        part.eval()
    return pipeline.to(target)
