"""Parts of the studio that are drawn in the browser, and the bar above them."""

from collections.abc import Sequence
from pathlib import Path

from nicegui import ui
from nicegui.element import Element

from dramatis.review.dialogs import ApplyDialog
from dramatis.review.head import Bar
from dramatis.review.jobs import Goal
from dramatis.review.parts import button
from dramatis.review.site import DESK, Site

WEB = Path(__file__).parent / "web"
TABS = (*DESK, ("runs", "Runs"), ("generate", "Generate"), ("stories", "Stories"))
EVERYWHERE = [("t", "light or dark"), ("?", "this list")]
"""Keys of every tab of the studio."""


def studio_site() -> Site:
    """The pages of `dramatis studio`."""
    return Site("studio", TABS)


class RunBoard(Element, component="web/runs.js"):
    """Runs side by side: curves, choices, pictures of every step."""


class Drawing(Element, component="web/generate.js"):
    """A prompt and what else decides a picture, the queue, and the last pictures."""


class Panels(Element, component="web/stories.js"):
    """The stories, and the panels of one of them."""


class StudioBar(Bar):
    """The bar of a tab of the studio, with a button that runs stages where there are any to run."""

    def __init__(self, site: Site, here: str, keys: dict[str, list[tuple[str, str]]], goals: Sequence[Goal], said: str):
        self._goals = goals
        super().__init__(site, here, keys | {"Everywhere": EVERYWHERE})
        ui.add_css(WEB / "studio.css")
        self._applying = ApplyDialog(site.runner, said, goals)

    def _add_buttons(self) -> None:
        if self._goals:
            button("Apply<kbd>g</kbd>", "Run stages", self.apply).classes("primary").props("id=apply")

    def apply(self) -> None:
        """Opens the dialog that runs the pipeline."""
        if self._goals:
            self._applying.open()

    def key(self, event: object) -> object:
        """Keys that hold on every tab of the studio."""
        key, held, action = (getattr(event, name) for name in ("key", "modifiers", "action"))
        if not action.keydown or held.alt or held.ctrl or held.meta:
            return None
        deeds = {"?": self.help, "t": self.turn_light, "g": self.apply}
        return deeds[key.name]() if key.name in deeds else None
