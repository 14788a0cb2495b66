"""Edits of panels with two characters: what one of them wears, or where both are. Does the other stay as she was?

`python -m dramatis.bench.edits_pairs` adds its figures to `metrics/bench/story.json` and writes the second picture of
docs/attention.md.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from tqdm import tqdm

from dramatis.bench.edits import METRICS, Judge, Shown, mean, rmse, sheet
from dramatis.bench.story import COLOURS, PLACES, Theatre, add_to, asked_of, open_project
from dramatis.core import seeds
from dramatis.core.errors import one_line_errors
from dramatis.core.images import Image, encode_png
from dramatis.core.recipe import Edit, Recipe, Region
from dramatis.core.storyboard import Scene
from dramatis.panels.draw import Rules, Taken, best_of
from dramatis.panels.easel import Drawn
from dramatis.panels.plan import changed

PICTURE = Path("docs/attention-pairs.png")
SEEDS = tuple(range(2301, 2313))
"""Of the stories, whose panels with two are edited; no others were drawn of these."""
GROUPS = {"outfit_colour": "clothes of one", "background": "place of both"}
SHOWN = 3
"""Edits of each group in the picture."""


class Case(NamedTuple):
    """One edit of one panel."""

    group: str
    edit: Edit
    was: str
    """What the parts that it is about show before, as the tagger has it."""
    tag: str
    """What they are to show then."""
    about: list[Region]
    """Where those stand whom it is about."""
    others: list[Region]
    """Where those stand whom it is not."""


def case_of(recipe: Recipe, scene: Scene, group: str, seed: int) -> Case:
    """An edit of a panel with two: other clothes for one of them, or another place."""
    rng = seeds.rng(seed, "bench edits of pairs", group)
    regions = [figure.region for figure in recipe.figures if figure.region is not None]
    if group == "background":
        by = str(rng.choice([place for place in PLACES if place != scene.place]))
        return Case(group, Edit(kind="replace", word=scene.place, by=by), scene.place, by, regions, [])
    worn = [(person.outfit or "").split()[0] for person in scene.characters]
    whose = int(rng.integers(2))
    by = str(rng.choice([colour for colour in COLOURS if colour not in worn]))
    edit = Edit(kind="replace", word=f"{worn[whose]} clothes", by=f"{by} clothes")
    return Case(group, edit, f"{worn[whose]}_clothes", f"{by}_clothes", [regions[whose]], [regions[1 - whose]])


def prompted_anew(recipe: Recipe, edit: Edit) -> Recipe:
    """The same picture from the prompts as the edit would have them, without its attention."""
    figures = [figure.model_copy(update={"prompt": changed(figure.prompt, edit)}) for figure in recipe.figures]
    return recipe.model_copy(update={"prompt": changed(recipe.prompt, edit), "figures": figures})


def part_of(image: Image, region: Region) -> Image:
    """The pixels of a region."""
    high, wide = image.shape[:2]
    left, top, right, bottom = region
    return np.ascontiguousarray(
        image[round(top * high) : round(bottom * high), round(left * wide) : round(right * wide)]
    )


def measured(case: Case, found: Drawn, plain: Image, placed: Sequence[bool], judge: Judge) -> dict[str, Any]:
    """What came of one edit, beside what the new prompts alone draw with the same seed.

    Args:
        case: the edit.
        found: the panel before and after.
        plain: what the new prompts draw.
        placed: whether both are found in their places, after the edit and in `plain`.
        judge: reads tags.
    """

    def shows(image: Image, tag: str) -> bool:
        return all(judge.reads(part_of(image, region), case.group, tag) for region in case.about)

    already = shows(found.before, case.tag)
    row: dict[str, Any] = {"group": case.group, "placed": placed[0], "plain_placed": placed[1]}
    row |= {"edit": shows(found.image, case.tag) and not already, "plain": shows(plain, case.tag) and not already}
    row["read"] = shows(found.before, case.was)
    if found.mask is not None:
        outside = found.mask < 0.5
        row["mask"] = float(1 - outside.mean())
        if outside.any():
            row["rmse"], row["plain_rmse"] = (rmse(one, found.before, outside) for one in (found.image, plain))
    for region in case.others:
        before, *after = (part_of(image, region) for image in (found.before, found.image, plain))
        row["other"], row["plain_other"] = (rmse(one, before, np.full(before.shape[:2], True)) for one in after)
    return row


def figures(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Over all edits, and by group."""
    told = {"pair_edits": len(rows)} | {f"pair_edit_{key}": value for key, value in _figures(rows).items()}
    told["pair_edit_other_ratio"] = mean(rows, "other") / mean(rows, "plain_other")
    groups = {group: [row for row in rows if row["group"] == group] for group in GROUPS}
    return told | {"pair_edit_groups": {group: {"edits": len(own), **_figures(own)} for group, own in groups.items()}}


def _figures(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    return {
        "success": mean(rows, "edit"),
        "plain_success": mean(rows, "plain"),
        "read_before": mean(rows, "read"),
        "placed": mean(rows, "placed"),
        "plain_placed": mean(rows, "plain_placed"),
        "rmse_ratio": mean(rows, "rmse") / mean(rows, "plain_rmse"),
        "mask": mean(rows, "mask"),
    }


def panels_of(seed: int, theatre: Theatre) -> list[tuple[Scene, Taken]]:
    """The panels with two of a story, the best of some tries each, as stage `panels` takes them."""
    cast, settings, easel, critic = theatre
    rules = Rules(settings.panels.best_of, settings.panels.min_agreement)
    return [
        (one.scene, best_of(easel, critic, one.recipe, one.tries, one.wanted, rules))
        for one in asked_of(seed, cast, settings)
        if len(one.scene.characters) > 1
    ]


def main() -> None:
    """Draws all panels and their edits, and writes the figures and the picture."""
    theatre, judge = open_project(SEEDS[0]), Judge()
    easel, critic = theatre.easel, theatre.critic
    rows: list[dict[str, Any]] = []
    shown: dict[str, list[Shown]] = {group: [] for group in GROUPS}
    for seed in tqdm(SEEDS, unit="story"):
        for (scene, taken), group in zip(panels_of(seed, theatre), GROUPS, strict=True):
            case = case_of(taken.recipe, scene, group, seed)
            found = easel.picture(taken.recipe.model_copy(update={"edits": [case.edit]}))
            plain = easel.picture(prompted_anew(taken.recipe, case.edit)).image
            placed = [critic.look(image, taken.recipe, []).placed for image in (found.image, plain)]
            rows.append(measured(case, found, plain, placed, judge))
            shown[group].append(Shown(found.before, found.mask, found.image, plain))
    add_to(METRICS, figures(rows))
    PICTURE.write_bytes(encode_png(sheet([one for group in GROUPS for one in shown[group][:SHOWN]])))
    Console().print_json(data=figures(rows))


if __name__ == "__main__":
    with one_line_errors():
        main()
