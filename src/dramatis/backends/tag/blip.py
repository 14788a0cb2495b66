"""BLIP layout: a captioner of `transformers`, as Salesforce's blip-image-captioning models are.

A folder with config.json, model.safetensors, preprocessor_config.json and the tokenizer's files, or the id of one on
the Hugging Face hub, which is fetched. Paper: Li et al., BLIP, arXiv 2201.12086.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dramatis.backends.tag import SETTING, Sentence, Tag
from dramatis.backends.weights import weight_files
from dramatis.core.digests import file_digest
from dramatis.core.errors import InputError, MissingError
from dramatis.core.foreign import check_whole, read_configuration, refused_as
from dramatis.core.images import Image

if TYPE_CHECKING:
    from transformers import BlipForConditionalGeneration

KIND = "blip"


def load(weights: Path, batch_size: int, providers: Sequence[str], sentence: Sentence) -> "Blip":
    """The captioner in a folder or of a hub id.

    Raises:
        MissingError: it is no folder here, and no model that can be fetched.
        InputError: the folder holds another kind of model, or parts of it are missing.
    """
    if weights.is_dir():
        _check_kind(weights)
        digest = hashlib.sha256("".join(map(file_digest, weight_files(weights, SETTING, ".safetensors"))).encode())
        return Blip(*_parts(weights, True), f"{KIND}:{digest.hexdigest()[:12]}", batch_size, sentence)
    parts = _parts(weights, False)
    return Blip(*parts, f"{KIND}:{weights}@{str(parts[0].config._commit_hash)[:12]}", batch_size, sentence)


def _check_kind(folder: Path) -> None:
    file = folder / "config.json"
    if not file.is_file():
        remedy = f"Point `{SETTING}` in params.yaml at the folder of a BLIP captioner"
        raise MissingError(str(file), "there is no such file", remedy)
    kind = read_configuration(file).get("model_type")
    if kind != KIND:
        raise InputError(str(file), f"it is a model of the kind {kind!r}, not {KIND!r}", "Use a BLIP captioner")


def _parts(weights: Path, local: bool) -> tuple["BlipForConditionalGeneration", Any, Any]:
    """Model, tokenizer and preparation of pictures."""
    from transformers import AutoTokenizer, BlipForConditionalGeneration, BlipImageProcessorPil

    def refusal(said: str) -> InputError:
        if local:
            return InputError(str(weights), f"not a whole BLIP captioner ({said})", "Fetch the folder again")
        return MissingError(
            str(weights),
            f"no folder here, and no model that can be fetched ({said})",
            f"Run `dramatis models pull {weights} --name blip` where there is a network, and point "
            f"`{SETTING}` in params.yaml at models/real/blip",
        )

    with refused_as(refusal):
        model, loaded = BlipForConditionalGeneration.from_pretrained(
            str(weights), use_safetensors=True, local_files_only=local, output_loading_info=True
        )
        tokenizer = AutoTokenizer.from_pretrained(str(weights), local_files_only=local)
        pictures = BlipImageProcessorPil.from_pretrained(str(weights), local_files_only=local)
    remedy = "Use a BLIP captioner; one for questions or retrieval does not caption"
    check_whole(loaded["missing_keys"], str(weights), remedy)
    return model.eval(), tokenizer, pictures


class Blip:
    """A captioner; see `Tagger`. It has no tags."""

    tags: Sequence[Tag] = ()

    def __init__(
        self,
        model: "BlipForConditionalGeneration",
        tokenizer: Any,
        pictures: Any,
        name: str,
        batch_size: int,
        sentence: Sentence,
    ):
        self._net, self._tokenizer, self._pictures = model.to(sentence.device), tokenizer, pictures
        self.model, self._batch, self._how = name, batch_size, sentence

    def scores(self, images: Sequence[Image]) -> NDArray[np.float32]:
        """No tags, shape (N, 0)."""
        return np.zeros((len(images), 0), np.float32)

    def sentences(self, images: Sequence[Image]) -> list[str | None]:
        """A sentence of each picture, found by beam search: no chance is in it."""
        parts = [images[start : start + self._batch] for start in range(0, len(images), self._batch)]
        return [self._clean(said) for part in parts for said in self._said(part)]

    def _said(self, images: Sequence[Image]) -> list[str]:
        import torch

        pixels = self._pictures(images=list(images), return_tensors="pt")["pixel_values"].to(self._how.device)
        how = {"max_new_tokens": self._how.max_tokens, "num_beams": self._how.beams, "do_sample": False}
        if self._how.prompt:
            start = self._tokenizer([self._how.prompt] * len(images), return_tensors="pt").to(self._how.device)
            how |= {"input_ids": start["input_ids"], "attention_mask": start["attention_mask"]}
        with torch.inference_mode():
            return self._tokenizer.batch_decode(self._net.generate(pixels, **how), skip_special_tokens=True)

    def _clean(self, said: str) -> str:
        text = " ".join(said.split())
        return text.removeprefix(" ".join((self._how.prompt or "").lower().split())).strip()
