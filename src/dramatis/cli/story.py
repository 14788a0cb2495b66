"""`dramatis story`: the storyboard of a story of params.yaml, or of a line that stands nowhere yet."""

import re
from pathlib import Path
from typing import NamedTuple

from dramatis.backends.tag import TagChoice
from dramatis.cli.look import plain, print_json, show, table
from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.params import PARAMS, Key, load_params, read_params, validate
from dramatis.core.runs import Run
from dramatis.core.stories import LOOKS, STORIES, Story, load_story
from dramatis.core.storyboard import Storyboard
from dramatis.story.material import Settings, Sources, gather
from dramatis.story.own import keep_own
from dramatis.story.params import Limits, StoryParams
from dramatis.story.run import storyboard, written

SOURCES = Sources(cast=Path("data/cast/characters.parquet"), dataset=Path("data/dataset"), own=Path(STORIES))
LINE = "the line"
"""How a line of the command is named in errors."""
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")


class Wishes(NamedTuple):
    """What the command says otherwise than params.yaml; None: nothing."""

    runs: list[str] | None = None
    panels: int | None = None
    writer: str | None = None
    seed: int | None = None
    style: str | None = None
    place: str | None = None


def tell_story(what: str, wishes: Wishes, keep: bool = False, as_json: bool = False) -> None:
    """Prints the storyboard of a story, or of a line; with `keep` it is also put where a person edits it.

    A storyboard that a person wrote is printed as it is, unless something is wished.
    """
    board = make_story(what, wishes, keep)
    file = SOURCES.own / f"{what}.yaml"
    if keep:
        keep_own(file, what, board)
    if as_json:
        print_json(board.model_dump(mode="json"))
        return
    _show(board)
    if keep:
        show(f"Kept as {plain(file)}: edit it, then `dvc repro`.")


def make_story(what: str, wishes: Wishes, keep: bool = False) -> Storyboard:
    """The storyboard of a story of params.yaml, or of a line.

    Args:
        what: key of a story, or a line.
        wishes: what differs.
        keep: whether it is to become a person's: then a story is wanted, and the writer's.

    Raises:
        MissingError: there is no such story.
        ParameterError: a wish is not allowed, or a line cannot be kept.
        InputError: the writer fails, or what the story is made from is missing.
    """
    settings = load_settings()
    named = _ID.fullmatch(what) is not None
    wished = {key: value for key, value in wishes._asdict().items() if value is not None}
    if named:
        base, place = load_named(what).model_dump(), f"{STORIES}.{what}"
    else:
        if keep:
            remedy = f"Put it below `{STORIES}:` in {PARAMS}, then `dramatis story <key> --keep`"
            raise ParameterError(LINE, "it has no key to be kept by", remedy)
        base, place = {"line": what, "runs": _everybody(settings)}, LINE
    story = validate(base | wished, Story, str(PARAMS) if named else "this command", place if named else "")
    if named and not wished and not keep:
        return storyboard(what, story, settings, SOURCES)
    return written(place, story, settings, SOURCES, gather(story, settings, SOURCES, place))


def load_named(name: str) -> Story:
    """A story of params.yaml.

    Raises:
        MissingError: there is none of this key; says which there are.
    """
    known = read_params().get(STORIES) or {}
    if isinstance(known, dict) and name not in known:
        remedy = f"There are {', '.join(map(str, known)) or 'none'}; or give a line with names in backquotes"
        raise MissingError(f"{PARAMS}: {STORIES}", f"there is no story {name!r}", remedy)
    return load_story(name)


def load_settings() -> Settings:
    """What params.yaml says of all stories."""
    return Settings(
        load_params("story", StoryParams),
        load_params("caption", Limits),
        load_params("tag", TagChoice),
        load_params("runs", dict[Key, Run]),
    )


def _everybody(settings: Settings) -> list[str]:
    """Runs that draw somebody."""
    return [name for name, run in settings.runs.items() if run.characters and run.method != LOOKS]


def _show(board: Storyboard) -> None:
    cast = ", ".join(f"{name} ({run})" for name, run in board.cast.items())
    made = table("", "framing", "who", "place", "caption", "prompt", title=plain(board.title))
    for number, scene in enumerate(board.scenes, 1):
        alone = len(scene.characters) == 1
        who = ", ".join(one.name if alone else f"{one.name} {one.side}" for one in scene.characters)
        place = ", ".join(filter(None, (scene.place, scene.time)))
        made.add_row(*map(plain, (number, scene.framing, who or "nobody", place, scene.caption, scene.prompt)))
    show(made, f"[dim]{plain(cast)}[/dim]")
