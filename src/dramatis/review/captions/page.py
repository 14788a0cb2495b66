"""The page of captions: head, pictures, panel and preview of one tab. What a person means becomes lines of the file."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from dramatis.core.errors import UserError
from dramatis.review.board import Board
from dramatis.review.captions import labels, proposals, query, tags, view
from dramatis.review.captions.keys import KEYS
from dramatis.review.captions.proposals import Proposal, Proposed
from dramatis.review.captions.session import Lines
from dramatis.review.dialogs import show_lines
from dramatis.review.head import POLL_S, Deeds, Head, Told, complain, step_back
from dramatis.review.jobs import ALL, CAPTIONS
from dramatis.review.parts import Grid, Panel, Preview

SAID = "Every caption is in captions.yaml already. This runs the stages that depend on it."


def build_caption_page(board: Board) -> None:
    """Registers the page beside that of the cast."""

    @ui.page("/captions", title=f"Dramatis {board.site.name}: captions")
    def _page() -> None:
        CaptionTab(board)


class CaptionTab:
    """One browser tab.

    Attributes:
        shown: positions of the pictures that can be seen.
        picked: of those that are selected.
        proposed: changes that wait in the preview, with what they are called.
    """

    def __init__(self, board: Board):
        self._board, self._version = board, -1
        self._said = ""
        self._wanted: dict[str, Any] = {}
        self.shown: list[int] = []
        self.picked: list[int] = []
        self.proposed: tuple[str, Sequence[Proposal]] = ("", ())
        deeds = Deeds(self._take_back, self._do_again, self._show_waiting)
        self._head = Head(board.site, "captions", deeds, SAID, [CAPTIONS, ALL], KEYS)
        self._missing = ui.label().classes("missing")
        self._build_body()
        ui.keyboard(lambda e: self._key(e), repeating=False, ignore=["input", "textarea", "select"])
        self._board.look_at_captions()
        self._show()
        ui.timer(POLL_S, self._poll)

    def _build_body(self) -> None:
        with ui.element("main").classes("stage gallery") as self._stage:
            self._grid = Grid()
            self._grid.on("ask", lambda e: self._ask(e.args))
            self._grid.on("picked", lambda e: self._pick(e.args))
            self._grid.on("label", lambda e: self._label(e.args))
            self._grid.on("command", lambda e: self._command(e.args))
            self._panel = Panel()
            self._panel.on("add", lambda e: self._change(f"Add {e.args}", tags.adding(e.args)))
            self._panel.on("remove", lambda e: self._change(f"Remove {e.args}", tags.removing(e.args)))
            self._panel.on("replace", lambda e: self._replace(e.args))
            self._panel.on("edit", lambda e: self._edit(e.args))
            self._panel.on("label", lambda e: self._label(e.args))
            self._panel.on("set-label", lambda e: self._set_label(e.args))
            self._panel.on("command", lambda e: self._command(e.args))
        self._preview = Preview()
        self._preview.on("apply", lambda e: self._apply(e.args))
        self._preview.on("close", lambda: self._close_preview())

    # What is shown

    async def _poll(self) -> None:
        if await asyncio.to_thread(self._board.look_at_captions) != self._version:
            self._show()

    def _show(self) -> None:
        session = self._board.captions
        if session.generation != self._grid.props.get("generation"):
            self.picked = []
        self._version, history = session.version, session.history
        count = view.counts(session)
        told = "" if session.missing else f"{count['human']} of {count['pictures']} captions by people"
        waiting = len(session.waiting()) if not session.missing else 0
        self._head.show(Told(told, waiting, history.can_undo, history.can_redo, count["pending"], session.fault))
        self._missing.text = session.missing
        self._missing.set_visibility(bool(session.missing))
        self._stage.set_visibility(not session.missing)
        self._grid.props["facets"] = view.facets(session)
        self._grid.props["generation"], self._grid.props["version"] = session.generation, session.version
        self._panel.props["generation"] = self._preview.props["generation"] = session.generation
        self._find()

    def _find(self) -> None:
        session = self._board.captions
        asked = query.parse(self._said)
        self.shown = query.find(session.gallery.pictures, session.captions, session.origins, asked, self._wanted)
        self._grid.props["shown"] = self.shown
        self._grid.update()
        self._pick(self.picked)

    def _ask(self, asked: Mapping[str, Any]) -> None:
        self._said, self._wanted = str(asked["text"]), dict(asked["wanted"])
        self._find()

    def _pick(self, picked: Sequence[int]) -> None:
        there = set(self.shown)
        self.picked = [n for n in picked if n in there]
        session = self._board.captions
        self._panel.props["about"] = view.panel(session, self.picked, len(self.shown), labels.read_labels())
        self._panel.update()

    def _show_waiting(self) -> None:
        lines = list(self._board.captions.waiting().items())
        show_lines("Captions whose picture is not there now", lines)

    # What a person does

    def _key(self, event: Any) -> Any:
        """Keys that hold on the whole page; pictures and panel listen for their own."""
        key, held = event.key.name, event.modifiers
        if not event.action.keydown or held.alt or self.proposed[1]:
            return None
        if held.ctrl or held.meta:
            back = {"z": self._do_again if held.shift else self._take_back, "y": self._do_again}
            return back[key.lower()]() if key.lower() in back else None
        simple = {
            "?": self._head.help, "g": self._head.apply, "t": self._head.turn_light, "z": self._take_back,
            "Z": self._do_again,
        }  # fmt: skip
        return simple[key]() if key in simple else None

    async def _command(self, key: str) -> None:
        session, meant = self._board.captions, self.picked
        if key == "p":
            await self._do(f"Keep {_captions(len(meant))}", lambda: proposals.kept(session, meant), self._seen)
        elif key == "x":
            label = f"{_captions(len(meant))} automatic again"
            await self._do(label, lambda: proposals.reset(session, meant), self._seen)

    async def _change(self, label: str, change: tags.Change) -> None:
        """Changes what is selected, else all that is shown: one caption at once, several after a look at them."""
        session, meant, seen = self._board.captions, self.picked or self.shown, self._seen
        proposed = await asyncio.to_thread(proposals.propose, session, meant, change)
        if len(meant) == 1 and proposed.changes:
            await self._do(label, lambda: proposals.changed(session, meant, change), seen)
        else:
            self._open_preview(label, proposed)

    async def _replace(self, asked: Mapping[str, Any]) -> None:
        find, by, whole = str(asked["find"]), str(asked["by"]), bool(asked["whole"])
        if not find.strip():
            ui.notify("Say what to find first", position="bottom")
            return
        change = tags.replacing_tag(find, by) if whole else tags.replacing_text(find, by, bool(asked["case"]))
        meant = self.picked or self.shown
        proposed = await asyncio.to_thread(proposals.propose, self._board.captions, meant, change)
        self._open_preview(f"{find} → {by or 'nothing'}", proposed)

    async def _edit(self, asked: Mapping[str, Any]) -> None:
        """One caption as it was typed; nothing typed makes it automatic again."""
        session, picture, text = self._board.captions, str(asked["picture"]), tags.tidy(str(asked["text"]))
        label = f"Caption of {asked['id']}"
        await self._do(label, lambda: {picture: session.line_for(picture, text) if text else None})

    async def _label(self, key: int) -> None:
        """Gives or takes a label at once, without a preview."""
        session, label = self._board.captions, labels.read_labels()[int(key)]
        if not label:
            ui.notify(f"Key {int(key) + 1} has no label yet: set one in the panel", position="bottom")
        elif meant := self.picked:
            said = f"{label}: {_captions(len(meant))}"
            await self._do(said, lambda: proposals.labelled(session, meant, label), self._seen)

    def _set_label(self, asked: Mapping[str, Any]) -> None:
        labels.write_labels(labels.with_label(labels.read_labels(), int(asked["key"]), str(asked["label"])))
        self._pick(self.picked)

    def _open_preview(self, label: str, proposed: Proposed) -> None:
        if not proposed.changes:
            why = f": {proposed.refused}" if proposed.left_out else ""
            ui.notify(f"No caption would change{why}", position="bottom", timeout=4000)
            return
        self.proposed = label, proposed.changes
        left = f"{_captions(proposed.left_out)} left as before: {proposed.refused}" if proposed.left_out else ""
        self._preview.props["about"] = {"label": label, "left": left, "changes": [list(c) for c in proposed.changes]}
        self._preview.update()

    def _close_preview(self) -> None:
        self.proposed = "", ()
        self._preview.props["about"] = None
        self._preview.update()

    async def _apply(self, without: Sequence[str]) -> None:
        (label, proposed), session, skipped = self.proposed, self._board.captions, set(without)
        changes = [change for change in proposed if change.picture not in skipped]
        self._close_preview()
        await self._do(label, lambda: proposals.wanted(session, changes))

    @property
    def _seen(self) -> int:
        """The generation whose positions this tab shows."""
        return int(self._grid.props["generation"])

    async def _do(self, label: str, lines: Lines, generation: int | None = None) -> None:
        """Writes lines, and says what became of it; see `CaptionSession.act`."""
        session = self._board.captions
        try:
            made = await asyncio.to_thread(session.act, label, lines, generation)
        except UserError as error:
            complain(error)
            return
        self._show()
        said = f"{label} · {_captions(len(made))} changed" if len(made) > 1 else label
        ui.notify(said if made else "That is so already", position="bottom", timeout=2500)

    async def _take_back(self) -> None:
        await self._go(self._board.captions.undo, "Undone")

    async def _do_again(self) -> None:
        await self._go(self._board.captions.redo, "Done again")

    async def _go(self, step: Callable[[], str | None], said: str) -> None:
        await step_back(step, said)
        self._show()


def _captions(count: int) -> str:
    return f"{count} caption{'s' * (count != 1)}"
