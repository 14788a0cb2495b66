"""Attention processors of diffusers that let one picture of a batch attend as another does, and keep the maps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch.nn.functional import scaled_dot_product_attention

from dramatis.attention.words import Pairing
from dramatis.diffusion.model import Model

LARGEST = 32
"""Side of the largest grid of attention whose maps are kept, in cells: finer ones follow edges rather than words."""


class Hold(NamedTuple):
    """What a picture takes over from another of its batch at one step."""

    parent: int
    """Row of that picture."""
    pairing: Pairing
    own: torch.Tensor
    """Share of its own attention for each state, (T,): 0 is held, 1 is free."""
    weights: torch.Tensor
    """Times as much attention for each state, (T,); applied to what is held, eq. of attention re-weighting."""
    layout: bool
    """Whether it attends within the picture as that one does (self-attention)."""


class Watch:
    """What the processors of a model do at this step; one for all of them.

    Attributes:
        holds: for each row of the batch's prompts what it takes over; None for what is drawn by itself.
        keep: whether maps are kept.
        crosses: maps of the last evaluation, mean over the heads, by side: (rows, cells, T) of each layer.
        selves: likewise within the picture, (rows, cells, cells).
    """

    def __init__(self) -> None:
        self.holds: list[Hold | None] = []
        self.keep = False
        self.crosses: list[torch.Tensor] = []
        self.selves: list[torch.Tensor] = []

    def forget(self) -> None:
        """Drops the maps."""
        self.crosses, self.selves = [], []

    @property
    def idle(self) -> bool:
        """True if nothing is held and no map is wanted: then the model is the plain one, bit for bit."""
        return not self.keep and not any(self.holds)


class Watched:
    """A processor that lets the one in its place do the work, and does itself only what is held."""

    def __init__(self, inner: Any, watch: Watch):
        self.inner, self.watch = inner, watch

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        *rest: Any,
        **more: Any,
    ) -> torch.Tensor:
        out: torch.Tensor = self.inner(attn, hidden_states, encoder_hidden_states, *rest, **more)
        rows = len(self.watch.holds)
        if self.watch.idle or hidden_states.ndim != 3:
            return out
        seen = hidden_states[-rows:]
        if encoder_hidden_states is None:
            return self._selves(attn, out, seen)
        return self._crosses(attn, out, seen, encoder_hidden_states[-rows:])

    def _crosses(self, attn: Any, out: torch.Tensor, seen: torch.Tensor, said: torch.Tensor) -> torch.Tensor:
        query, key, value = _heads(attn, seen, said)
        maps = _maps(attn, query, key)  # (rows, heads, cells, T)
        if self.watch.keep and seen.shape[1] <= LARGEST**2:
            self.watch.crosses.append(maps.mean(1).float())
        rows = len(maps)
        for row, hold in enumerate(self.watch.holds):
            if hold is None or bool((hold.own == 1).all()):
                continue
            taken = maps[hold.parent] @ hold.pairing.mapper.to(maps) * hold.weights.to(maps)
            own = hold.own.to(maps)
            maps[row] = own * maps[row] + (1 - own) * taken
            out[row - rows] = _joined(attn, maps[row : row + 1] @ value[row : row + 1])[0]
        return out

    def _selves(self, attn: Any, out: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        query, key, value = _heads(attn, seen, seen)
        if self.watch.keep and seen.shape[1] <= LARGEST**2:
            self.watch.selves.append(_maps(attn, query, key).mean(1).float())
        rows = len(query)
        for row, hold in enumerate(self.watch.holds):
            if hold is None or not hold.layout:
                continue
            query[row], key[row] = query[hold.parent], key[hold.parent]  # the same maps, without making them
            one = slice(row, row + 1)
            held = scaled_dot_product_attention(query[one], key[one], value[one], scale=attn.scale)
            out[row - rows] = _joined(attn, held)[0]
        return out


def _heads(attn: Any, seen: torch.Tensor, said: torch.Tensor) -> list[torch.Tensor]:
    """Queries, keys and values, (rows, heads, cells or T, D)."""
    made = [attn.to_q(seen), attn.to_k(said), attn.to_v(said)]
    query, key, value = (one.unflatten(-1, (attn.heads, -1)).transpose(1, 2) for one in made)
    norms = getattr(attn, "norm_q", None), getattr(attn, "norm_k", None)
    query, key = (norm(one) if norm is not None else one for norm, one in zip(norms, (query, key), strict=True))
    return [query.clone(), key.clone(), value]


def _maps(attn: Any, query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
    scores = query.float() @ key.float().transpose(-1, -2) * attn.scale
    return scores.softmax(-1).to(query.dtype)


def _joined(attn: Any, hidden: torch.Tensor) -> torch.Tensor:
    """Values of all heads, (1, heads, cells, D), as the layer gives them out, (1, cells, D')."""
    joined: torch.Tensor = attn.to_out[0](hidden.transpose(1, 2).flatten(2))
    return joined / attn.rescale_output_factor


@contextmanager
def watched(model: Model) -> Iterator[Watch]:
    """Puts the processors around those of the model's UNet, and takes them off again at the end."""
    unet, watch = model.pipeline.unet, Watch()
    before = dict(unet.attn_processors)
    unet.set_attn_processor({name: Watched(inner, watch) for name, inner in before.items()})
    try:
        yield watch
    finally:
        unet.set_attn_processor(before)
