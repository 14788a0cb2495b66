"""Runs the pipeline, and tidies up after it."""

from typing import Annotated

import typer

from dramatis.cli.app import app
from dramatis.cli.look import Json

PANEL = "Run"


@app.command(rich_help_panel=PANEL)
def repro(
    targets: Annotated[
        list[str] | None, typer.Argument(metavar="[STAGE...]", help="train@solo, train, or a dvc.yaml; default all.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Stages that run at a time.")] = 1,
    gpus: Annotated[
        int | None, typer.Option(min=1, help="Stages with `device: cuda` at a time; default one for each GPU.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only shows what would run, and why.")] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", "-k", help="After a failure, still starts what does not depend on it.")
    ] = False,
) -> None:
    """Runs whatever is stale like `dvc repro`, but independent stages side by side.

    Example: `dramatis repro -j 2`. See docs/running.md.
    """
    from dramatis.running.run import repro as run

    run(targets or [], jobs, gpus, dry_run, keep_going)


@app.command(rich_help_panel=PANEL)
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only shows what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Removes without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Removes what no stage makes any more: outputs and lock entries of videos, runs and titles that are gone.

    It never touches what dvc.yaml declares, what git tracks, or the cache. Example: `dramatis prune --dry-run`. See
    docs/running.md.
    """
    from dramatis.cli.prune import prune as run

    run(dry_run, yes, as_json)
