"""`dramatis doctor`: the findings as a table or as JSON."""

from rich.table import Table
from rich.text import Text

from dramatis.cli.look import print_json, show, table
from dramatis.doctor.finding import Finding
from dramatis.doctor.run import examine

COLOURS = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def show_doctor(ask_remote: bool, as_json: bool) -> bool:
    """Prints what was found; False if something will fail."""
    found = examine(ask_remote)
    if as_json:
        print_json([finding._asdict() for finding in found])
    else:
        show(_table(found))
    return not any(finding.state == "fail" for finding in found)


def _table(found: list[Finding]) -> Table:
    """What to do stands below what was found, so that both have room on a narrow screen."""
    made = table("", "what", "found, and what to do")
    for finding in found:
        said = Text(finding.said)
        if finding.remedy:
            said.append(f"\n→ {finding.remedy}", style="bold")
        made.add_row(Text(finding.state, style=COLOURS[finding.state]), Text(finding.what), said)
    return made
