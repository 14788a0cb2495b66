"""`dramatis check`: what is wrong, in lines for a person, or for scripts, where nothing is changed."""

import sys
from typing import Any

from dramatis.caption import human
from dramatis.cast.decisions import FILE
from dramatis.cast.edit import update
from dramatis.cast.lines import Entry, Section, repeated, sections_twice
from dramatis.checks.faults import faults, raised, waiting
from dramatis.cli.look import DONE, FAILED, print_json
from dramatis.core.errors import ParameterError, UserError
from dramatis.core.params import PARAMS
from dramatis.core.yaml_lines import text_of


def check_project() -> None:
    """Prints a line for each fault in the parameters, names and captions and ends with 1, or says that there is none.

    Decisions that wait are told too. A line of `cast.yaml` that a merge left twice goes, as DVC refuses it.
    """
    for fault in raised([_take_out_repeats]):
        sys.stderr.write(f"error: {fault}\n")
        raise SystemExit(FAILED)
    found = faults()
    for fault in found:
        sys.stderr.write(f"error: {fault}\n")
    if found:
        raise SystemExit(FAILED)
    for each in waiting():
        sys.stdout.write(f"{FILE}: {each.section}.{each.key}: {each.reason}, so this decision waits\n")
    sys.stdout.write(f"{PARAMS}, {FILE} and {human.FILE} are whole, and every file that they name is there\n")


def _repeats() -> tuple[list[tuple[str, Entry, Entry]], list[tuple[Section, Section]]]:
    """Lines, and whole sections, that a merge left twice in `cast.yaml`."""
    if not FILE.is_file():
        return [], []
    text = text_of(FILE)
    return repeated(text, str(FILE)), sections_twice(text, str(FILE))


def _take_out_repeats() -> None:
    twice, sections = _repeats()
    if twice or sections:
        update(FILE, lambda text: text)
    for section, first, second in twice:
        lines = f"{FILE}:{first.first + 1} and {FILE}:{second.first + 1}"
        sys.stdout.write(f"{lines}: {section}.{first.key} stood twice; the second line is taken out\n")
    for one, other in sections:
        lines = f"{FILE}:{one.first + 1} and {FILE}:{other.first + 1}"
        sys.stdout.write(f"{lines}: the section {one.name} stood twice; its lines are together now\n")


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
    lines, sections = _repeats()
    twice = [f"{section}.{line.key}" for section, line, _ in lines] + [section.name for section, _ in sections]
    if twice:
        raise ParameterError(f"{FILE}: {', '.join(twice)}", "it stands there twice", "`dramatis check` takes one out")
