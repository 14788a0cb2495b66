"""CLIP score of pictures and their prompts (Hessel et al., arXiv 2104.08718)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dramatis.core.errors import InputError, MissingError
from dramatis.core.foreign import check_whole, refused_as
from dramatis.core.images import Image

WEIGHT = 2.5
"""By which the paper stretches cosines to about 0..1."""
BATCH = 16


class Clip:
    """A CLIP model with its tokenizer and its way to see pictures."""

    def __init__(self, weights: str):
        """Loads a folder, or a hub id from the cache of this machine.

        Raises:
            MissingError: there is none.
            InputError: it cannot be read as CLIP.
        """
        from transformers import CLIPImageProcessor, CLIPModel, CLIPTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        local, place = Path(weights).exists(), f"score.clip = {weights}"
        remedy = "Name a folder with a CLIPModel, its tokenizer and its processor, or null"

        def refusal(said: str) -> InputError:
            if local:
                return InputError(place, f"no CLIP model can be read from it ({said})", remedy)
            absent = f"this is no folder, and no hub model on this machine ({said})"
            pull = f"Run `dramatis models pull {weights}`, and name the folder it says; or set it to null"
            return MissingError(place, absent, pull)

        with refused_as(refusal):
            self._model, loaded = CLIPModel.from_pretrained(
                weights, local_files_only=not local, output_loading_info=True
            )
            self._tokenizer = CLIPTokenizer.from_pretrained(weights, local_files_only=not local)
            self._processor = CLIPImageProcessor.from_pretrained(weights, local_files_only=not local)
        check_whole(loaded["missing_keys"], place, remedy)
        self._model.eval()

    def scores(self, images: Sequence[Image], prompts: Sequence[str]) -> NDArray[np.float64]:
        """2.5 × cosine of each picture and its prompt, never below 0, shape (N,)."""
        import torch

        found = []
        for start in range(0, len(images), BATCH):
            part = slice(start, start + BATCH)
            text = self._tokenizer(
                list(prompts[part]),
                padding="max_length",
                truncation=True,
                max_length=self._model.config.text_config.max_position_embeddings,
                return_tensors="pt",
            )
            pixels = self._processor(list(images[part]), return_tensors="pt").pixel_values
            with torch.no_grad():
                said = self._model(input_ids=text.input_ids, attention_mask=text.attention_mask, pixel_values=pixels)
            cosine = (said.image_embeds * said.text_embeds).sum(dim=1)  # both of length 1
            found.append(WEIGHT * cosine.clamp(min=0).double().numpy())
        return np.concatenate(found) if found else np.empty(0)
