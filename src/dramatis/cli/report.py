"""`dramatis report`: the project on one page."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import typer

from dramatis.cli.lineage import nested, trace
from dramatis.cli.look import print_json
from dramatis.cli.status import find_changes, states_of
from dramatis.core.errors import InputError
from dramatis.core.params import read_params
from dramatis.report.page import make
from dramatis.state.changes import locked
from dramatis.state.memory import Memory
from dramatis.state.plan import load_plan

FILE = Path("work/report.html")


def make_report(out: Path | None = None, as_json: bool = False) -> None:
    """Writes the page and prints its place; with `as_json` what it says, without pictures."""
    file = out or FILE
    said = write_report(file)
    if as_json:
        print_json({"page": file, **said})
    else:
        typer.echo(file)


def write_report(file: Path) -> dict[str, Any]:
    """Writes the page; gives what it says, part by part, without pictures.

    Raises:
        InputError: a table is damaged, or of another version.
    """
    params, memory = read_params(), Memory()
    plan = load_plan(memory)
    states = [
        {"name": one.name, "state": one.state, "items": one.items, "why": one.why}
        for one in states_of(plan, find_changes(plan, memory))
    ]
    memory.save()
    try:
        made = make(params, states, locked(plan), lambda picture: nested(trace(picture, Path("data"), params)))
    except pa.ArrowInvalid as error:
        problem = f"a table is damaged, or of another version: {str(error).splitlines()[0]}"
        raise InputError("data", problem, "Run `dvc repro`, or `dvc checkout --force`") from None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(made.html, encoding="utf-8")
    return made.data
