"""The head of every tab: where one is, what is said of the whole, undo and redo, apply, light and dark, the keys."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from nicegui import ui

from dramatis.core.errors import UserError
from dramatis.review.dialogs import ApplyDialog, help_dialog
from dramatis.review.jobs import Goal
from dramatis.review.parts import WEB, button
from dramatis.review.site import Site

POLL_S = 0.7
"""How often a tab looks for what other tabs and editors did [s]."""


class Deeds(NamedTuple):
    """What the buttons do."""

    undo: Callable[[], Any]
    redo: Callable[[], Any]
    unmet: Callable[[], Any]


class Told(NamedTuple):
    """What the head says.

    Attributes:
        text: of the whole.
        unmet: decisions that meet nothing now.
        undo, redo: what would be undone and done again; null for nothing.
        pending: what waits for a run.
        fault: what is wrong in the file; empty if nothing.
    """

    text: str
    unmet: int
    undo: str | None
    redo: str | None
    pending: int
    fault: str


def complain(error: UserError) -> None:
    """Shows an error long enough to read it."""
    ui.notify(str(error), type="negative", position="bottom", multi_line=True, timeout=8000)


async def step_back(step: Callable[[], str | None], said: str) -> bool:
    """Undo or redo, and word of it; true unless it was refused.

    Args:
        step: does it, and gives the label of what it did; None if there was nothing.
        said: what is said in front of the label.
    """
    try:
        label = await asyncio.to_thread(step)
    except UserError as error:
        complain(error)
        return False
    ui.notify(f"{said}: {label}" if label else "There is nothing more", position="bottom", timeout=2000)
    return True


class Bar:
    """The bar on top of every tab: where one is, what is said of the whole, light and dark, the keys.

    Args:
        site: the pages that it leads to.
        here: address of the tab.
        keys: what each key does, by where it does it.
    """

    def __init__(self, site: Site, here: str, keys: dict[str, list[tuple[str, str]]]):
        self._site = site
        ui.add_css(WEB / "review.css")
        self._dark = ui.dark_mode(site.dark)
        with ui.element("header").classes("top"):
            ui.html(f"<b>Dramatis</b> {site.name}", sanitize=False).classes("brand")
            with ui.element("nav").classes("tabs"):
                for address, name in site.tabs:
                    link = ui.html(name, tag="a", sanitize=False).props(f'href="./{address}"')
                    link.classes("on" if address == here else "").props(f"id=tab-{address or 'cast'}")
            self._told = ui.label().classes("told")
            ui.element("div").classes("grow")
            self._add_buttons()
            button("◐", "Light or dark (t)", self.turn_light).classes("icon")
            button("?", "Keys (?)", self.help).classes("icon")
        self._fault = ui.label().classes("fault")
        self._help = help_dialog(keys)
        self.tell("", "")

    def _add_buttons(self) -> None:
        """What else is in the bar."""

    def tell(self, text: str, fault: str) -> None:
        """Says how things are, and what is wrong; empty if nothing."""
        self._told.text, self._fault.text = text, fault
        self._fault.set_visibility(bool(fault))

    def help(self) -> None:
        """Shows the keys."""
        self._help.open()

    async def turn_light(self) -> None:
        """Light to dark and back, on all tabs."""
        now = await ui.run_javascript("document.body.classList.contains('body--dark')")
        self._dark.value = self._site.dark = not now


class Head(Bar):
    """The head of a tab on which decisions are made.

    Args:
        here: address of the tab.
        said: what applying means.
        goals: what can be run, the usual one first.
        keys: what each key does, by where it does it.
    """

    def __init__(
        self, site: Site, here: str, deeds: Deeds, said: str, goals: Sequence[Goal],
        keys: dict[str, list[tuple[str, str]]],
    ):  # fmt: skip
        self._deeds = deeds
        super().__init__(site, here, keys)
        self._applying = ApplyDialog(site.runner, said, goals)

    def _add_buttons(self) -> None:
        self._unmet = button("", "Decisions that meet nothing now", self._deeds.unmet).classes("warn")
        self._undo = button("Undo<kbd>z</kbd>", "", self._deeds.undo).props("id=undo")
        self._redo = button("Redo<kbd>⇧z</kbd>", "", self._deeds.redo).props("id=redo")
        self._apply = button("Apply<kbd>g</kbd>", "Run what depends on the decisions", self.apply)
        self._apply.classes("primary").props("id=apply")

    def show(self, told: Told) -> None:
        """Says how things are."""
        self.tell(told.text, told.fault)
        waiting = f" {told.pending}" if told.pending else ""
        self._apply.set_content(f"Apply{waiting}<kbd>g</kbd>")
        self._apply.classes(add="waiting" if waiting else "", remove="" if waiting else "waiting")
        for step, label in ((self._undo, told.undo), (self._redo, told.redo)):
            step.props["title"] = label or "Nothing"
            step.classes(remove="off" if label else "", add="" if label else "off")
        self._unmet.set_visibility(bool(told.unmet))
        self._unmet.set_content(f"{told.unmet} waiting")

    def apply(self) -> None:
        """Opens the dialog that runs the pipeline."""
        self._applying.open()
