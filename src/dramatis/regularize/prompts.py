"""Prompts of drawn class pictures: texts with choices, such as `1person, {head|full body}, {red|blue} clothes`.

The options of a choice are dealt like cards: each is used once before any is used again, in an order of their own in
each round. So what few pictures show is as even as it can be, two choices do not go in step, and one picture more
changes no other. An option that stands twice is used twice as often, and an empty one, as in `{|smile}`, says nothing.
A backslash takes the next letter as it is: `\\{`.
"""

from collections.abc import Sequence

from dramatis.core import seeds

Options = tuple[str, ...]
Parts = tuple[str | Options, ...]
"""A prompt, read: fixed text, and choices, in order."""
FEWEST = 2
"""Options of a choice."""


def parse(text: str) -> Parts:
    """A prompt, read.

    Raises:
        ValueError: a brace has no partner, a choice holds another or has one option only, or the prompt says nothing.
    """
    parts: list[str | Options] = []
    options: list[str] | None = None
    said, at = "", 0
    while at < len(text):
        letter = text[at]
        if letter == "\\" and at + 1 < len(text):
            said, at = said + text[at + 1], at + 1
        elif letter == "{":
            if options is not None:
                raise ValueError(f"letter {at + 1} opens a choice within another")
            parts, options, said = [*parts, said], [], ""
        elif letter == "}":
            if options is None:
                raise ValueError(f"letter {at + 1} closes a choice that was not opened; \\}} is the brace itself")
            parts, options, said = [*parts, _closed([*options, said], at)], None, ""
        elif letter == "|" and options is not None:
            options, said = [*options, said], ""
        else:
            said += letter
        at += 1
    if options is not None:
        raise ValueError("a choice is not closed; \\{ is the brace itself")
    read = tuple(part for part in [*parts, said] if part)
    if not any(part.strip(" ,") for part in read if isinstance(part, str)) and not any(map(_speaks, read)):
        raise ValueError("the prompt is empty")
    return read


def _closed(options: list[str], at: int) -> Options:
    if len(options) < FEWEST:
        raise ValueError(f"the choice that letter {at + 1} closes has one option; | stands between two")
    return tuple(options)


def _speaks(part: str | Options) -> bool:
    return not isinstance(part, str) and all(option.strip(" ,") for option in part)


def dealt(count: int, turn: int, seed: int, *choice: str | int) -> int:
    """Which of `count` options the turn `turn` (from 0) gets: in each round of `count` turns every one once."""
    rounds, place = divmod(turn, count)
    return int(seeds.rng(seed, *choice, rounds).permutation(count)[place])


def prompt_of(prompts: Sequence[str], number: int, seed: int, source: str) -> str:
    """The prompt of one picture: the prompts take turns, and their choices are dealt anew each time.

    Args:
        prompts: as written, with choices.
        number: of the picture, from 0.
        seed: of section `regularize`.
        source: id of the source, so that two sources do not draw the same.
    """
    turn, which = divmod(number, len(prompts))
    said = "".join(
        part if isinstance(part, str) else part[dealt(len(part), turn, seed, source, "prompt", which, place)]
        for place, part in enumerate(parse(prompts[which]))
    )
    pieces = [" ".join(piece.split()) for piece in said.split(",")]
    return ", ".join(piece for piece in pieces if piece)
