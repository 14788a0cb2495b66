"""Who is meant by the names in backquotes of a line."""

import re
from collections.abc import Mapping

from dramatis.backends.writers import Actor
from dramatis.core.errors import ParameterError

QUOTED = re.compile(r"`([^`]*)`")


def with_keys(line: str, actors: Mapping[str, Actor], place: str) -> tuple[str, dict[str, Actor]]:
    """The line with keys of characters in backquotes, and those characters, in the order in which it names them.

    A name may be the key of a character, its trigger word, or its name for readers.

    Raises:
        ParameterError: a name is nobody's, a backquote is open, or nobody is named.
    """
    said = _said(actors)
    trained = f"Trained are {', '.join(f'`{name}`' for name in actors)}"
    if line.count("`") % 2:
        raise ParameterError(place, "a backquote is open", "Put one before and one behind each name")
    found: dict[str, Actor] = {}
    for name in QUOTED.findall(line):
        key = said.get(name.strip().casefold())
        if key is None:
            raise ParameterError(place, f"`{name}` is nobody that a run of this story has learned", trained)
        found[key] = actors[key]
    if not found:
        remedy = f"{trained}. In a shell, put the line in single quotes"
        raise ParameterError(place, "it names nobody in backquotes", remedy)
    return QUOTED.sub(lambda match: f"`{said[match[1].strip().casefold()]}`", line), found


def _said(actors: Mapping[str, Actor]) -> dict[str, str]:
    """Key of a character by everything that it may be called; a key counts before a trigger, and that before a name."""
    ways = [(actor.name, key) for key, actor in actors.items()]
    ways += [(actor.trigger.strip("<>"), key) for key, actor in actors.items()]
    ways += [(actor.trigger, key) for key, actor in actors.items()] + [(key, key) for key in actors]
    return {said.casefold(): key for said, key in ways}
