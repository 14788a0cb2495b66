"""Storyboards that people wrote, `stories/<story>.yaml`: they win over every writer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dramatis.core.errors import InputError, ParameterError
from dramatis.core.params import read_yaml
from dramatis.core.rewrite import rewrite
from dramatis.core.stories import Story
from dramatis.core.storyboard import Storyboard, storyboard_in
from dramatis.story.material import Material
from dramatis.story.params import Limits
from dramatis.story.prompts import UnfitError, check_prompts

HEAD = """\
# A storyboard of your own: it stands in place of what a writer would make of `stories.{name}` in params.yaml.
# Delete this file, and the writer's comes back. docs/stories.md says what the fields mean.
"""


def read_own(file: Path, story: Story, material: Material, limits: Limits) -> Storyboard:
    """The storyboard in a file; line, style and cast are those of the story where it does not say.

    Raises:
        ParameterError: a field is at fault, somebody is not trained, or a prompt is too long or lacks a trigger word.
    """
    board = board_in(file, story, material.runs)
    try:
        check_prompts(board.scenes, material.actors, limits)
    except UnfitError as fault:
        raise ParameterError(str(file), str(fault), "Mend the prompt, then run again") from None
    return board


def board_in(file: Path, story: Story, learned: Mapping[str, str]) -> Storyboard:
    """As `read_own`, but for what the prompts are: of those only a tokenizer can tell."""
    return own_board(read_yaml(file), str(file), story, learned)


def own_board(value: Any, place: str, story: Story, learned: Mapping[str, str]) -> Storyboard:
    """The storyboard that a file of a person holds.

    Args:
        value: what is in the file.
        place: the file, for messages.
        story: whose it is.
        learned: the run that draws each character that the story's runs have learned.

    Raises:
        ParameterError: a field is at fault, or somebody is not trained.
    """
    if not isinstance(value, Mapping):
        raise ParameterError(place, "it holds no storyboard", "Write `title:` and `scenes:`, see docs/stories.md")
    given = {"line": story.line, "style": story.style, "cast": dict(learned)} | dict(value)
    board = storyboard_in(given, place)
    for name, run in board.cast.items():
        if name not in learned:
            problem = f"cast.{name}: no run of this story has learned it"
            raise ParameterError(place, problem, f"Trained are {', '.join(learned)}")
        if run not in story.runs:
            problem = f"cast.{name} = {run!r}: this story has no such run"
            raise ParameterError(place, problem, f"Its runs are {', '.join(story.runs)}")
    return board


def own_text(name: str, board: Storyboard) -> str:
    """The file in which the author of a storyboard edits it.

    Args:
        name: of the story.
        board: as a writer made it.
    """
    said = yaml.safe_dump(board.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=110)
    return HEAD.format(name=name) + said


def keep_own(file: Path, name: str, board: Storyboard) -> None:
    """Writes a storyboard where its author edits it.

    Raises:
        InputError: there is one already.
    """

    def change(before: str) -> str:
        if before:
            raise InputError(str(file), "there is a storyboard already", "Edit it, or delete it first")
        return own_text(name, board)

    file.parent.mkdir(parents=True, exist_ok=True)
    rewrite(file, change)
