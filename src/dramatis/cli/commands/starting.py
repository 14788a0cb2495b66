"""A project of one's own, outside this repository."""

from pathlib import Path
from typing import Annotated

import typer

from dramatis.cli.app import app

PANEL = "Project"


@app.command(rich_help_panel=PANEL)
def init(
    folder: Annotated[Path, typer.Argument(help="New or empty folder.")],
    sample: Annotated[bool, typer.Option("--sample", help="With the sample film, to try it out.")] = False,
    preset: Annotated[str | None, typer.Option(help="Preset to write into its params.yaml.")] = None,
) -> None:
    """Makes a project for one's own videos: `dramatis init my-show --preset live-action`. See docs/projects.md."""
    from dramatis.project.init import init_project

    for line in init_project(folder, sample, preset):
        typer.echo(line)


@app.command(rich_help_panel=PANEL)
def upgrade(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only says what would change.")] = False,
) -> None:
    """After a new version was installed: `dramatis upgrade --dry-run` says what reruns. See docs/projects.md."""
    from dramatis.project.upgrade import upgrade_project

    for line in upgrade_project(dry_run=dry_run):
        typer.echo(line)
