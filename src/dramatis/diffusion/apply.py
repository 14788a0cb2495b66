"""Puts a checkpoint of any method, or an adapter file of another program, on a base."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from diffusers import ControlNetModel

from dramatis.core.errors import InputError, MissingError
from dramatis.core.foreign import check_whole, refused_as
from dramatis.diffusion.adapter import Adapter, adapted
from dramatis.diffusion.files import ADAPTER, CONTROLNET, EMBEDDING, PARTS, RELEASED
from dramatis.diffusion.formats.adapters import is_adapter, read_adapter
from dramatis.diffusion.formats.embedding import Embedding, is_embedding, read_embeddings
from dramatis.diffusion.formats.ldm import layout_of
from dramatis.diffusion.keys import Place, text_module
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import read_weights

if TYPE_CHECKING:
    from transformers import CLIPTextModel, CLIPTokenizer

SAME = "Take the base that it was trained on"
TOKENIZERS = {"text_encoder": "tokenizer", "text_encoder_2": "tokenizer_2"}


@torch.no_grad()
def apply(model: Model, checkpoint: Path, scale: float = 1.0) -> None:
    """Puts on a model for good what a checkpoint has learned.

    Taking it out again would leave rounding behind, so load a fresh model for each checkpoint. At scale 0 the model
    stays what it is, bit for bit; what does not fit it is refused all the same.

    Args:
        model: the bare base.
        checkpoint: folder `models/<run>/step-<n>`, or a safetensors file with an adapter or an embedding, or a folder
            of a ControlNet.
        scale: strength; 1 is as trained. Weights go from the base's to the trained ones. An embedding is there or not.
            A ControlNet is set as `model.controlnet`, and its strength as `model.controlnet_scale`.

    Raises:
        MissingError: there are no weights.
        InputError: they are damaged, a pickle, or of another base.
    """
    found = False
    for file in _files(checkpoint) if checkpoint.exists() else []:
        found = True
        if is_adapter(file):
            layout = layout_of(model.pipeline.unet.config)
            apply_adapter(model.parts(), read_adapter(file, layout), scale, str(file))
        elif is_embedding(file):
            _apply_embeddings(model, read_embeddings(file), scale, file)
        else:
            raise InputError(str(file), "neither an adapter nor an embedding", "Name a checkpoint or an adapter file")
    for part, name in PARTS.items():
        if (checkpoint / name).is_file():
            found = True
            _apply_part(model.parts(), part, checkpoint / name, scale)
    folder = next((one for one in (checkpoint / CONTROLNET, checkpoint) if (one / "config.json").is_file()), None)
    if folder is not None:
        found = True
        _apply_controlnet(model, folder, scale)
    if not found:
        raise MissingError(
            str(checkpoint / ADAPTER), "there is no such adapter", "Run `dvc repro`: stage train makes it"
        )


def _files(checkpoint: Path) -> list[Path]:
    """Files with adapters and embeddings."""
    if not checkpoint.is_dir():
        return [checkpoint]
    adapters = [checkpoint / name for name in (ADAPTER, RELEASED) if (checkpoint / name).is_file()]
    return adapters[:1] + [file for file in [checkpoint / EMBEDDING] if file.is_file()]


def layers_of(parts: Mapping[str, torch.nn.Module]) -> dict[Place, torch.nn.Module]:
    """All modules of a model by part and path, the path as old versions of transformers have it."""
    return {
        Place(part, text_module(part, name)): module
        for part, whole in parts.items()
        for name, module in whole.named_modules()
    }


@torch.no_grad()
def apply_adapter(parts: Mapping[str, torch.nn.Module], adapter: Adapter, scale: float, place: str) -> None:
    """Adds an adapter to the weights of a model.

    Args:
        parts: UNet and text encoders by name.
        adapter: what to add.
        scale: its strength.
        place: its file, for messages.

    Raises:
        InputError: a layer is not there, or has another shape.
    """
    layers = layers_of(parts)
    for where, update in adapter.layers.items():
        if where.part not in parts:
            raise InputError(place, f"it has layers of {where.part}, and this base has no such part", SAME)
        weight, bias = (getattr(layers.get(where), name, None) for name in ("weight", "bias"))
        if not isinstance(weight, torch.Tensor):
            raise InputError(place, f"{where.part} {where.module} is no layer of this base", SAME)
        try:
            learned = adapted(weight, update, scale)
        except ValueError as error:
            raise InputError(place, f"{where.part} {where.module} {error}", SAME) from error
        if scale:
            weight.copy_(learned)
            for name in ("diff_b", "b_norm"):
                if name in update and bias is not None:
                    bias.copy_(bias.float() + scale * update[name].to(bias))


def _apply_part(parts: Mapping[str, torch.nn.Module], part: str, file: Path, scale: float) -> None:
    """Takes the weights of a part from a file, or goes so far towards them as the scale says."""
    if part not in parts:
        raise InputError(str(file), f"this base has no {part}", SAME)
    own = {text_module(part, name): tensor for name, tensor in parts[part].state_dict().items()}
    tensors = {text_module(part, name): tensor for name, tensor in read_weights(file).items()}
    for name, tensor in tensors.items():
        if name not in own:
            raise InputError(str(file), f"{name} is no weight of this base", SAME)
        if own[name].shape != tensor.shape:
            sizes = ["x".join(map(str, one.shape)) for one in (tensor, own[name])]
            raise InputError(str(file), f"{name} is {sizes[0]}, in this base it is {sizes[1]}", SAME)
        if scale == 1:
            own[name].copy_(tensor)
        elif scale:
            own[name].copy_(own[name].float().lerp(tensor.to(own[name].device).float(), scale))


def words_of(embedding: Embedding) -> list[str]:
    """The tokens that a new word stands for, one a vector: `<ada>`, `<ada>_1`, …, as diffusers has them."""
    count = next(iter(embedding.vectors.values())).shape[0]
    return [embedding.token, *(f"{embedding.token}_{number}" for number in range(1, count))]


def _apply_embeddings(model: Model, embeddings: list[Embedding], scale: float, file: Path) -> None:
    parts, pipeline = model.parts(), model.pipeline
    for one in embeddings:
        if {part for part in parts if part.startswith("text")} != set(one.vectors):
            held = " and ".join(sorted(one.vectors))
            raise InputError(str(file), f"{one.token} has vectors for {held} only, or too many", SAME)
        for part, vectors in one.vectors.items():
            encoder = parts[part]
            width = encoder.get_input_embeddings().weight.shape[1]
            if vectors.shape[1] != width:
                raise InputError(
                    str(file), f"{one.token} has vectors of {vectors.shape[1]} numbers, {part} has {width}", SAME
                )
            if scale:
                _add_words(getattr(pipeline, TOKENIZERS[part]), encoder, words_of(one), vectors, file)


def _add_words(
    tokenizer: "CLIPTokenizer", encoder: "CLIPTextModel", words: list[str], vectors: torch.Tensor, file: Path
) -> None:
    there = [word for word in words if word in tokenizer.get_vocab()]
    if there:
        raise InputError(str(file), f"{there[0]} is a token of this base already", "Give it another name")
    tokenizer.add_tokens(words)
    rows = encoder.get_input_embeddings().weight
    old = rows.shape[0]
    if len(tokenizer) > old:
        encoder.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    rows = encoder.get_input_embeddings().weight
    rows.requires_grad_(False)
    for word, vector in zip(words, vectors, strict=True):
        rows[tokenizer.convert_tokens_to_ids(word)] = vector.to(rows)


def _apply_controlnet(model: Model, folder: Path, scale: float) -> None:
    problem, remedy = "no ControlNet can be read from it", "Make or fetch it again"
    with refused_as(lambda said: InputError(str(folder), f"{problem} ({said})", remedy)):
        controlnet, info = ControlNetModel.from_pretrained(folder, local_files_only=True, output_loading_info=True)
    check_whole(info["missing_keys"], str(folder), remedy)
    unet, keys = model.pipeline.unet.config, ("cross_attention_dim", "block_out_channels", "in_channels")
    for key in keys:
        mine, theirs = (_plain(config[key]) for config in (controlnet.config, unet))
        if mine != theirs:
            raise InputError(str(folder), f"{key} is {mine}, in this base it is {theirs}", SAME)
    if scale:
        weight = model.pipeline.unet.conv_in.weight
        model.controlnet = controlnet.to(weight.device, weight.dtype).requires_grad_(False).eval()
        model.controlnet_scale = scale


def _plain(value: object) -> object:
    return list(value) if isinstance(value, list | tuple) else value
