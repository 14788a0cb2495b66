"""Pieces of HTML: every text is escaped where it is put in."""

from collections.abc import Iterable
from html import escape
from typing import Any, NamedTuple


class Section(NamedTuple):
    """A part of the page.

    Attributes:
        id: its anchor.
        title: its heading.
        html: what stands under it.
        data: the same for scripts, without pictures; None if a stage that it needs has not run.
    """

    id: str
    title: str
    html: str
    data: Any


def tag(name: str, *inside: str, **attributes: Any) -> str:
    """An element; `inside` is HTML already, attributes are texts. `class_` is class, `_` in other names is `-`."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>"


def text(value: Any) -> str:
    """A text as HTML."""
    return escape(str(value))


def table(head: Iterable[str], rows: Iterable[Iterable[str]], caption: str) -> str:
    """A table in a box that scrolls sideways where it is too wide; cells are HTML, the first of a row is its head."""
    top = "".join(tag("th", text(cell), scope="col") for cell in head)
    body = "".join(
        tag("tr", *(tag("td", cell) if n else tag("th", cell, scope="row") for n, cell in enumerate(row)))
        for row in rows
    )
    inside = tag("caption", text(caption)) + tag("thead", tag("tr", top)) + tag("tbody", body)
    return tag("div", tag("table", inside), class_="wide", tabindex="0", role="region", aria_label=caption)


def picture(source: str, words: str, origin: str | None = None, caption: str = "") -> str:
    """A picture with a line under it; with an origin it is a button that shows where it comes from."""
    image = f'<img src="{source}" alt="{escape(words)}">'
    under = tag("figcaption", caption) if caption else ""
    if origin is not None:
        image = tag("button", image, type="button", data_from=origin, aria_label=f"{words}: where it comes from")
    return tag("figure", image, under)


def not_yet(stage: str) -> str:
    """What stands where a stage has not run."""
    return tag("p", f"Stage {tag('code', text(stage))} has not run yet: ", tag("code", "dvc repro"), class_="absent")


def absent(id: str, title: str, stage: str) -> Section:
    """A part of which nothing can be said yet."""
    return Section(id, title, not_yet(stage), None)
