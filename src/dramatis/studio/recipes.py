"""Recipes of single pictures: from what a person typed, with every fault in one line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import Field

from dramatis.attention.picture import versions
from dramatis.core.errors import InputError, MissingError
from dramatis.core.foreign import read_configuration
from dramatis.core.params import Params, load_params, validate
from dramatis.core.recipe import Figure, Recipe, Seed
from dramatis.core.storyboard import Line
from dramatis.core.trained import trained_of
from dramatis.core.votes import checkpoint_digest
from dramatis.diffusion.params import DrawingParams, Sampler, Side
from dramatis.studio.runs import Runs, Trained, checkpoint_steps
from dramatis.train.schema import checkpoint_name

CONTROLNET = "controlnet"
OWN_PX = {"sd": 512, "sdxl": 1024}
"""Side that a base draws, by family, where it is one file [px]."""


class Asked(Params):
    """What a person typed."""

    prompt: Line = Field(description="What is to be seen.")
    negative: str = Field("", max_length=600, description="What is steered away from.")
    run: str = Field(description="Run that draws it.")
    step: int = Field(ge=0, description="Step of its checkpoint; 0 is the bare base.")
    scale: float = Field(1.0, ge=-2, le=2, description="Strength of the adapter.")
    seed: Seed = Field(description="Seed of the noise.")
    width: Side = Field(description="Width [px].")
    height: Side = Field(description="Height [px].")
    sampler: Sampler = Field(description="How noise becomes a picture.")
    steps: int = Field(ge=1, le=1000, description="Steps of the sampler.")
    guidance: float = Field(ge=1, le=100, description="Scale of classifier-free guidance.")


class Word(NamedTuple):
    """A word to complete: a trigger word with its run and character, or a word of captions."""

    word: str
    run: str
    character: str


def asked_of(said: Mapping[str, Any]) -> Asked:
    """What was typed, checked.

    Raises:
        InputError: the prompt is empty.
        ParameterError: a value is out of bounds; says which and what is allowed.
    """
    if not str(said.get("prompt") or "").strip():
        raise InputError("prompt", "it is empty", "Say what to draw, a trigger word first")
    return validate(dict(said), Asked, "this picture")


def drawable(runs: Runs) -> list[Trained]:
    """Runs that draw from a prompt alone and have a checkpoint."""
    return [run for run in runs.runs if run.about and run.settings.method != CONTROLNET]


def triggers(runs: Iterable[Trained]) -> list[Word]:
    """Trigger words of all characters, each with the run that learned it; and tokens of styles."""
    found = []
    for run in runs:
        if run.about:
            found += [Word(about["trigger"], run.name, key) for key, about in run.about["characters"].items()]
            found += [Word(run.about["style"], run.name, "")] if run.about.get("style") else []
    return found


def caption_words(runs: Iterable[Trained], known: Iterable[str]) -> list[str]:
    """Words of captions that the previews asked for, beside the trigger words."""
    said = {word.strip() for run in runs for each in run.prompts for word in each["prompt"].split(",")}
    return sorted(said - set(known) - {""})


def says(prompt: str, word: str) -> bool:
    """Whether a prompt has a word, not as a part of another."""
    return re.search(rf"(?<![\w<]){re.escape(word)}(?![\w>])", prompt, re.IGNORECASE) is not None


def recipe_of(asked: Asked, runs: Runs, top: Path = Path()) -> Recipe:
    """Everything that decides the picture that was asked for.

    Raises:
        InputError: the run or its step is not there, or the prompt calls somebody whom the run has not learned.
        MissingError: the run is not trained.
    """
    run = runs.run(asked.run)
    if run.about is None:
        raise MissingError(f"run {run.name}", "it has no checkpoint", f"Run `dvc repro train@{run.name}`")
    steps = checkpoint_steps(run.name, top)
    if asked.step and asked.step not in steps:
        raise InputError(f"{run.name}, step {asked.step}", f"there are {_list(steps)}", "Choose one of them")
    called = [word for word in triggers(runs.runs) if says(asked.prompt, word.word)]
    own = [word for word in called if word.run == run.name]
    strange = next((w for w in called if asked.step and w.word not in {word.word for word in own}), None)
    if strange:
        problem = f"run {run.name} has not learned this word, but run {strange.run} has"
        raise InputError(f"`{strange.word}`", problem, "Take that run, or take the word out")
    trained = trained_of(run.about)
    return Recipe(
        base=run.settings.base,
        clip_skip=run.about.get("clip_skip"),
        figures=_figures(asked, run, own, top) if asked.step else [],
        prompt=asked.prompt,
        negative=asked.negative.strip(),
        seed=asked.seed,
        width_px=asked.width,
        height_px=asked.height,
        drawing=_drawing(asked, top).model_dump(),
        tokens=trained.tokens,
        zero_terminal_snr=trained.zero_terminal_snr,
        versions=versions(),
    )


def _figures(asked: Asked, run: Trained, called: Sequence[Word], top: Path) -> list[Figure]:
    """Those who are called by their words; where nobody is, the run draws all the same, as its first character."""
    learned = run.settings.characters or [run.name]
    whom = [word.character for word in called if word.character] or learned[:1]
    digest = checkpoint_digest(top / "models" / run.name / checkpoint_name(asked.step))
    return [
        Figure(character=who, run=run.name, step=asked.step, checkpoint=digest, scale=asked.scale, prompt=asked.prompt)
        for who in whom
    ]


def _drawing(asked: Asked, top: Path) -> DrawingParams:
    """How previews are drawn, but for what was asked."""
    usual = load_params("preview.drawing", DrawingParams, top / "params.yaml")
    said = {"sampler": asked.sampler, "steps": asked.steps, "guidance": asked.guidance, "negative": "", "batch_size": 1}
    return usual.model_copy(update=said | {"width_px": None, "height_px": None})


def usual_of(runs: Runs, top: Path = Path()) -> dict[str, Any]:
    """What stands in the form at first, and what may be chosen."""
    drawing = load_params("preview.drawing", DrawingParams, top / "params.yaml")
    choices = []
    for run in drawable(runs):
        chosen, _, _ = runs.chosen(run)
        steps = checkpoint_steps(run.name, top)
        side = own_px(run.settings.base, (run.about or {}).get("family", "sd"))
        choices.append({"name": run.name, "steps": steps, "step": chosen or (steps or [0])[-1], "side": side})
    words = triggers(drawable(runs))
    return {
        "runs": choices,
        "words": [word._asdict() for word in words],
        "captions": caption_words(drawable(runs), [word.word for word in words]),
        "samplers": list(get_args(Sampler)),
        "usual": {"sampler": drawing.sampler, "steps": drawing.steps, "guidance": drawing.guidance},
    }


def own_px(base: str, family: str) -> int:
    """Side of the square that a base draws unless told otherwise [px]."""
    unet, vae = (Path(base) / part / "config.json" for part in ("unet", "vae"))
    if not (unet.is_file() and vae.is_file()):
        return OWN_PX.get(family, OWN_PX["sd"])
    side = read_configuration(unet)["sample_size"]
    factor: int = 2 ** (len(read_configuration(vae)["block_out_channels"]) - 1)
    return factor * int(side if isinstance(side, int) else side[0])


def _list(steps: Sequence[int]) -> str:
    return f"steps {', '.join(map(str, steps))}" if steps else "no steps"
