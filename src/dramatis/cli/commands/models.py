"""Real weights, and what this machine lacks."""

from typing import Annotated

import typer

from dramatis.cli.app import app
from dramatis.cli.look import Json

PANEL = "Weights"
models = typer.Typer(no_args_is_help=True, help="Real weights: `dramatis models pull anime`. See docs/real-models.md.")
app.add_typer(models, name="models", rich_help_panel=PANEL)


@models.command("list")
def list_them(
    verify: Annotated[bool, typer.Option("--verify", help="Reads every byte of what was fetched.")] = False,
    as_json: Json = False,
) -> None:
    """What the presets want, what is here, sizes, licences: `dramatis models list --verify`. See docs/real-models.md.

    Ends with 1 if weights are here in part, or a file is not the one that is stated; not if none of them is here.
    """
    from dramatis.cli.models import list_models

    if not list_models(verify, as_json):
        raise typer.Exit(1)


@models.command("pull")
def pull_them(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Presets, names of `models list`, or USER/MODEL; default what lacks."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only shows files, sizes, licences, addresses.")] = False,
    as_json: Json = False,
    revision: Annotated[str | None, typer.Option(help="Commit, branch or tag, instead of the stated commit.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="The lock does not count, and other files are replaced.")
    ] = False,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="Fetches nothing: checks and records files that you put there.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="Of USER/MODEL: its folder in models/real.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Of USER/MODEL: pattern of files, such as '*.onnx'.")] = None,
    variant: Annotated[str | None, typer.Option(help="Of USER/MODEL, a pipeline: fp16 for half precision.")] = None,
) -> None:
    """Fetches weights into models/real, checks them, tracks them: `dramatis models pull anime --dry-run`.

    See docs/real-models.md.
    """
    from dramatis.cli.models import pull_models

    pull_models(
        names or [],
        dry_run=dry_run,
        as_json=as_json,
        revision=revision,
        force=force,
        by_hand=by_hand,
        name=name,
        only=only or [],
        variant=variant,
    )


@app.command(rich_help_panel="Project")
def doctor(
    remote: Annotated[bool, typer.Option("--remote", help="Also calls the remote, if it is on a network.")] = False,
    as_json: Json = False,
) -> None:
    """What of this machine and project will fail later, and what to do: `dramatis doctor`. See docs/real-models.md.

    Ends with 1 if something will fail.
    """
    from dramatis.cli.doctor import show_doctor

    if not show_doctor(remote, as_json):
        raise typer.Exit(1)
