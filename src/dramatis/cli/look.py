"""How every command looks: one console, one kind of table, one way of printing JSON, and the exit codes.

Results go to stdout, errors and progress bars to stderr. Colours only on a terminal, and not where NO_COLOR is set.
"""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

DONE, FAILED, USAGE, STOPPED, ENDED = 0, 1, 2, 130, 143
"""Exit codes: done; an error that a person can mend, or a check that found something; wrong usage; Ctrl-C; SIGTERM."""
UNCUT = 4096
"""Columns where nobody looks at a terminal: a pipe or a file gets whole lines."""

Json = Annotated[bool, typer.Option("--json", help="Prints one JSON document and nothing else.")]
"""The option of commands that a script calls."""


def console() -> "Console":
    """Where results are printed."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else UNCUT
    return Console(highlight=False, emoji=False, width=width)


def table(*columns: str, title: str | None = None) -> "Table":
    """A table without lines, its heads dim; on a terminal long cells are wrapped, never cut."""
    from rich.table import Table

    made = Table(box=None, header_style="dim", pad_edge=False, title=title, title_justify="left", title_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def plain(text: object) -> str:
    """A text that may hold `[…]`, for the cell of a table."""
    from rich.markup import escape

    return escape(str(text))


def show(*things: Any) -> None:
    """Prints tables, trees and marked up texts."""
    out = console()
    for thing in things:
        out.print(thing, soft_wrap=isinstance(thing, str))


def print_json(value: Any) -> None:
    """Prints a value as one JSON document: keys as they come, other scripts as they are, paths as texts."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
