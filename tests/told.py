"""People, tasks and answers for tests of stories."""

import json
from pathlib import Path

from conftest import TOP

from dramatis.backends.writers import Actor, Task
from dramatis.backends.writers.grammar import load
from dramatis.story.params import Limits

GRAMMAR = TOP / "grammar.yaml"
LIMITS = Limits(tokenizer=TOP / "models/pocket/sd/tokenizer", token_limits=[75])
KNOWN = frozenset({
    "1person", "head", "upper body", "full body", "front view", "smile", "open mouth", "straight mouth", "headband",
    "black clothes", "orange clothes", "robe", "shirt", "meadow", "forest", "city", "beach", "room", "night", "snow",
})  # fmt: skip
ACTORS = {
    "ada": Actor("ada", "Ada", "ada", "black clothes, robe", "1person", ("forest", "beach", "room")),
    "bela": Actor("bela", "Bela", "bela", "orange clothes, shirt", "1person", ("city", "forest")),
    "cyrus": Actor("cyrus", "Cyrus of Persia", "cyrus", None, None, ("snow", "city", "forest")),
}
LOST = "`ada` loses her umbrella in the snow and `cyrus` finds it"


def task(line: str = LOST, panels: int = 4, seed: int = 7, **more) -> Task:
    """A task for everybody whom a line names."""
    names = [name for name in ACTORS if f"`{name}`" in line]
    given = {"style": None, "place": None, "known": KNOWN, "actors": {name: ACTORS[name] for name in names}}
    return Task(line=line, panels=panels, seed=seed, **(given | more))


def answer(**changes) -> str:
    """A storyboard that holds, as a model would answer it; `changes` are of its first scene."""
    value = json.loads(load(Path(GRAMMAR)).write(task(), []))
    value["scenes"][0] |= changes
    return json.dumps(value)
