"""The page of the cast: head, wall, group and dialogs of one tab. What a person means becomes an action."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from dramatis.core.errors import UserError
from dramatis.review import deeds
from dramatis.review.board import Board
from dramatis.review.dialogs import KEYS, NameDialog, show_lines
from dramatis.review.groups import Group, Track
from dramatis.review.head import POLL_S, Deeds, Head, Told, complain, step_back
from dramatis.review.jobs import ALL, CAST
from dramatis.review.names import Name, read_name
from dramatis.review.parts import Inside, Wall
from dramatis.review.session import Action
from dramatis.review.view import DOUBTFUL, title

COMMANDS = "nmxopf"
"""Keys that decide about what is selected."""


def build_page(board: Board) -> None:
    """Registers the page at the top of the site."""

    @ui.page("/", title=f"Dramatis {board.site.name}")
    def _page() -> None:
        Tab(board)


class Tab:
    """One browser tab.

    Attributes:
        open: id of the group that is open; null on the wall alone.
        groups: cards that are selected, or the one under the cursor.
        tracks: tracks of the open group that are selected.
    """

    def __init__(self, board: Board):
        self._board, self._version = board, -1
        self.open: str | None = None
        self._anchor = -1  # a face of the open group: where it goes, the view goes
        self.groups: list[str] = []
        self.tracks: list[str] = []
        self._head = Head(
            board.site, "", Deeds(self._take_back, self._do_again, self._show_unmet),
            "Every decision is in cast.yaml already. This runs the stages that depend on it.",
            [CAST, ALL], KEYS,
        )  # fmt: skip
        self._build_body()
        self._name = NameDialog()
        ui.keyboard(lambda e: self._key(e), repeating=False, ignore=["input", "textarea", "select"])
        self._show()
        ui.timer(POLL_S, self._poll)

    def _build_body(self) -> None:
        with ui.element("main").classes("stage") as self._stage:
            self._wall = Wall()
            self._wall.on("open", lambda e: self._show_group(e.args))
            self._wall.on("drop", lambda e: self._dropped(e.args))
            self._wall.on("picked", lambda e: setattr(self, "groups", e.args))
            self._inside = Inside()
            self._inside.on("close", lambda: self._show_group(None))
            self._inside.on("open", lambda e: self._show_group(e.args))
            self._inside.on("command", lambda e: self._command(e.args))
            self._inside.on("same", lambda e: self._unite([self.open, e.args]))
            self._inside.on("picked", lambda e: setattr(self, "tracks", e.args))

    # What is shown

    async def _poll(self) -> None:
        if await asyncio.to_thread(self._board.look) != self._version:
            self._show()

    def _show(self) -> None:
        board, session = self._board, self._board.session
        self._version = session.version
        counts = board.counts()
        history = session.history
        told = f"{counts['named']} of {counts['faces']} faces named"
        unmet = len(session.standing.unmet)
        self._head.show(Told(told, unmet, history.can_undo, history.can_redo, counts["pending"], session.fault))
        base = {name: f"{name}/{session.generation}/" for name in ("face", "frame", "clip", "reference", "about")}
        self._wall.props["cards"] = board.cards()
        self._wall.props["base"], self._wall.props["doubtful"] = base["face"], DOUBTFUL
        self._wall.update()
        for name in ("frame", "clip", "reference", "about"):
            self._inside.props[f"{name}Base"] = base[name]
        self._inside.props["base"] = base["face"]
        if self.open and session.group(self.open) is None:
            self.open = session.home_of(self._anchor)
        self._show_group(self.open)

    def _show_group(self, group: str | None) -> None:
        inside = self._board.inside(group) if group else None
        if group != self.open:
            self.tracks = []
        self.open = group if inside else None
        self._anchor = inside["tracks"][0]["faces"][0] if inside else -1
        self._inside.props["group"] = inside
        self._inside.update()
        self._wall.props["open"] = self.open
        self._wall.update()
        self._stage.classes(add="split" if inside else "", remove="" if inside else "split")

    def _show_unmet(self) -> None:
        unmet = self._board.session.standing.unmet
        show_lines("Decisions that wait", [(f"{each.section}: {each.key}", each.reason) for each in unmet])

    # What a person does

    def _key(self, event: Any) -> Any:
        """Keys that hold on the whole page; the wall and the group listen for their own."""
        key, held = event.key.name, event.modifiers
        if not event.action.keydown or held.alt:
            return None
        if held.ctrl or held.meta:
            back = {"z": self._do_again if held.shift else self._take_back, "y": self._do_again}
            return back[key.lower()]() if key.lower() in back else None
        simple = {
            "?": self._head.help, "g": self._head.apply, "t": self._head.turn_light, "z": self._take_back,
            "Z": self._do_again,
        }  # fmt: skip
        return simple[key]() if key in simple else self._command(key) if key in COMMANDS else None

    async def _command(self, key: str) -> None:
        groups, tracks = self._meant()
        if not tracks:
            return
        called = self._called(groups, tracks)
        whole = not (self.open and self.tracks)
        if key == "n":
            await self._ask_name(groups, tracks)
        elif key == "m":
            await self._unite([group.id for group in groups])
        elif key == "x":
            await self._do(f"{called}: not in the cast", deeds.rejected(tracks, whole))
        elif key == "o":
            await self._do(f"{called}: not a person", deeds.no_person(tracks))
        elif key == "p":
            await self._do(f"{called}: pinned", deeds.pinned(tracks))
        else:
            await self._do(f"{called}: decisions taken back", deeds.forgotten(tracks))

    def _meant(self) -> tuple[list[Group], list[Track]]:
        """Groups and tracks that a command is about."""
        session = self._board.session
        names = [self.open] if self.open else self.groups
        groups = [group for name in names if (group := session.group(name))]
        tracks = [track for group in groups for track in group.tracks]
        if self.open and self.tracks:
            tracks = [track for track in tracks if track.id in self.tracks]
        return groups, tracks

    def _called(self, groups: Sequence[Group], tracks: Sequence[Track]) -> str:
        """Groups or tracks in words."""
        if len(groups) == 1:
            name = title(self._board.session, groups[0]) if groups[0].name else f"{len(groups[0].faces)} faces"
            return f"{len(tracks)} of {len(groups[0].tracks)} tracks of {name}" if self.open and self.tracks else name
        return f"{len(groups)} groups"

    async def _ask_name(self, groups: Sequence[Group], tracks: Sequence[Track]) -> None:
        """The name of groups or of selected tracks; of one whole character also how it is shown and called."""
        session, group = self._board.session, groups[0]
        part = bool(self.open and self.tracks) and len(tracks) < len(group.tracks)
        called = self._called(groups, tracks)
        if len(groups) == 1 and group.name and not part:
            entry = session.decided.characters.get(group.name)
            described = (entry.display or "", entry.trigger or "") if entry else ("", "")
            hint = "A name that is there already takes this one in."
            typed = await self._name.ask(f"Rename {called}", hint, [], name=group.name, described=described)
            if typed and (name := self._read(typed.name)):
                action = deeds.renaming(group.name, name, typed.display, typed.trigger)
                await self._do(f"{called} is now {typed.display or typed.name}", action)
            return
        others = [track for track in group.tracks if track not in tracks] if part and group.kind == "unnamed" else []
        hint = (
            f"Faces: {sum(len(track.faces) for track in tracks)}, tracks: {len(tracks)}. A new name, or one of these."
        )
        typed = await self._name.ask("Who is this?", hint, self._choices(groups), rest=bool(others))
        if typed and (name := self._read(typed.name)):
            action = deeds.naming(tracks, name, others, self._read(typed.rest))
            await self._do(f"{called}: {typed.name}", action)

    def _choices(self, groups: Sequence[Group]) -> list[str]:
        """Names to offer: who looks most alike first."""
        board, own = self._board, {group.name for group in groups}
        order = board.alike(groups[0].id)
        return [title(board.session, group) for group in order if group.name and group.name not in own][:12]

    def _read(self, text: str) -> Name | None:
        session = self._board.session
        ids = session.decided.held(session.project.folders)
        return read_name(text, ids, session.decided.characters)

    async def _unite(self, names: Sequence[str | None], into: str | None = None) -> None:
        """Groups are one person: under the name that one of them has, else under a new one."""
        session = self._board.session
        groups = [group for name in names if name and (group := session.group(name))]
        if len(groups) < 2:
            ui.notify("Select two or more cards first: Space, or Ctrl click", position="bottom")
            return
        named = sorted(
            (group for group in groups if group.name), key=lambda group: (group.id != into, -len(group.faces))
        )
        tracks = [track for group in groups for track in group.tracks]
        if named:
            name, called = Name(named[0].name or "", None, True), title(session, named[0])
        else:
            hint = f"{len(groups)} groups of {len(tracks)} tracks become one."
            typed = await self._name.ask("Who is this one person?", hint, self._choices(groups))
            if not typed or not (meant := self._read(typed.name)):
                return
            name, called = meant, typed.name
        await self._do(f"{len(groups)} groups are {called}", deeds.united(groups, name))

    async def _dropped(self, what: dict[str, Any]) -> None:
        """Cards or tracks were laid on a card."""
        session, target = self._board.session, self._board.session.group(what["to"])
        if target is None or what.get("from") == target.id or what.get("groups") == [target.id]:
            return
        groups = [group for name in what.get("groups", [what.get("from")]) if (group := session.group(name))]
        tracks = [track for group in groups for track in group.tracks if track.id in what.get("tracks", [track.id])]
        if target.kind == "rejected":
            called = f"{len(tracks)} tracks"
            await self._do(f"{called}: not in the cast", deeds.rejected(tracks, "groups" in what))
        elif "groups" in what:
            await self._unite([*what["groups"], target.id], into=target.id)
        elif target.name:
            name = Name(target.name, None, True)
            await self._do(f"{len(tracks)} tracks: {title(session, target)}", deeds.naming(tracks, name))
        else:
            typed = await self._name.ask(
                "Who is this one person?", "The tracks and the card get one name.", self._choices([target])
            )
            if typed and (meant := self._read(typed.name)):
                both = [*tracks, *target.tracks]
                await self._do(f"{len(both)} tracks: {typed.name}", deeds.naming(both, meant))

    async def _do(self, label: str, action: Action) -> None:
        """Writes an action, says what became of it, and stays with the group that is open."""
        session = self._board.session
        try:
            changes = await asyncio.to_thread(session.act, label, action)
        except UserError as error:
            complain(error)
            return
        await asyncio.to_thread(self._board.look)
        self._show()
        ui.notify(label if changes else "That is so already", position="bottom", timeout=2500)

    async def _take_back(self) -> None:
        await self._go(self._board.session.undo, "Undone")

    async def _do_again(self) -> None:
        await self._go(self._board.session.redo, "Done again")

    async def _go(self, step: Callable[[], str | None], said: str) -> None:
        if await step_back(step, said):
            await asyncio.to_thread(self._board.look)
            self._show()
