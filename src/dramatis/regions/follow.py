"""Edits of words in a picture of several parts: which part hears of an edit, and what may change for it."""

from collections.abc import Sequence
from typing import NamedTuple

import torch

from dramatis.attention.controls import step_of
from dramatis.attention.steer import Control, Steered
from dramatis.attention.words import has_word, prompt_of, refine_pairing
from dramatis.core.errors import ParameterError
from dramatis.core.recipe import Edit, Region
from dramatis.diffusion.model import Model
from dramatis.regions.masks import View

MINE = 0.5
"""Weight of a part's mask from which on its words' maps say what may change."""


class Rows(NamedTuple):
    """What one model draws in each row of a batch: the picture, then what each edit makes of it."""

    model: Model
    region: Region
    view: View
    prompts: list[str]
    controls: list[Control | None]
    hears: list[bool]
    """Whether each row's edit is about this part; of row 0 true."""


def rows_of(parts: Sequence[tuple[Model, str, Region, View]], edits: Sequence[Edit], tokens: int) -> list[Rows]:
    """The prompts of each part after each edit, and how its rows follow each other.

    An edit is about the parts whose prompt has its word and whose region meets the edit's, where it names one. The
    others hold all of their attention, so that they change only as their neighbours do. Where no part has the word,
    the whole picture's prompt alone is asked: there it must stand.

    Args:
        parts: model, prompt, region and view of the whole picture, then of each character that is drawn by itself.
        edits: of words, one after the other; each is about the prompts that the one before left.
        tokens: how many of a prompt's tokens are read.

    Raises:
        ParameterError: see `step_of`; or the word is said only of characters whom the edit's region does not meet.
    """
    found = [Rows(model, region, view, [prompt], [None], [True]) for model, prompt, region, view in parts]
    for parent, edit in enumerate(edits):
        blend = None if edit.region is not None else edit.blend  # a region is of the picture, not of a view
        everywhere = edit.model_copy(update={"region": None, "blend": blend})
        hears = [_is_about(edit, rows) for rows in found]
        if not any(hears[1:]) and any(_has_word(edit, rows) for rows in found[1:]):
            problem = "it is said only of those whom the edit's region does not meet"
            raise ParameterError(f"word {edit.word!r}", problem, "Name their region, or none")
        hears[0] |= not any(hears)
        for rows, mine in zip(found, hears, strict=True):
            text = rows.prompts[-1]
            if mine:
                text, control = step_of(rows.model, text, everywhere, parent, tokens, _shape(rows.view))
            else:
                control = _held(rows.model, text, parent, tokens)
            rows.prompts.append(text)
            rows.controls.append(control)
            rows.hears.append(mine)
    return found


def _is_about(edit: Edit, rows: Rows) -> bool:
    return _has_word(edit, rows) and (edit.region is None or _meet(rows.region, edit.region))


def _has_word(edit: Edit, rows: Rows) -> bool:
    return edit.word is None or has_word(rows.prompts[-1], edit.word)


def _held(model: Model, prompt: str, parent: int, tokens: int) -> Control:
    said = prompt_of(model, prompt, tokens)
    same = refine_pairing(said, said)
    always = (0.0, 1.0)
    return Control(parent, same, [], [], torch.ones_like(same.held), always, always, None)


def seen_in(row: int, parts: Sequence[tuple[Rows, Steered]], shape: tuple[int, int]) -> torch.Tensor:
    """Where the parts see the words of a row's edit, which is what may change, (H, W) of the latents, 0 or 1.

    Each part's maps count where it has the say; those of the whole picture everywhere if no other part hears of it.

    Args:
        row: of the batch.
        parts: the whole picture, then each character.
        shape: height and width of the latents.
    """
    found = torch.zeros(shape)
    alone = not any(rows.hears[row] for rows, _ in parts[1:])
    for rows, steered in parts:
        control, view = rows.controls[row], rows.view
        inside = steered.mask(row, control, _shape(view)) if control is not None and rows.hears[row] else None
        if inside is not None:
            part = inside.cpu() * (alone or view.mask.cpu() >= MINE)
            found[view.rows, view.columns] = torch.maximum(found[view.rows, view.columns], part)
    return found


def _shape(view: View) -> tuple[int, int]:
    return view.mask.shape[0], view.mask.shape[1]


def _meet(one: Region, other: Region) -> bool:
    return max(one[0], other[0]) < min(one[2], other[2]) and max(one[1], other[1]) < min(one[3], other[3])
