"""What a story is made of: who may be in it, what each wears and where each was seen, what words there are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dramatis.backends.plot.words import Grammar, load_grammar
from dramatis.backends.tag import TagChoice
from dramatis.backends.writers import Actor
from dramatis.core.captions import JOINT
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.runs import Run
from dramatis.core.splits import read_split
from dramatis.core.stories import LOOKS, Story
from dramatis.core.tables import read_rows
from dramatis.core.words import words
from dramatis.story.params import Limits, StoryParams

INVERSION = "textual_inversion"
"""Method of runs whose trigger words are tokens of their own."""
OUTFIT_SHARE = 0.4
"""Share of somebody's captions with a word for clothes that makes it their outfit."""
PEOPLE_SHARE = 0.5
"""The same of the word for one person."""


class Settings(NamedTuple):
    """What `params.yaml` says beside the story."""

    story: StoryParams
    limits: Limits
    tagger: TagChoice
    runs: Mapping[str, Run]


class Sources(NamedTuple):
    """Files that stories are made from."""

    cast: Path
    """Table of characters, of stage `cast`."""
    dataset: Path
    """Folder of stage `dataset`."""
    own: Path
    """Folder of storyboards that people wrote, and of the answers of writers."""


class Material(NamedTuple):
    """Who and what a story may have."""

    runs: Mapping[str, str]
    """The run that draws each character."""
    actors: Mapping[str, Actor]
    """By key; those of `runs`."""
    known: frozenset[str] | None
    """Words of captions that a prompt may have; None: all."""


def cast_of(story: Story, runs: Mapping[str, Run], place: str) -> dict[str, str]:
    """Who may be in a story: the first of its runs that has learned each character.

    Raises:
        ParameterError: there is no such run, or none of them has learned anybody.
    """
    cast: dict[str, str] = {}
    for run in story.runs:
        if run not in runs:
            remedy = f"Runs of params.yaml are {', '.join(runs) or 'none'}"
            raise ParameterError(place, f"there is no run {run!r}", remedy)
        if runs[run].method != LOOKS:
            cast |= {character: run for character in runs[run].characters if character not in cast}
    if not cast:
        problem = f"the runs {', '.join(story.runs)} have learned nobody"
        raise ParameterError(place, problem, "Name a run with characters in `runs`")
    return cast


def gather(story: Story, settings: Settings, sources: Sources, place: str) -> Material:
    """Everybody who may be in a story, with what the dataset says of them.

    Args:
        place: what to name in errors, such as `stories.lost`.

    Raises:
        ParameterError: a run is unknown, an outfit is somebody's who is not in the story, or the grammar is at fault.
        InputError: a character is not in the cast any more, or a table is missing.
    """
    cast = cast_of(story, settings.runs, place)
    for name in story.outfits:
        if name not in cast:
            raise ParameterError(f"{place}.outfits", f"there is no {name!r} in it", f"It has {', '.join(cast)}")
    table = {row["character"]: row for row in read_rows(sources.cast, "cast")}
    grammar = load_grammar(settings.story.grammar)
    seen = _captions(sources.dataset, list(cast))
    actors = {}
    for name, run in cast.items():
        if name not in table:
            remedy = "Name it in cast.yaml, or train the run again without it"
            raise InputError(str(sources.cast), f"{name!r}, whom run {run} has learned, is not in the cast", remedy)
        row = table[name]
        trigger = f"<{row['trigger']}>" if settings.runs[run].method == INVERSION else row["trigger"]
        actors[name] = _actor(name, row["display"], trigger, seen[name], story.outfits.get(name), grammar)
    return Material(cast, actors, _known(settings.tagger, seen))


def _captions(dataset: Path, names: Sequence[str]) -> dict[str, list[list[str]]]:
    """The words of each training caption of each character: of crops without anybody else where there are some."""
    filters = [("character", "in", list(names)), ("origin", "=", "crop")]
    rows = read_split(dataset, "characters", "train", ["character", "characters", "caption", "trigger"], filters)
    found = {}
    for name in names:
        own = [row for row in rows if row["character"] == name]
        alone = [row for row in own if row["characters"] == [name]] or own
        found[name] = [[word for word in row["caption"].split(JOINT) if word != row["trigger"]] for row in alone]
    return found


def _actor(
    key: str, name: str, trigger: str, captions: Sequence[Sequence[str]], outfit: str | None, grammar: Grammar
) -> Actor:
    """A character with what its captions say most often."""
    counts = Counter(word for caption in captions for word in dict.fromkeys(caption))
    often = sorted(counts, key=lambda word: (-counts[word], word))
    clothes = [word for word in often if not set(grammar.wear).isdisjoint(word.split())]
    worn = [word for word in clothes if counts[word] >= OUTFIT_SHARE * len(captions)]
    people = next((word for word in often if word[:1] == "1" and word[1:].isalpha()), None)
    return Actor(
        key=key,
        name=name,
        trigger=trigger,
        outfit=outfit or JOINT.join(worn) or None,
        people=people if people and counts[people] >= PEOPLE_SHARE * len(captions) else None,
        places=tuple(word for word in often if word not in clothes and word != people),
    )


def _known(tagger: TagChoice, seen: Mapping[str, Sequence[Sequence[str]]]) -> frozenset[str] | None:
    """Words of captions: the tagger's list, and what stands in captions; None of a captioner, which has no list."""
    if tagger.backend != "wd14":
        return None
    from dramatis.backends.tag.wd14 import LIST, read_tags

    listed = {words(tag.name) for tag in read_tags(tagger.weights / LIST)}
    return frozenset(listed.union(*(caption for captions in seen.values() for caption in captions)))
