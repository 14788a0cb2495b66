"""`dramatis preset`: writes presets into `params.yaml` and shows what changed, or lists them."""

import difflib
import sys
from collections.abc import Sequence
from functools import reduce

import typer
from rich.syntax import Syntax

from dramatis.cli.look import plain, print_json, show, table
from dramatis.core.errors import MissingError
from dramatis.core.params import PARAMS, read_params
from dramatis.core.rewrite import rewrite
from dramatis.core.yaml_lines import text_of
from dramatis.project.presets import PRESETS, about, overlaid, read_preset, weights_missing


def apply_presets(names: Sequence[str], dry_run: bool = False) -> None:
    """Writes presets into `params.yaml`, one over the other, and prints the difference and what is still missing.

    Nothing is written if a key of one of them is not known, or a value out of bounds.
    """
    read_params()
    presets = {name: read_preset(name) for name in names}
    before = text_of(PARAMS)

    def change(text: str) -> str:
        nonlocal before
        before = text
        return reduce(lambda text, name: overlaid(text, presets[name], f"{PRESETS}/{name}.yaml"), names, text)

    after = change(before) if dry_run else rewrite(PARAMS, change)
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), str(PARAMS), str(PARAMS), lineterm="", n=0)
    difference = "\n".join(lines)
    if sys.stdout.isatty() and difference:
        show(Syntax(difference, "diff", theme="ansi_dark"))
    else:  # a pipe or a file gets whole lines
        typer.echo(difference or f"{PARAMS} says so already.")
    for name, preset in presets.items():
        if missing := weights_missing(preset):
            typer.echo(f"Not here yet: {', '.join(missing)}. Fetch: dramatis models pull {name}", err=True)


def list_presets(as_json: bool = False) -> None:
    """Prints every preset with a line that says what it is for."""
    found = [about(file) for file in sorted(PRESETS.glob("*.yaml"), key=lambda file: file.stem)]
    if not found:
        raise MissingError(str(PRESETS), "there is no preset here", "Run this in the project's top folder")
    if as_json:
        print_json(found)
        return
    made = table("preset", "what", "for")
    for entry in found:
        made.add_row(*map(plain, (entry["name"], entry["about"], entry["for"])))
    show(made)
