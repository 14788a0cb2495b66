"""`dramatis prune`: shows what no stage makes any more, and removes it if a person says so."""

import sys
from typing import Any

import typer

from dramatis.cli import look
from dramatis.core.errors import ParameterError
from dramatis.publish.contents import in_units
from dramatis.running.alone import alone
from dramatis.running.leftovers import Leftovers
from dramatis.running.prune import leftovers, remove_all

AFTER = (
    "Now `dvc repro`: stages that read a whole folder see that it changed. Then `dvc push`, and commit the locks.",
    "The cache still holds what was removed. `dvc gc --workspace` frees it, but takes with it whatever only other "
    "branches, tags and experiments need: say --all-branches, --all-tags and --all-experiments to keep that.",
)


def prune(dry_run: bool, yes: bool, as_json: bool) -> None:
    """Shows what no stage makes any more, and removes it if a person says so.

    Raises:
        ParameterError: nobody is there to ask.
        InputError: a stage runs, or `dramatis repro` or DVC is between two, or DVC cannot read the pipeline.
    """
    with alone():
        _prune(dry_run, yes, as_json)


def _prune(dry_run: bool, yes: bool, as_json: bool) -> None:
    left = leftovers()
    remove = not dry_run and bool(left.paths or left.entries)
    if remove and not yes:
        if as_json or not sys.stdin.isatty():
            raise ParameterError("--yes", "there is nobody to ask", "Say --yes to remove, or --dry-run to look")
        show(left)
        remove = typer.confirm("Remove all that?")
    elif not as_json:
        show(left)
    if remove:
        remove_all(left)
    if as_json:
        look.print_json(as_document(left, remove))
    elif remove:
        for line in AFTER:
            typer.echo(line)


def show(left: Leftovers) -> None:
    """Prints what there is to remove, and what only a person can."""
    lines = []
    if left.paths:
        made = look.table("size", "path", "why")
        made.columns[0].justify = "right"
        for item in left.paths:
            made.add_row(in_units(item.bytes), look.plain(item.path), look.plain(item.why))
        made.add_row(in_units(sum(item.bytes for item in left.paths)), f"{len(left.paths)} in all", "")
        look.show(made)
    elif not left.entries:
        lines.append("Nothing: a stage makes all that is there.")
    for lock in sorted({entry.lock for entry in left.entries}):
        stages = [entry.stage for entry in left.entries if entry.lock == lock]
        lines.append(f"{lock}: {len(stages)} entries of stages that are gone: {', '.join(stages)}")
    if left.tracked:
        lines.append(f"git tracks these, so take them out yourself: git rm {' '.join(map(str, left.tracked))}")
    look.show(*map(look.plain, lines))


def as_document(left: Leftovers, removed: bool) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "removed": removed,
        "paths": [{"path": str(item.path), "why": item.why, "bytes": item.bytes} for item in left.paths],
        "lock_entries": [{"lock": str(entry.lock), "stage": entry.stage} for entry in left.entries],
        "tracked_by_git": [str(file) for file in left.tracked],
    }
