"""Parts of the pages: those that are drawn in the browser, and buttons."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nicegui import ui
from nicegui.element import Element

WEB = Path(__file__).parent / "web"


class Wall(Element, component="web/wall.js"):
    """The cards of all groups."""


class Inside(Element, component="web/group.js"):
    """The tracks of one group."""


class Grid(Element, component="web/captions.js"):
    """Pictures with their captions, and how they are looked for."""


class Panel(Element, component="web/caption_panel.js"):
    """What can be done to the captions of the selected pictures."""


class Preview(Element, component="web/caption_changes.js"):
    """Captions before and after, to be looked at before they are written."""


def button(label: str, hint: str, act: Callable[..., Any]) -> ui.html:
    """A button; its label is HTML."""
    made = ui.html(label, tag="button", sanitize=False).classes("act").props(f'title="{hint}"')
    return made.on("click", lambda: act())
