"""What is drawn: a recipe for every try of every scene."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from dramatis.attention.edit import REPAINT
from dramatis.attention.region import cells_of
from dramatis.attention.words import extended, has_word, replaced
from dramatis.core import seeds
from dramatis.core.errors import ParameterError
from dramatis.core.recipe import ControlImage, Edit, Figure, Recipe, Region
from dramatis.core.storyboard import Person, Scene, Side
from dramatis.diffusion.emphasis import pieces, plain
from dramatis.panels.params import PanelsParams
from dramatis.players.schema import Source

LIBRARIES = ("torch", "diffusers", "transformers")
ORDER: dict[Side, int] = {"left": 0, "middle": 1, "right": 2}
STEP_PX = 8
"""Sides of pictures are multiples of it."""


def regions_of(people: int) -> list[Region | None]:
    """Where so many characters are drawn, from left to right: one anywhere, several side by side in equal parts."""
    if people < 2:
        return [None] * people
    return [(number / people, 0.0, (number + 1) / people, 1.0) for number in range(people)]


def size_of(people: int, params: PanelsParams) -> tuple[int, int]:
    """Width and height of a panel with so many characters [px]."""
    wide = params.width_px * (1 + params.wider * max(people - 1, 0))
    return max(round(wide / STEP_PX), 2) * STEP_PX, params.height_px


def seed_of(story_seed: int, scene: Scene, number: int, attempt: int, params: PanelsParams) -> int:
    """Seed of a try: of equal tries, panels that share noise have the same one, and so do pictures of one size begin.

    Args:
        story_seed: of the story.
        scene: the scene.
        number: of the scene, from 1.
        attempt: number of the try, from 0.
        params: section `panels`, whose `seeds` says which panels share noise.
    """
    shared = {"story": "", "place": scene.place, "panel": str(number)}[params.seeds]
    return seeds.derive(story_seed, "panels", params.seeds, shared, attempt) % 2**32


def parts_of(prompt: str) -> list[str]:
    """What stands between the commas of a prompt, brackets kept whole."""
    parts, depth = [""], 0
    for letter in prompt:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def bare(part: str) -> str:
    """A part without brackets and weight, in small letters: `(Red hair:1.3)` is `red hair`."""
    return plain(part).strip().casefold()


def prompt_of(scene: Scene, person: Person, triggers: Mapping[str, str], people_words: Mapping[int, str]) -> str:
    """What is said of one character of a scene: the scene's prompt without what it says of the others alone.

    Words of the face and clothes that the scene's prompt has no room for stand at its end.

    Args:
        scene: with several characters.
        person: one of them.
        triggers: trigger word of each character.
        people_words: words of captions for a number of people; those for one stand in place of those for several.
    """
    own, others = _said_of(person), [one for one in scene.characters if one.name != person.name]
    away = {triggers[one.name].casefold() for one in others} | {word for one in others for word in _said_of(one)} - own
    away |= {word.casefold() for count, word in people_words.items() if count > 1}
    trigger, alone = triggers[person.name], people_words.get(1)
    kept = [part for part in parts_of(scene.prompt) if bare(part) not in away | {trigger.casefold()}]
    if alone and alone.casefold() not in map(bare, kept):
        kept.insert(0, alone)
    there = {bare(part) for part in kept}
    more = [part for text in (person.expression, person.outfit) if text for part in parts_of(text)]
    return ", ".join([trigger, *kept, *(part for part in more if bare(part) not in there)])


def _said_of(person: Person) -> set[str]:
    said = [person.outfit, person.expression, person.action]
    return {bare(part) for text in said if text for part in parts_of(text)}


def wanted_of(scene: Scene, triggers: Mapping[str, str]) -> list[str]:
    """What a tagger should read in a panel: the prompt's parts without trigger words."""
    names = {triggers[one.name].casefold() for one in scene.characters}
    return [bare(part) for part in parts_of(scene.prompt) if bare(part) not in names]


def wanted_after(wanted: Sequence[str], edits: Sequence[Edit]) -> list[str]:
    """What a tagger should read in a panel after edits of its words; what is painted anew is not read otherwise.

    Args:
        wanted: before them.
        edits: one after the other.
    """
    text = ", ".join(wanted)
    for edit in edits:
        if edit.kind == "reweight" and (edit.weight or 0) <= 0 and has_word(text, edit.word or ""):
            text = replaced(text, edit.word or "", "")
        else:
            text = changed(text, edit)
    return [bare(part) for part in parts_of(text)]


