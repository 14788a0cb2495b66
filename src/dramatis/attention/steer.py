"""Draws pictures of one batch, each from another's attention: the loop's part of prompt-to-prompt."""

from collections.abc import Sequence
from typing import NamedTuple

import torch

from dramatis.attention.maps import finest_selves, gathered, mask_of, of_word
from dramatis.attention.processors import Hold, Watch
from dramatis.attention.words import Pairing
from dramatis.diffusion.model import Conditioning

BLEND_FROM = 0.2
"""Share of the steps before which nothing is blended: the first maps say little."""
WORD_SHARE = 0.25
"""Part of the held steps in which new words too look where the old ones did; longer, they take their shape."""


class Control(NamedTuple):
    """How one picture of a batch follows another."""

    parent: int
    """Row of the picture that it is a change of; it comes earlier."""
    pairing: Pairing
    changed: list[int]
    """States of the words that are new or weighed in this picture."""
    was: list[int]
    """States of those that they replace, in the parent."""
    weights: torch.Tensor
    """Times as much attention for each state, (T,)."""
    cross_steps: tuple[float, float]
    """Share of the steps, from and to, with held cross-attention."""
    self_steps: tuple[float, float]
    """Likewise with held self-attention."""
    blend: float | None
    """Level of the words' maps that may change [0..1]; None: all may."""
    region: torch.Tensor | None = None
    """What may change instead, (H, W) of the latents, 0 or 1."""


class Kept(NamedTuple):
    """Latents that a row keeps outside a region: those of a picture that is painted anew there."""

    origin: torch.Tensor
    """Scaled latents of the picture, (1, C, H, W)."""
    region: torch.Tensor
    """What is painted anew, (H, W), 0 or 1."""
    noisy: Sequence[torch.Tensor]
    """The picture with the same noise as at the end of each step, the last without, (1, C, H, W)."""
    skipped: int
    """Timesteps that are left out at the beginning."""


class Steered:
    """A `Steering` that holds attention, gathers maps and blends.

    Attributes:
        masks: what each row may change, (H, W) of the latents; None of what is drawn by itself, or all over.
        crosses: mean cross-attention over layers and steps so far, (rows, T, h, w).
        selves: likewise within the pictures, (rows, cells, cells).
    """

    def __init__(
        self,
        watch: Watch,
        controls: Sequence[Control | None],
        kept: Kept | None = None,
        nulls: Sequence[torch.Tensor] | None = None,
        maps: bool = False,
    ):
        """Steers from the first step on.

        Args:
            watch: of the model that draws.
            controls: of each row of the batch; None for what is drawn by itself.
            kept: what row 0 keeps.
            nulls: hidden states of the negative text at each step, (1, T, D), as inverting a picture found them.
            maps: whether maps are gathered though nothing is blended by them.
        """
        self.watch, self.controls, self.kept, self.nulls = watch, controls, kept, nulls
        by_words = any(one is not None and one.blend is not None and one.region is None for one in controls)
        self.gathers = maps or by_words
        self.masks: list[torch.Tensor | None] = [None] * len(controls)
        self._crosses: torch.Tensor | None = None
        self._selves: torch.Tensor | None = None
        self._seen, self._steps = 0, 1

    @property
    def crosses(self) -> torch.Tensor:
        """See the class; there are none before the first step."""
        if self._crosses is None:
            raise ValueError("no map was gathered")
        return self._crosses / self._seen

    @property
    def selves(self) -> torch.Tensor:
        """See the class."""
        if self._selves is None:
            raise ValueError("no map was gathered")
        return self._selves / self._seen

    def before(self, step: int, steps: int, conditioning: Conditioning) -> Conditioning:
        """Says what is held at this step, and what the negative text says."""
        self._steps = steps
        self.watch.forget()
        self.watch.keep = self.gathers
        self.watch.holds = [None if one is None else _hold(one, step / steps) for one in self.controls]
        if self.nulls is None:
            return conditioning
        rows = len(self.controls)
        null = self.nulls[step].expand(rows, -1, -1).to(conditioning.hidden)
        return conditioning._replace(hidden=torch.cat([null, conditioning.hidden[rows:]]))

    def after(self, step: int, latents: torch.Tensor) -> torch.Tensor:
        """Gathers the maps, and takes back what may not change."""
        shape = (latents.shape[2], latents.shape[3])
        self.gather(shape)
        if self.kept is not None:
            inside = self.kept.region.to(latents)
            latents[0] = torch.lerp(self.kept.noisy[step][0].to(latents), latents[0], inside)
        if (step + 1) / self._steps >= BLEND_FROM:
            for row, control in enumerate(self.controls):
                if control is not None and (mask := self.mask(row, control, shape)) is not None:
                    self.masks[row] = mask
                    latents[row] = torch.lerp(latents[control.parent], latents[row], mask.to(latents))
        return latents

    def gather(self, shape: tuple[int, int]) -> None:
        """Adds the maps of the last evaluation, of latents of a height and width, if maps are gathered."""
        if not self.gathers:
            return
        crosses, selves = gathered(self.watch.crosses, shape), finest_selves(self.watch.selves)
        self._crosses = crosses if self._crosses is None else self._crosses + crosses
        self._selves = selves if self._selves is None else self._selves + selves
        self._seen += 1
        self.watch.forget()

    def mask(self, row: int, control: Control, shape: tuple[int, int]) -> torch.Tensor | None:
        """What a row may change, (H, W) of the latents, 0 or 1; None: all over."""
        if control.region is not None:
            return control.region
        if control.blend is None:
            return None
        crosses, selves = self.crosses, self.selves
        words = [of_word(crosses[row], selves[row], control.changed)] if control.changed else []
        if control.was:
            words.append(of_word(crosses[control.parent], selves[control.parent], control.was))
        return mask_of(words, control.blend, shape) if words else None


def _hold(control: Control, share: float) -> Hold:
    """What is held when a share of the steps is over."""
    first, last = control.cross_steps
    own = torch.ones_like(control.pairing.held)
    if first <= share < last:
        own = 1 - control.pairing.held
        if share >= first + WORD_SHARE * (last - first) and bool((control.weights == 1).all()):
            own[control.changed] = 1
    layout = control.self_steps[0] <= share < control.self_steps[1]
    return Hold(control.parent, control.pairing, own, control.weights, layout)
