"""Whether what is stored is still what it was."""

from typing import Annotated

import typer

from dramatis.cli.app import app
from dramatis.cli.look import Json, print_json

PANEL = "Project"


@app.command(rich_help_panel=PANEL)
def fsck(
    remote: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Also reads this remote; may be said several times.")
    ] = None,
    cache: Annotated[bool, typer.Option("--cache/--no-cache", help="Read DVC's cache.")] = True,
    workspace: Annotated[bool, typer.Option("--workspace/--no-workspace", help="Read the outputs here.")] = True,
    repair: Annotated[bool, typer.Option("--repair", help="Put right what another copy can put right.")] = False,
    as_json: Json = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Files read at the same time.")] = 4,
) -> None:
    """Reads all that DVC stores and compares it with its names; exit code 1 if something stays wrong.

    `dramatis fsck --remote nas --repair` also reads a remote, and repairs each from the others. See docs/sharing.md.
    """
    from dramatis.fsck.run import fsck as check_stores

    report = check_stores(remote or [], cache=cache, workspace=workspace, repair=repair, jobs=jobs)
    if as_json:
        print_json(report.as_json())
    else:
        for line in report.lines():
            typer.echo(line)
    raise typer.Exit(0 if report.clean else 1)
