"""Draws one panel: several tries, of which the best is taken, and a person's changes on it."""

from collections.abc import Sequence
from typing import NamedTuple

from dramatis.core.images import Image
from dramatis.core.recipe import Edit, Recipe
from dramatis.panels.easel import Easel
from dramatis.panels.judge import Critic, Shown, fault_of, rank
from dramatis.panels.plan import wanted_after


class Taken(NamedTuple):
    """The try that stands in the story."""

    image: Image
    recipe: Recipe
    shown: Shown
    tries: int
    """Pictures that were drawn."""
    fault: str | None
    """Why a person should look at it; None if nothing is amiss."""


class Rules(NamedTuple):
    """When a panel is good enough."""

    best_of: int
    min_agreement: float


def best_of(
    easel: Easel,
    critic: Critic,
    recipe: Recipe,
    seeds: Sequence[int],
    wanted: Sequence[str],
    rules: Rules,
    edits: Sequence[Edit] = (),
) -> Taken:
    """The best of several pictures of one scene.

    The first `best_of` seeds are drawn in any case. If none of them is right, further ones are, until one is; if none
    is at all, the best of them is taken with its fault. Of equals the earliest is taken. Edits are made on the picture
    that was taken, which is then looked at again: for what its words are then.

    Args:
        easel: what draws.
        critic: what looks.
        recipe: of the scene, with any seed and without edits.
        seeds: one a try, at least one.
        wanted: tags that should be read.
        rules: when a try is good enough.
        edits: what a person wants changed.
    """
    asked = [figure.character for figure in recipe.figures]
    best: Taken | None = None
    count = 0
    for count, seed in enumerate(seeds, 1):
        if count > rules.best_of and best is not None and best.fault is None:
            count -= 1
            break
        tried = recipe.model_copy(update={"seed": seed})
        image = easel.picture(tried).image
        shown = critic.look(image, tried, wanted)
        fault = fault_of(shown, asked, rules.min_agreement)
        if best is None or (fault is None, rank(shown)) > (best.fault is None, rank(best.shown)):
            best = Taken(image, tried, shown, count, fault)
    if best is None:
        raise ValueError("no seeds")
    best = best._replace(tries=count)
    if not edits:
        return best
    changed = best.recipe.model_copy(update={"edits": list(edits)})
    image = easel.picture(changed).image
    shown = critic.look(image, changed, wanted_after(wanted, edits))
    return best._replace(image=image, recipe=changed, shown=shown, fault=fault_of(shown, asked, rules.min_agreement))
