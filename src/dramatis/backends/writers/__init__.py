"""Writers: who makes the scenes of a story of one line."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from pydantic import Field

from dramatis.core.params import Params
from dramatis.core.storyboard import MOST_SCENES, Line, Scene


class Actor(NamedTuple):
    """A character of a story."""

    key: str
    name: str
    """For readers."""
    trigger: str
    """Its word in prompts."""
    outfit: str | None = None
    """What it wears all along, in words of captions; None: unsaid."""
    people: str | None = None
    """The word of its captions for one person, such as `1girl`; None: they have none."""
    places: tuple[str, ...] = ()
    """Words of captions that it was often seen with, most often first; places are among them."""


class Task(NamedTuple):
    """What a writer is asked for."""

    line: str
    """Names in backquotes are keys of actors."""
    panels: int
    actors: Mapping[str, Actor]
    """By key, in the order in which they stand side by side."""
    style: str | None
    place: str | None
    """Where all of it happens; None: the writer decides."""
    seed: int
    known: frozenset[str] | None
    """Words of captions that a prompt may have; None: all."""


class Attempt(NamedTuple):
    """An answer that could not be used."""

    answer: str
    fault: str


class Draft(Params):
    """What a writer answers: JSON of this form."""

    title: Line = Field(description="Title of the story.")
    scenes: list[Scene] = Field(min_length=1, max_length=MOST_SCENES, description="The panels in order.")


class Writer(Protocol):
    """Makes scenes of a line."""

    @property
    def model(self) -> Mapping[str, Any] | None:
        """What decides its answers beside what it is asked, to keep them by; None: it always answers the same."""
        ...

    def write(self, task: Task, earlier: Sequence[Attempt]) -> str:
        """JSON of a `Draft`, or whatever it answers.

        Args:
            task: what is wanted.
            earlier: its answers before, with what was wrong with them.

        Raises:
            InputError: it cannot be asked, does not answer in time, or answers too much.
        """
        ...


def load_writer(backend: str, settings: Any) -> Writer:
    """The writer of one backend (a file of this package). All count as code of who loads one: stories name them.

    Args:
        settings: its own: `Path` of the grammar, `OpenAIParams` or `TransformersParams`.

    Raises:
        InputError: what it needs is missing.
    """
    if backend == "openai":
        from dramatis.backends.writers import openai

        return openai.load(settings)
    if backend == "transformers":
        from dramatis.backends.writers import transformers

        return transformers.load(settings)
    from dramatis.backends.writers import grammar

    return grammar.load(settings)
