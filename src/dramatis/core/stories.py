"""Stories: one line of text and who draws it, one entry of `stories` in `params.yaml` each."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.params import PARAMS, Key, Params, RunKey, load_params, validate
from dramatis.core.recipe import Edit, Seed
from dramatis.core.runs import Run
from dramatis.core.storyboard import MOST_SCENES, Line

STORIES = "stories"
"""The section; also the folder of the storyboards that people wrote, `stories/<story>.yaml`."""

LOOKS = "controlnet"
"""Method of runs that look at control pictures."""

Writer = Literal["grammar", "openai", "transformers"]
"""Who makes scenes of a line: the name of a file in `backends/writers`."""

Number = Annotated[int, Field(ge=1, le=MOST_SCENES)]
"""Number of a scene, from 1."""


class Story(Params):
    """One story; stages `story`, `players`, `panels` and `render` work on one of them."""

    line: Line = Field(
        description="What happens, in a sentence or some; trigger words or ids of characters in backquotes."
    )
    runs: list[RunKey] = Field(
        min_length=1, description="Runs that draw it; a character is drawn by the first that has learned it."
    )
    panels: int = Field(4, ge=1, le=MOST_SCENES, description="Panels, if a writer writes it.")
    style: Line | None = Field(None, description="Words of captions that every prompt ends with; null: none.")
    seed: int = Field(7, ge=0, description="Of the writer, and of the noise.")
    writer: Writer | None = Field(None, description="Who writes this one; null: `story.writer`.")
    place: Line | None = Field(None, description="Where all of it happens; null: what the line says, or the writer.")
    outfits: dict[Key, Line] = Field(
        {}, description="What characters wear, in words of captions; of others, what they are most often seen in."
    )
    poses: dict[Number, str] = Field({}, description="Scene number: control picture that its pose is taken from.")
    edits: dict[Number, list[Edit]] = Field({}, description="Scene number: changes of its picture, in this order.")
    picked: dict[Number, Seed] = Field({}, description="Scene number: seed of the picture that a person chose.")
    order: list[Number] | None = Field(
        None, min_length=1, description="Scene numbers as they are rendered; those not named are left out; null: all."
    )

    @field_validator("runs", "order")
    @classmethod
    def _each_once(cls, value: list[str] | list[int] | None) -> list[str] | list[int] | None:
        twice = next((one for one in value or [] if list(value or []).count(one) > 1), None)
        if twice is not None:
            raise ValueError(f"must name {twice} once only")
        return value


def check_scenes(story: Story, count: int, place: str) -> None:
    """Whether there are the scenes of which a story says something.

    Args:
        story: what a person decided.
        count: scenes of its storyboard.
        place: of the story, for messages.

    Raises:
        ParameterError: there is no such scene; says how many there are.
    """
    for what in ("picked", "edits", "poses"):
        for number in getattr(story, what):
            if number > count:
                problem = f"there is no scene {number}; the story has {count}"
                raise ParameterError(f"{place}.{what}", problem, "Mend params.yaml")


def check_pose_run(run: str | None, runs: Mapping[str, Run], place: str) -> str:
    """The run that looks at the poses of a story.

    Args:
        run: `players.pose_run`.
        runs: of params.yaml.
        place: of the poses, for messages.

    Raises:
        ParameterError: none is named, there is no such run, or it is of another method.
    """
    looking = [name for name, one in runs.items() if one.method == LOOKS]
    if run in looking:
        return run
    remedy = f"Name one of {', '.join(looking)}" if looking else f"Train a run of method {LOOKS} and name it there"
    if run is None:
        problem = "poses are asked for, but `players.pose_run` names no run that looks at them"
        raise ParameterError(place, problem, remedy)
    problem = f"{run} is of method {runs[run].method}" if run in runs else f"there is no run {run}"
    raise ParameterError(f"{PARAMS}: players.pose_run", f"{problem}; poses need one of method {LOOKS}", remedy)


def check_pose(image: str, place: str) -> Path:
    """The control picture of a pose.

    Raises:
        MissingError: it is not there.
        ParameterError: it lies where DVC does not look.
    """
    file, folder = Path(image), Path(STORIES)
    if not file.is_file():
        raise MissingError(f"{place}: {file}", "there is no such picture", "Put it there, or take it out")
    if folder.resolve() not in file.resolve().parents:
        problem = f"control pictures lie below `{folder}/`, where DVC sees when one changes"
        raise ParameterError(f"{place}: {file}", problem, f"Move it to {folder}/poses/{file.name}")
    return file


def load_story(name: str) -> Story:
    """The story `name` of `params.yaml`.

    Raises:
        MissingError: `stories` has no such key.
        ParameterError: a key is unknown or a value out of bounds.
    """
    validate(name, Key, "params.yaml", STORIES)
    return load_params(f"{STORIES}.{name}", Story)
