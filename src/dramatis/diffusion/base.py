"""What a base model is, before anything heavy is loaded: where it lies, whether it is whole, its digest."""

import hashlib
import re
from pathlib import Path

from dramatis.core.digests import tree_digest
from dramatis.core.errors import InputError, MissingError
from dramatis.core.foreign import read_configuration
from dramatis.diffusion.checkpoint_config import family_in
from dramatis.diffusion.headers import shapes_of

HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+")
USE = "Name a diffusers folder, a .safetensors file or a hub id"
UNFUSED = "Name the model that it was trained on, or fuse it into one with `dramatis merge` and name that"
CLASSES = {"StableDiffusionPipeline": "sd", "StableDiffusionXLPipeline": "sdxl"}
"""Family by the pipeline's class."""
WEIGHED = {"sd": ("unet", "vae", "text_encoder"), "sdxl": ("unet", "vae", "text_encoder", "text_encoder_2")}
"""Parts with weights, by family."""
PLAIN = {"sd": ("tokenizer", "scheduler"), "sdxl": ("tokenizer", "tokenizer_2", "scheduler")}
"""Parts without."""


def check_base(base: str) -> None:
    """Says what is wrong with a base before anything heavy is loaded; of weights only the headers are read.

    Raises:
        MissingError: it is neither a file, nor a diffusers folder, nor a hub id.
        InputError: it is of another class than SD 1.5 or SDXL, a part is missing, or a file is empty or cut short.
    """
    path = Path(base)
    if path.is_dir():
        check_folder(path)
    elif path.is_file():
        if path.suffix != ".safetensors":
            more = ", as files that are pickled can run code" if path.suffix in (".ckpt", ".pt", ".bin") else ""
            raise InputError(base, f"a checkpoint ends in .safetensors{more}", USE)
        family_in(shapes_of(path), path)
    elif not HUB_ID.fullmatch(base) or base.startswith(("models/", "data/", "./")):
        raise MissingError(base, "there is no such base model", USE)


def check_folder(folder: Path) -> str:
    """The family of a diffusers folder: `sd` or `sdxl`.

    Raises:
        InputError: it is of another class, a part is missing, or a file is empty or cut short.
    """
    index = folder / "model_index.json"
    if any(folder.glob("adapter*.safetensors")) and not index.is_file():
        raise InputError(str(folder), "this is an adapter, no model", UNFUSED)
    if not index.is_file():
        raise InputError(str(folder), "this folder has no model_index.json, so it is no diffusers pipeline", USE)
    name = read_configuration(index).get("_class_name")
    if name not in CLASSES:
        raise InputError(str(index), f"_class_name = {name!r}, must be one of {', '.join(CLASSES)}", USE)
    family = CLASSES[name]
    for part in PLAIN[family]:
        if not any((folder / part).glob("*.json")):
            raise InputError(str(folder / part), "this part of the base is missing", "Fetch the base again")
        if empty := [file for file in sorted((folder / part).iterdir()) if file.is_file() and not file.stat().st_size]:
            raise InputError(str(empty[0]), "this file is empty", "Fetch the base again")
    for part in WEIGHED[family]:
        _check_part(folder / part)
    channels = read_configuration(folder / "unet" / "config.json").get("in_channels", 4)
    if channels != read_configuration(folder / "vae" / "config.json").get("latent_channels", 4):
        problem = f"in_channels = {channels} is not the VAE's latent_channels, so it is no base for text to image"
        raise InputError(str(folder / "unet" / "config.json"), problem, USE)
    return family


def variant_of(part: Path) -> str | None:
    """`fp16` where a part has its weights under that name alone, else None."""
    plain = [file for file in part.glob("*.safetensors") if ".fp16" not in file.name]
    return None if plain or not any(part.glob("*.fp16*.safetensors")) else "fp16"


def _check_part(part: Path) -> None:
    if not (part / "config.json").is_file():
        raise InputError(str(part), "this part of the base is missing or has no config.json", "Fetch the base again")
    read_configuration(part / "config.json")
    files = sorted(part.glob("*.safetensors"))
    if not files:
        only = " (only pickled ones, which can run code)" if any(part.glob("*.bin")) else ""
        raise InputError(str(part), f"no .safetensors weights in it{only}", "Fetch the base again")
    for file in files:
        shapes_of(file)


def base_digest(base: str) -> str:
    """Sha256 of a local base's files (names and bytes), or of the id of a hub model."""
    path = Path(base)
    return tree_digest(path) if path.exists() else hashlib.sha256(base.encode()).hexdigest()
