"""Parts of the page: the two that are drawn in the browser, and buttons."""

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


def button(label: str, hint: str, act: Callable[..., Any]) -> ui.html:
    """A button; its label is HTML."""
    made = ui.html(label, tag="button", sanitize=False).classes("act").props(f'title="{hint}"')
    return made.on("click", lambda: act())


def quoted(text: str) -> str:
    """Text as a property may hold it."""
    return text.replace('"', "”")
