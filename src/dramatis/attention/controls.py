"""From an edit that a person asks for to the control of a picture by another's attention."""

import re
from typing import NamedTuple

import torch

from dramatis.attention.region import cells_of
from dramatis.attention.steer import Control
from dramatis.attention.words import (
    Pairing,
    Prompt,
    extended,
    places,
    prompt_of,
    refine_pairing,
    replace_pairing,
    replaced,
    spans,
)
from dramatis.core.errors import ParameterError
from dramatis.core.recipe import Edit
from dramatis.diffusion.emphasis import plain
from dramatis.diffusion.emphasised import token_weights
from dramatis.diffusion.model import Model

LEVEL = 0.5
"""Level of the words' maps above which an edit may change: see docs/attention.md for what it was chosen on."""
LIGHTEST, HEAVIEST = -5.0, 5.0
"""Weights of attention that make sense; the paper's own pictures are within -2 and 5."""


class Steps(NamedTuple):
    """A picture's prompt, and how it follows the picture before it."""

    prompt: str
    control: Control


def step_of(model: Model, prompt: str, edit: Edit, parent: int, tokens: int, shape: tuple[int, int]) -> Steps:
    """What an edit makes of a prompt, and how its picture follows the one before.

    Args:
        prompt: of the picture before, with its emphasis.
        edit: of kind replace, refine or reweight.
        parent: row of the picture before.
        tokens: how many are read: 75, 150 or 225.
        shape: height and width of the latents.

    Raises:
        ParameterError: the word is not in the prompt or not read, nothing is said in its place, the weight is out of
            bounds, or the region has no area.
    """
    source = prompt_of(model, prompt, tokens)
    if edit.kind == "replace":
        return _replace(model, source, edit, parent, tokens, shape)
    if edit.kind == "refine":
        return _refine(model, source, edit, parent, tokens, shape)
    word, weight = edit.word or "", edit.weight if edit.weight is not None else 1.0
    if not LIGHTEST <= weight <= HEAVIEST:
        problem = f"weight = {weight:g}, must be from {LIGHTEST:g} to {HEAVIEST:g}"
        raise ParameterError(f"reweight {word!r}", problem, "1 is as before, 0 none at all")
    states = [one for span in spans(model, source, word) for one in places(source, span)]
    weights = torch.ones(source.length)
    weights[states] = weight
    return Steps(prompt, _control(edit, parent, refine_pairing(source, source), states, [], weights, shape))


def _replace(model: Model, source: Prompt, edit: Edit, parent: int, tokens: int, shape: tuple[int, int]) -> Steps:
    word, by = edit.word or "", (edit.by or "").strip()
    if not plain(by).strip():
        raise ParameterError(f"replace {word!r}", "nothing stands in its place", "Say what, or reweight the word by 0")
    before = spans(model, source, word)
    text = replaced(source.text, word, by)
    target = prompt_of(model, text, tokens)
    more = len(token_weights(next(iter(model.tokenizers().values())), by)) - (before[0][1] - before[0][0])
    pairs = []
    for number, (start, end) in enumerate(before):
        stop = end + (number + 1) * more
        if stop > len(target.ids):
            problem = f"{by!r} stands behind the {len(target.ids)} tokens that are read"
            raise ParameterError(f"replace {word!r}", problem, "Shorten the prompt, or read more tokens")
        pairs.append(((start, end), (start + number * more, stop)))
    new = [one for _, span in pairs for one in places(target, span)]
    old = [one for span, _ in pairs for one in places(source, span)]
    return Steps(text, _control(edit, parent, replace_pairing(source, target, pairs), new, old, None, shape))


def _refine(model: Model, source: Prompt, edit: Edit, parent: int, tokens: int, shape: tuple[int, int]) -> Steps:
    by = (edit.by or "").strip()
    if not plain(by).strip():
        raise ParameterError("refine", "nothing is added", "Say what is added to the prompt")
    text = extended(source.text, edit.word, by)
    target = prompt_of(model, text, tokens)
    pairing = refine_pairing(source, target)
    new = [one for one in _said(model, target, by) if not pairing.held[one]]
    if not new:
        problem = f"{by!r} changes no token of the prompt that is read"
        raise ParameterError("refine", problem, "Shorten the prompt, or read more tokens")
    return Steps(text, _control(edit, parent, pairing, new, [], None, shape))


def _said(model: Model, target: Prompt, by: str) -> list[int]:
    """States of the words of what was added, as far as they are read; commas are no words."""
    words = [word for word in re.findall(r"\w[\w'-]*", plain(by)) if word]
    found = {one for word in words for span in spans(model, target, word) for one in places(target, span)}
    return sorted(found)


def _control(
    edit: Edit,
    parent: int,
    pairing: Pairing,
    changed: list[int],
    was: list[int],
    weights: torch.Tensor | None,
    shape: tuple[int, int],
) -> Control:
    region = cells_of(edit.region, shape) if edit.region is not None else None
    weights = torch.ones_like(pairing.held) if weights is None else weights
    return Control(parent, pairing, changed, was, weights, edit.cross_steps, edit.self_steps, edit.blend, region)
