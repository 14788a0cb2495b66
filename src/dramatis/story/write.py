"""Asks a writer until its answer holds, and keeps that answer."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dramatis.backends.writers import Attempt, Draft, Task, Writer
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.params import validate
from dramatis.core.storyboard import MOST_PEOPLE, Scene
from dramatis.story.answers import Answers
from dramatis.story.params import Limits
from dramatis.story.prompts import UnfitError, check_prompts, finished, shortened

_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
MOST_CHARS = 400_000
"""Longest answer that is read [characters]."""


def write(name: str, writer: Writer, task: Task, limits: Limits, tries: int, answers: Answers) -> Draft:
    """The scenes that a writer makes of a task.

    An answer with a fault goes back to the writer together with what is wrong, so often as `tries` says. The first that
    holds is kept by what was asked, and taken from there the next time.

    Args:
        name: of the writer, for messages.

    Raises:
        InputError: no answer holds, the writer cannot be asked, or a kept answer does not hold.
    """
    kept = answers.read(writer, task)
    if kept is not None:
        try:
            return draft_of(kept, writer, task, limits)
        except UnfitError as fault:
            problem = f"the kept answer does not hold: {fault}"
            remedy = "Delete the file to ask the writer anew"
            raise InputError(str(answers.file(writer, task)), problem, remedy) from None
    earlier: list[Attempt] = []
    tries = 1 if writer.model is None else tries  # it would say the same again
    for _ in range(tries):
        answer = writer.write(task, earlier)
        try:
            draft = draft_of(answer, writer, task, limits)
        except UnfitError as fault:
            earlier.append(Attempt(answer[:MOST_CHARS], str(fault)))
        else:
            answers.keep(writer, task, draft)
            return draft
    times = "once" if tries == 1 else f"{tries} times"
    problem = f"asked {times}, it gave no storyboard that holds; the last time: {earlier[-1].fault}"
    remedy = "Ask another model, raise `story.tries`, or use the writer `grammar`"
    if writer.model is None:
        remedy = "Shorten the style and the outfits, or ask for more panels"
    raise InputError(f"writer {name}", problem, remedy)


def draft_of(answer: str, writer: Writer, task: Task, limits: Limits) -> Draft:
    """An answer as scenes whose prompts are in order.

    Raises:
        UnfitError: it is no JSON, breaks the schema, or does not tell what was asked.
    """
    value = json_in(answer)
    try:
        draft = validate(value, Draft, "the answer")
    except ParameterError as error:
        raise UnfitError(error.problem) from None
    if len(draft.scenes) != task.panels:
        raise UnfitError(f"it has {len(draft.scenes)} scenes, and {task.panels} are asked for")
    check_people(draft.scenes, task)
    scenes = [finished(scene, task.actors, task.style) for scene in draft.scenes]
    if writer.model is None:
        scenes = [shortened(scene, task.actors, task.style, limits) for scene in scenes]
    check_prompts(scenes, task.actors, limits)
    return Draft(title=draft.title, scenes=scenes)


def check_people(scenes: Sequence[Scene], task: Task) -> None:
    """Refuses people whom nobody has trained or asked for, and a story without somebody whom the line names.

    Raises:
        UnfitError: says who.
    """
    seen = {one.name for scene in scenes for one in scene.characters}
    if unknown := sorted(seen - set(task.actors)):
        raise UnfitError(f"there is no character {unknown[0]!r}; there are {', '.join(task.actors)}")
    missing = [name for name in task.actors if name not in seen]
    if missing and len(task.actors) <= MOST_PEOPLE * len(scenes) and len(scenes) > 1:
        raise UnfitError(f"{missing[0]!r} is in no scene")


def json_in(answer: str) -> Mapping[str, Any]:
    """The object that an answer holds: alone, in a fence of Markdown, or between sentences.

    Raises:
        UnfitError: it holds none.
    """
    if len(answer) > MOST_CHARS:
        raise UnfitError(f"it is longer than {MOST_CHARS} characters")
    text = _THOUGHT.sub("", answer).strip()
    if not text:
        raise UnfitError("it is empty")
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise UnfitError(f"it is no JSON, but begins with {text[:40]!r}")
    try:
        value = json.loads(text[start : end + 1])
    except (ValueError, RecursionError) as error:  # a number of 5000 digits is no JSONDecodeError
        said = "it is nested too deep" if isinstance(error, RecursionError) else getattr(error, "msg", str(error))
        raise UnfitError(f"it is no valid JSON ({said})") from None
    return value if isinstance(value, dict) else {}
