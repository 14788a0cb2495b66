"""`dramatis check --json`: what is wrong, for scripts. Nothing is changed."""

from typing import Any

from dramatis.cast.decisions import FILE
from dramatis.cast.lines import repeated, sections_twice
from dramatis.cli.check import faults, waiting
from dramatis.cli.look import DONE, FAILED, print_json
from dramatis.core.errors import ParameterError, UserError
from dramatis.core.yaml_lines import text_of


def print_check() -> None:
    """Prints the document and ends with 1 if there is a fault."""
    said = document()
    print_json(said)
    raise SystemExit(FAILED if said["faults"] else DONE)


def document() -> dict[str, Any]:
    """Every fault with its place and what to do, and the decisions that wait."""
    try:
        refuse_repeats()
        found = faults()
        waits = [] if found else waiting()
    except UserError as fault:
        found, waits = [fault], []
    return {
        "faults": [{"place": fault.place, "problem": fault.problem, "remedy": fault.remedy} for fault in found],
        "waits": [{"section": each.section, "key": each.key, "reason": each.reason} for each in waits],
    }


def refuse_repeats() -> None:
    """What a merge left twice in `cast.yaml`, which `dramatis check` without --json takes out.

    Raises:
        ParameterError: something stands there twice.
    """
    if not FILE.is_file():
        return
    before = text_of(FILE)
    twice = [f"{section}.{line.key}" for section, line, _ in repeated(before, str(FILE))]
    twice += [line.name for line, _ in sections_twice(before, str(FILE))]
    if twice:
        raise ParameterError(f"{FILE}: {', '.join(twice)}", "it stands there twice", "`dramatis check` takes one out")
