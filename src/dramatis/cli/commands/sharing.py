"""What was made, for other programs and other people."""

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
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="model, dataset or story.", autocompletion=complete.published)
    ],
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Of the run or the story.")] = None,
    *,
    to: Annotated[
        str,
        typer.Option(help="A new folder, dvc://REMOTE, hf://USER/NAME for a model, else hf://datasets/USER/NAME."),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only shows every file and the card.")] = False,
    no_license: Annotated[bool, typer.Option("--no-license", help="Sends it although no licence is said.")] = False,
    min_recscore: Annotated[
        float | None, typer.Option(help="Least recscore of a model; default publish.min_recscore.")
    ] = None,
    max_copy_risk: Annotated[
        float | None, typer.Option(help="Greatest copy risk of a model; default publish.max_copy_risk.")
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Sends it in spite of low scores, flagged panels and the like.")
    ] = False,
    public: Annotated[
        bool, typer.Option("--public", help="On the hub: for everybody to see; default private.")
    ] = False,
    tag: Annotated[str | None, typer.Option(help="With dvc://: tag of git to set on the commit.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --dry-run: prints one JSON document and nothing else.")
    ] = False,
) -> None:
    """Sends a model, the dataset or a story with its card to a folder, a DVC remote or the hub.

    Example: `dramatis publish model solo --to hf://me/solo --dry-run`. See docs/publishing.md.
    """
    from dramatis.cli.sharing import list_something, publish_something
    from dramatis.publish.run import Wishes

    if as_json and not dry_run:
        raise typer.BadParameter("goes with --dry-run only", param_hint="--json")
    wishes = Wishes(no_license=no_license, anyway=anyway, public=public, tag=tag)
    limits = {"min_recscore": min_recscore, "max_copy_risk": max_copy_risk}
    if as_json:
        list_something(what, name, to, wishes, limits)
        return
    for line in publish_something(what, name, to, wishes, limits, dry_run):
        typer.echo(line)
