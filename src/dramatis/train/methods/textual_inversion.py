"""Method `textual_inversion`: vectors of new words, and nothing else (Gal et al., arXiv 2208.01618).

A character's trigger word `ada` becomes the token `<ada>`; with `style` there is one token instead, behind every
caption. A token of several vectors stands for as many words, `<ada> <ada>_1 ...`: captions are spelled out so in
training, as diffusers does by itself when it draws. With SDXL both text encoders learn vectors. The vectors are
parameters of their own beside the encoder's table, which is frozen: no other word moves by a bit.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F

from dramatis.core.errors import ParameterError
from dramatis.diffusion.files import EMBEDDING
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import write_weights
from dramatis.train.batches import Batch
from dramatis.train.methods import SAVED, denoised
from dramatis.train.params import TrainParams
from dramatis.train.tokens import names_of, replaced, token_of, with_style

if TYPE_CHECKING:
    from transformers import CLIPTextModel, CLIPTokenizer

log = logging.getLogger(__name__)
PLACE = "train.embedding.init"


class Extended(nn.Module):
    """A table of vectors with new rows behind it.

    Args:
        table: of the base, frozen.
        first: number of the first new token; the others follow.
        rows: vectors of the new tokens, each (vectors, D), in fp32.
    """

    def __init__(self, table: nn.Embedding, first: int, rows: list[nn.Parameter]):
        super().__init__()
        self.table, self.first, self.rows = table, first, nn.ParameterList(rows)

    @property
    def weight(self) -> torch.Tensor:
        """The base's table."""
        return self.table.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Vectors (..., D) of tokens (...)."""
        new = torch.cat(list(self.rows))  # (N, D)
        places = ids - self.first
        inside = (places >= 0) & (places < len(new))
        old = self.table(ids.masked_fill(inside, 0))
        return torch.where(inside[..., None], F.embedding(places.clamp(0, len(new) - 1), new).to(old.dtype), old)


class TextualInversion:
    """A frozen base with new words that learn."""

    def __init__(self, model: Model, params: TrainParams, triggers: dict[str, str]):
        self.model, self.params = model, params
        style, vectors = params.embedding.style, params.embedding.vectors
        texts = {word: token_of(word) for word in triggers.values()} if style is None else {style: token_of(style)}
        self.spelled = {word: " ".join(names_of(token, vectors)) for word, token in texts.items()}
        self.rows: dict[str, nn.Parameter] = {}
        for (part, encoder), suffix in zip(model.encoders().items(), ("", ".2"), strict=False):
            self.rows |= self._extend(model.tokenizers()[part], encoder, list(texts.values()), suffix)

    def _extend(
        self, tokenizer: "CLIPTokenizer", encoder: "CLIPTextModel", tokens: list[str], suffix: str
    ) -> dict[str, nn.Parameter]:
        """Teaches a tokenizer and its encoder the new words; gives their vectors by name."""
        vectors, table = self.params.embedding.vectors, encoder.get_input_embeddings()
        begin = table.weight[first_of(self.params.embedding.init, tokenizer)].detach().float()
        first = len(tokenizer)
        added = [name for token in tokens for name in names_of(token, vectors)]
        known = [name for name in added if name in tokenizer.get_vocab()]
        if known:
            raise ParameterError(
                "train.embedding", f"{known[0]} is a token of the base already", "Choose another trigger word or style"
            )
        tokenizer.add_tokens(added)
        rows = {f"{token}{suffix}": nn.Parameter(begin.repeat(vectors, 1)) for token in tokens}
        encoder.set_input_embeddings(Extended(table, first, list(rows.values())))
        return rows

    def parameters(self) -> dict[str, dict[str, nn.Parameter]]:
        return {"embedding": self.rows}

    def captions(self, batch: Batch) -> list[str]:
        if self.params.embedding.style is not None:
            return with_style(batch.captions, *self.spelled.values())
        return [replaced(caption, self.spelled) for caption in batch.captions]

    def predict(self, noisy: torch.Tensor, t: torch.Tensor, batch: Batch) -> torch.Tensor:
        return denoised(self.model, self.captions(batch), self.params.captions.tokens, noisy, t, batch)

    def save(self, folder: Path) -> None:
        kind = SAVED[self.params.save_precision]
        write_weights({name: row.to(kind) for name, row in self.rows.items()}, folder / EMBEDDING)


def first_of(word: str, tokenizer: "CLIPTokenizer") -> int:
    """Number of a word's token; of several the first, with a warning.

    Raises:
        ParameterError: the tokenizer does not know the word.
    """
    found = tokenizer(word, add_special_tokens=False, verbose=False).input_ids
    if not found or tokenizer.unk_token_id in found:
        raise ParameterError(f"{PLACE} = {word!r}", "the base has no such word", "Take one that it knows")
    if len(found) > 1:
        parts = tokenizer.convert_ids_to_tokens(found)
        log.warning("%s = %r is %s to the base; vectors begin as %r", PLACE, word, " + ".join(parts), parts[0])
    return found[0]


def build(model: Model, params: TrainParams, triggers: dict[str, str]) -> TextualInversion:
    """The method around a base, new words like the one they begin as."""
    return TextualInversion(model, params, triggers)
