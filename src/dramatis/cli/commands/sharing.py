"""Datasets for other programs and other people."""

from pathlib import Path
from typing import Annotated

import typer

from dramatis.cli import complete
from dramatis.cli.app import app

PANEL = "Share"


@app.command(rich_help_panel=PANEL)
def export(
    format_name: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT",
            help="ai-toolkit, everydream2, huggingface, imagefolder, kohya or webdataset.",
            autocompletion=complete.formats,
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="New folder; default work/export/FORMAT.")] = None,
    characters: Annotated[str, typer.Option(help="Keys of those to choose, parted by commas; default all.")] = "",
    split: Annotated[str, typer.Option(help="train or validation.")] = "train",
    root: Annotated[
        Path | None, typer.Option(help="Where the folder will stand when it is used, if that is not here.")
    ] = None,
    base: Annotated[str | None, typer.Option(help="Base model, for the configuration of ai-toolkit.")] = None,
) -> None:
    """Writes the dataset as a trainer opens it.

    Example: `dramatis export kohya --characters ann,bob`. See docs/formats.md.
    """
    from dramatis.cli.sharing import export_dataset

    for line in export_dataset(format_name, out, characters, split, root, base):
        typer.echo(line)


@app.command(rich_help_panel=PANEL)
def publish(
    what: Annotated[str, typer.Argument(metavar="dataset", help="What to publish: dataset.")],
    to: Annotated[str, typer.Option(help="A new folder, dvc://REMOTE, or hf://datasets/USER/NAME.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only shows every file and the card.")] = False,
    no_license: Annotated[bool, typer.Option("--no-license", help="Sends it although no licence is said.")] = False,
    public: Annotated[
        bool, typer.Option("--public", help="On the hub: for everybody to see; default private.")
    ] = False,
    tag: Annotated[str | None, typer.Option(help="With dvc://: tag of git to set on the commit.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --dry-run: prints one JSON document and nothing else.")
    ] = False,
) -> None:
    """Sends the dataset with its card to a folder, a DVC remote or the hub.

    Example: `dramatis publish dataset --to hf://datasets/me/cast --dry-run`. See docs/formats.md.
    """
    from dramatis.cli.sharing import list_dataset, publish_dataset

    if as_json and not dry_run:
        raise typer.BadParameter("goes with --dry-run only", param_hint="--json")
    if as_json:
        list_dataset(what, to, no_license, public, tag)
        return
    for line in publish_dataset(what, to, dry_run, no_license, public, tag):
        typer.echo(line)