def changed(prompt: str, edit: Edit) -> str:
    """A prompt after an edit of words; as it was where its word does not stand."""
    if edit.word is not None and not has_word(prompt, edit.word):
        return prompt
    if edit.kind == "replace":
        return replaced(prompt, edit.word or "", edit.by or "")
    return extended(prompt, edit.word, edit.by or "") if edit.kind == "refine" else prompt


def check_edits(edits: Sequence[Edit], recipe: Recipe, place: str) -> None:
    """Refuses, before anything is drawn, edits whose word stands nowhere, weighs too much or whose region has no area.

    Args:
        edits: one after the other.
        recipe: of the panel, without them.
        place: of the edits, for messages.

    Raises:
        ParameterError: names the edit by its number, from 1.
    """
    prompts = [recipe.prompt, *(figure.prompt for figure in recipe.figures)]
    for number, edit in enumerate(edits, 1):
        where = f"{place}, the {number}. of them"
        if edit.word is not None and not any(has_word(prompt, edit.word) for prompt in prompts):
            problem = f"{edit.word!r} does not stand in the prompt {prompts[0]!r}"
            raise ParameterError(where, problem, "Name a word as it stands there")
        try:
            if edit.region is not None:
                cells_of(edit.region, (recipe.height_px, recipe.width_px))
            if edit.kind in REPAINT:
                prompts = [edit.prompt or prompts[0]]  # drawn by the whole picture's prompt alone
            else:
                prompts = [changed(prompt, edit) for prompt in prompts]
            for prompt in prompts:
                pieces(prompt)
        except ParameterError as error:
            raise ParameterError(f"{where}: {error.place}", error.problem, error.remedy) from None


def recipe_of(
    scene: Scene,
    seed: int,
    cast: Mapping[str, Source],
    base: Source,
    params: PanelsParams,
    people_words: Mapping[int, str],
    control: ControlImage | None = None,
) -> Recipe:
    """Everything that decides one try of a panel.

    Args:
        scene: what is drawn.
        seed: of the try.
        cast: what draws each character of the story.
        base: the source whose base is drawn with.
        params: section `panels`.
        people_words: as for `prompt_of`.
        control: a pose that is asked for.
    """
    people = sorted(scene.characters, key=lambda one: ORDER[one.side])
    triggers = {name: source.trained.triggers[name] for name, source in cast.items()}
    width, height = size_of(len(people), params)
    drawing = params.drawing.model_copy(update={"width_px": width, "height_px": height, "batch_size": 1})
    return Recipe(
        base=base.base,
        clip_skip=base.clip_skip,
        figures=[
            Figure(
                character=one.name,
                run=cast[one.name].run,
                step=cast[one.name].step,
                checkpoint=cast[one.name].checkpoint,
                scale=params.scales.get(one.name, params.scale),
                prompt=scene.prompt if len(people) == 1 else prompt_of(scene, one, triggers, people_words),
                region=region,
            )
            for one, region in zip(people, regions_of(len(people)), strict=True)
        ],
        prompt=scene.prompt,
        negative=params.drawing.negative,
        seed=seed,
        width_px=width,
        height_px=height,
        drawing=drawing.model_dump(),
        tokens=max([base.trained.tokens, *(source.trained.tokens for source in cast.values())]),
        zero_terminal_snr=base.trained.zero_terminal_snr,
        joining=params.joining,
        control=control,
        versions={library: version(library) for library in LIBRARIES},
    )


def ordered(scene: Scene) -> list[str]:
    """Keys of a scene's characters, left to right."""
    return [one.name for one in sorted(scene.characters, key=lambda one: ORDER[one.side])]


def tries_of(scene: Scene, number: int, story_seed: int, picked: int | None, params: PanelsParams) -> Sequence[int]:
    """Seeds of the pictures that may be drawn of a scene, in order; of one that a person picked, that one alone."""
    if picked is not None:
        return [picked]
    return [seed_of(story_seed, scene, number, attempt, params) for attempt in range(params.tries)]
