"""Stories as the page shows and changes them: entries of `params.yaml`, storyboards of people, and what stages made."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dramatis.core.errors import InputError, MissingError, UserError
from dramatis.core.params import PARAMS, Key, load_params, validate
from dramatis.core.recipe import Edit, Recipe
from dramatis.core.rewrite import rewrite
from dramatis.core.runs import Run
from dramatis.core.stories import STORIES, Story
from dramatis.core.storyboard import Storyboard, read_storyboard
from dramatis.core.tables import read_rows
from dramatis.core.yaml_edit import with_value_at, without_key
from dramatis.core.yaml_lines import text_of, value_in
from dramatis.panels.schema import PANELS
from dramatis.story.material import cast_of
from dramatis.story.own import own_board, own_text
from dramatis.studio.stamps import Stamps, stamps_of

COLUMNS = [name for name in PANELS.names if name != "image"]
SETTINGS = ("line", "runs", "panels", "style", "place", "seed")
"""What the form of a story holds."""
MADE = ("strip.png", "story.pdf", "page.html", "clip.mp4")
"""What stage `render` writes."""

Row = Mapping[str, Any]


class Stories:
    """All stories of the project in the working folder; may be asked from any thread.

    Attributes:
        stories: entries of `params.yaml`, as last read.
        boards: the storyboard of each: that of a person, or else what stage `story` wrote; none before that.
        own: stories whose storyboard is a person's.
        panels: rows of each story that is drawn, by scene.
        faults: what is wrong with a story, or with all (key empty).
        version: grows with every change that a page must show.
    """

    def __init__(self, top: Path = Path()):
        self._top, self._lock = top, threading.RLock()
        self._stamp: Stamps | None = None
        self.version = 0
        self.stories: dict[str, Story] = {}
        self._runs: dict[str, Run] = {}
        self.boards: dict[str, Storyboard] = {}
        self.own: set[str] = set()
        self.panels: dict[str, dict[int, Row]] = {}
        self.faults: dict[str, str] = {}

    def look(self) -> int:
        """Reads again what is not as it was; gives the version to show."""
        with self._lock:
            stamp = self._stamps()
            if stamp != self._stamp:
                self._stamp = stamp  # of before it is read: what changes meanwhile is read at the next look
                self._read()
                self.version += 1
            return self.version

    def story(self, name: str) -> Story:
        """A story by name.

        Raises:
            InputError: there is none of that name.
        """
        if name not in self.stories:
            raise InputError(f"story {name}", "there is no such story", "Take one of the list, or make it")
        return self.stories[name]

    def image(self, name: str, scene: int) -> bytes:
        """The picture of a panel, PNG.

        Raises:
            MissingError: it is not drawn.
        """
        rows = read_rows(self._drawn(name), f"panels@{name}", ["scene", "image"]) if name in self.stories else []
        found = next((row["image"] for row in rows if row["scene"] == scene), None)
        if found is None:
            raise _not_drawn(name, scene)
        return bytes(found)

    def recipe(self, name: str, scene: int) -> Recipe:
        """The recipe of a panel as it was drawn.

        Raises:
            MissingError: it is not drawn.
        """
        row = self.panels.get(name, {}).get(scene)
        if row is None:
            raise _not_drawn(name, scene)
        return Recipe.model_validate(json.loads(row["recipe"]))

    def made(self, name: str) -> list[str]:
        """Files that stage `render` made."""
        return [file for file in MADE if (self._top / "data/stories" / name / file).is_file()]

    # What a person decides

    def add(self, name: str, said: Mapping[str, Any]) -> None:
        """Writes a new story into `params.yaml`.

        Raises:
            InputError: there is one of that name.
            ParameterError: the name or a value is not sound.
        """
        validate(name, Key, "story", "name")
        self.look()
        if name in self.stories:
            raise InputError(f"story {name}", "there is one of that name", "Give it another name")
        entry = {key: said[key] for key in SETTINGS if said.get(key) not in (None, "")}
        validate(entry, Story, "story", name)
        self._change({(STORIES, name): entry})

    def change(self, name: str, said: Mapping[str, Any]) -> None:
        """Writes settings of a story, all or none; an empty one is taken out, as its default then holds.

        Raises:
            ParameterError: a value is not sound.
        """
        self.story(name)
        self._change({(STORIES, name, key): None if said[key] == "" else said[key] for key in SETTINGS if key in said})

    def pick(self, name: str, scene: int, seed: int | None) -> None:
        """The seed that a person chose for a panel; None takes that back."""
        self._change({(STORIES, name, "picked", self._scene(name, scene)): seed})

    def edit(self, name: str, scene: int, edits: Sequence[Edit]) -> None:
        """All changes of a panel's picture; none takes them out."""
        said = [edit.model_dump(mode="json", exclude_defaults=True) for edit in edits]
        self._change({(STORIES, name, "edits", self._scene(name, scene)): said or None})

    def pose(self, name: str, scene: int, file: str | None) -> None:
        """The control picture of a panel's pose; None for none."""
        self._change({(STORIES, name, "poses", self._scene(name, scene)): file})

    def order(self, name: str, scenes: Sequence[int] | None) -> None:
        """The scenes as they are rendered; None for all in turn."""
        for scene in scenes or ():
            self._scene(name, scene)
        count = len(self.boards[name].scenes)
        whole = scenes is None or list(scenes) == list(range(1, count + 1))
        self._change({(STORIES, name, "order"): None if whole else list(scenes or ())})

    def say(self, name: str, scene: int, field: str, text: str) -> None:
        """Writes the prompt or the caption of a scene into the person's own storyboard, which is made if need be.

        Raises:
            ParameterError: the text is not sound.
        """
        if field not in ("prompt", "caption"):
            raise InputError(field, "it is no text of a scene", "Say prompt or caption")
        self._scene(name, scene)
        file = self._own(name)
        file.parent.mkdir(exist_ok=True)

        def change(before: str) -> str:
            own = before or own_text(name, self.boards[name])
            return with_value_at(own, ("scenes", scene - 1, field), text.strip())

        self._rewrite(file, change, lambda text: self._own_board(name, text))

    def forget_own(self, name: str) -> None:
        """Takes a person's storyboard away, so that the writer's counts again; a copy stays in `work/studio`."""
        self.story(name)
        file, kept = self._own(name), self._top / "work/studio" / f"{name}.yaml"
        if file.is_file():
            kept.parent.mkdir(parents=True, exist_ok=True)
            file.replace(kept)
        self.look()

    def _scene(self, name: str, scene: int) -> int:
        self.story(name)
        board = self.boards.get(name)
        if board is None:
            raise MissingError(
                f"story {name}", "it has no storyboard yet", f"Run `dvc repro pipelines/stories/dvc.yaml:story@{name}`"
            )
        if not 1 <= scene <= len(board.scenes):
            raise InputError(f"{name}, scene {scene}", f"there are scenes 1 to {len(board.scenes)}", "Take one of them")
        return scene

    def _change(self, values: Mapping[tuple[str | int, ...], Any]) -> None:
        """Writes values of `params.yaml`, None takes one out; nothing is written unless all are sound."""

        def check(text: str) -> None:
            found = value_in(text, str(PARAMS)).get(STORIES, {})
            validate(found, dict[Key, Story], str(PARAMS), STORIES)

        def change(text: str) -> str:
            for keys, value in values.items():
                text = without_key(text, keys) if value is None else with_value_at(text, keys, value)
            return text

        self._rewrite(self._top / PARAMS, change, check)

    def _rewrite(self, file: Path, change: Callable[[str], str], check: Callable[[str], object]) -> None:
        def checked(before: str) -> str:
            after = change(before)
            check(after)
            return after

        rewrite(file, checked)
        self.look()

    # What is there

    def _read(self) -> None:
        boards: dict[str, Storyboard] = {}
        panels: dict[str, dict[int, Row]] = {}
        faults: dict[str, str] = {}
        try:
            self.stories = load_params(STORIES, dict[Key, Story], self._top / PARAMS)
            self._runs = load_params("runs", dict[Key, Run], self._top / PARAMS)
        except UserError as error:
            faults[""] = str(error)
        else:
            for name in self.stories:
                try:
                    if board := self._board(name):
                        boards[name] = board
                    if rows := self._rows(name):
                        panels[name] = rows
                except UserError as error:
                    faults[name] = str(error)
        self.own = {name for name in self.stories if self._own(name).is_file()}
        self.faults, self.boards, self.panels = faults, boards, panels

    def _board(self, name: str) -> Storyboard | None:
        own, written = self._own(name), self._written(name)
        if own.is_file():
            return self._own_board(name, text_of(own))
        return read_storyboard(written, name) if written.is_file() else None

    def _own_board(self, name: str, text: str) -> Storyboard:
        file, story = str(self._own(name)), self.stories[name]
        return own_board(value_in(text, file), file, story, cast_of(story, self._runs, f"{PARAMS}: {STORIES}.{name}"))

    def _rows(self, name: str) -> dict[int, Row] | None:
        drawn = self._drawn(name)
        if not drawn.is_file():
            return None
        return {row["scene"]: row for row in read_rows(drawn, f"panels@{name}", COLUMNS)}

    def _own(self, name: str) -> Path:
        return self._top / STORIES / f"{name}.yaml"

    def _written(self, name: str) -> Path:
        return self._top / "data/storyboards" / f"{name}.json"

    def _drawn(self, name: str) -> Path:
        return self._top / "data/panels" / name / "panels.parquet"

    def _stamps(self) -> Stamps:
        ways = f"{STORIES}/*.yaml", "data/storyboards/*.json", "data/panels/*/panels.parquet", "data/stories/*/*"
        return stamps_of([self._top / PARAMS, *(file for way in ways for file in sorted(self._top.glob(way)))])


def _not_drawn(name: str, scene: int) -> MissingError:
    remedy = f"Run `dvc repro pipelines/stories/dvc.yaml:panels@{name}`"
    return MissingError(f"{name}, scene {scene}", "it is not drawn", remedy)
