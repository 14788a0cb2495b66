"""Loads a base model: a diffusers folder, a single-file checkpoint or a hub id, through one door."""

import importlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from diffusers.utils import logging as diffusers_logging
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HFValidationError, IncompleteSnapshotError, LocalEntryNotFoundError
from transformers.utils import logging as transformers_logging

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.foreign import check_whole, read_configuration, refused_as
from dramatis.diffusion.base import USE, WEIGHED, base_digest, check_base, check_folder, variant_of
from dramatis.diffusion.checkpoint_config import family_in, write_configuration
from dramatis.diffusion.headers import shapes_of

if TYPE_CHECKING:
    from diffusers import AutoencoderKL

__all__ = ["base_digest", "check_base", "load_pipeline", "pick_device"]

Pipeline: TypeAlias = StableDiffusionPipeline | StableDiffusionXLPipeline
CLASSES = {"sd": StableDiffusionPipeline, "sdxl": StableDiffusionXLPipeline}
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
LOGGING = (diffusers_logging, transformers_logging)
SAFE = {"safety_checker": None, "requires_safety_checker": False}


def pick_device(device: str) -> torch.device:
    """The device named in the parameters.

    Raises:
        ParameterError: `cuda` is asked for where torch finds no GPU.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise ParameterError("device = cuda", "torch finds no GPU here", "Say cpu, or install torch for your GPU")
    return torch.device(device)


def load_pipeline(base: str, device: str = "cpu", precision: str = "fp32") -> Pipeline:
    """A pipeline of SD 1.5 or SDXL in evaluation mode, frozen, without safety checker, watermark and progress bars.

    Args:
        base: diffusers folder, single-file checkpoint or hub id; of the last only the cache on this machine is asked.
        device: cpu or cuda.
        precision: fp32, bf16 or fp16, in which the weights are held; but the VAE stays in fp32 where its
            configuration says `force_upcast`, as SDXL's must (it overflows in half precision).

    Raises:
        MissingError: there is no such base, or the hub's cache on this machine does not hold it.
        InputError: its files cannot be read as such a pipeline, or their tensors are not what they should be.
    """
    check_base(base)
    target = pick_device(device)
    for library in LOGGING:
        library.disable_progress_bar()
    if Path(base).is_file():
        pipeline = _from_file(Path(base))
    else:
        pipeline = _from_folder(Path(base) if Path(base).is_dir() else _cached(base))
    pipeline.set_progress_bar_config(disable=True)
    for name, part in pipeline.components.items():
        if isinstance(part, torch.nn.Module):
            upcast = name == "vae" and getattr(part.config, "force_upcast", False)
            dtype = torch.float32 if upcast else DTYPES[precision]
            torch.nn.Module.to(part, target, dtype)  # the library's own `to` warns of what does not concern these
            part.requires_grad_(False).eval()
    _take_any_dtype(pipeline.vae)
    _pool_at_the_end(pipeline)
    return pipeline


def _cached(base: str) -> Path:
    """The folder of a hub model in the cache of this machine."""
    try:
        return Path(snapshot_download(base, local_files_only=True))
    except IncompleteSnapshotError as error:  # of all files of the repository; those that matter are checked later
        return Path(error.snapshot_path)
    except (LocalEntryNotFoundError, HFValidationError) as error:
        remedy = f"Run `dramatis models pull {base}`, and name the folder that it says"
        raise MissingError(base, "this hub model is not on this machine", remedy) from error


def _from_folder(folder: Path) -> Pipeline:
    family = check_folder(folder)
    parts = {part: _part(folder, part) for part in WEIGHED[family]}
    extras = {"add_watermarker": False} if family == "sdxl" else SAFE
    return _read(
        folder,
        CLASSES[family].from_pretrained,
        str(folder),
        **parts,
        **extras,
        feature_extractor=None,
        local_files_only=True,
    )


def _part(folder: Path, part: str) -> torch.nn.Module:
    """One part with weights, every tensor of which is in its files and in shape."""
    library, name = read_configuration(folder / "model_index.json")[part]
    with _errors_alone():
        module, info = _read(
            folder / part,
            getattr(importlib.import_module(library), name).from_pretrained,
            str(folder / part),
            variant=variant_of(folder / part),
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
            dtype=torch.float32,
        )
    check_whole(info["missing_keys"], str(folder / part), "Fetch the base again")
    return module


@contextmanager
def _errors_alone() -> Iterator[None]:
    """Without the libraries' warnings of missing tensors, which are errors here and said in one line."""
    before = [library.get_verbosity() for library in LOGGING]
    for library in LOGGING:
        library.set_verbosity_error()
    try:
        yield
    finally:
        for library, verbosity in zip(LOGGING, before, strict=True):
            library.set_verbosity(verbosity)


def _from_file(file: Path) -> Pipeline:
    shapes = shapes_of(file)
    load = CLASSES[family_in(shapes, file)].from_single_file
    with tempfile.TemporaryDirectory() as folder:
        try:
            write_configuration(shapes, file, Path(folder))
        except KeyError as error:
            raise InputError(str(file), f"no tensor {error.args[0]} in it", USE) from None
        extras = {"add_watermarker": False} if load.__self__ is StableDiffusionXLPipeline else SAFE
        pipeline = _read(file, load, str(file), config=folder, local_files_only=True, dtype=torch.float32, **extras)
    for part in pipeline.components.values():
        absent = [name for name, t in part.named_parameters() if t.is_meta] if isinstance(part, torch.nn.Module) else []
        if absent:
            raise InputError(str(file), f"no tensor {absent[0]} in it, as diffusers calls it", USE)
    return pipeline


def _read(place: Path, load: Any, *args: Any, **kwargs: Any) -> Any:
    """What a loader of diffusers or transformers returns; its errors in one line."""
    problem = "no Stable Diffusion pipeline can be read from it"
    with refused_as(lambda said: InputError(str(place), f"{problem} ({said})", USE)):
        return load(*args, **kwargs)


def _take_any_dtype(vae: "AutoencoderKL") -> None:
    """Lets a VAE that stays in fp32 read pictures and latents of the other parts' precision."""
    for first in (vae.encoder.conv_in, vae.post_quant_conv or vae.decoder.conv_in):
        first.register_forward_pre_hook(lambda layer, inputs: (inputs[0].to(layer.weight.dtype), *inputs[1:]))


def _pool_at_the_end(pipeline: Pipeline) -> None:
    """Lets CLIP pool at the end of the text, also where tokens were added.

    Old configurations say `eos_token_id: 2`, by which transformers pools at the token of the highest number: the end
    too, as long as no word has been added behind it.
    """
    for number in ("", "_2"):
        encoder = getattr(pipeline, f"text_encoder{number}", None)
        inner = getattr(encoder, "text_model", encoder)
        if inner is not None and getattr(inner, "eos_token_id", None) == 2:
            inner.eos_token_id = getattr(pipeline, f"tokenizer{number}").eos_token_id
