"""What there is and where it comes from."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from dramatis.cli.app import app

PANEL = "Look"
Sheet = Literal["cast", "dataset"]
Picture = Annotated[str, typer.Argument(help="Id of a frame, crop, preview or dataset row, or a file made by `show`.")]


@app.command(rich_help_panel=PANEL)
def check() -> None:
    """What is wrong in params.yaml, cast.yaml and captions.yaml, and which file is missing, before anything runs."""
    from dramatis.cli.check import check_project

    check_project()


@app.command(rich_help_panel=PANEL)
def status() -> None:
    """What stands, what is stale and why, and the last scores."""
    from dramatis.cli.status import show_status

    show_status()


@app.command(rich_help_panel=PANEL)
def lineage(picture: Picture) -> None:
    """Where a picture comes from: crop, frame, time code, video; or preview, checkpoint, run, dataset."""
    from dramatis.cli.lineage import show_lineage

    show_lineage(picture)


@app.command(rich_help_panel=PANEL)
def show(
    picture: Picture,
    out: Annotated[Path | None, typer.Option(help="File to write; default work/pictures/<id>.png.")] = None,
) -> None:
    """Writes one picture of a shard as a PNG that knows its id."""
    from dramatis.cli.pictures import export

    typer.echo(export(picture, out))


@app.command(rich_help_panel=PANEL)
def quality(
    out: Annotated[Path | None, typer.Option(help="Folder for the pictures; default metrics/plots/quality.")] = None,
) -> None:
    """Shows which faces each rule would drop under the limits in params.yaml: histograms and contact sheets."""
    from dramatis.cli.quality import PLOTS, show_quality

    show_quality(out or PLOTS)


@app.command(rich_help_panel=PANEL)
def sheet(
    what: Annotated[Sheet, typer.Argument(help="cast, or dataset: its pictures with captions.")] = "cast",
    out: Annotated[Path | None, typer.Option(help="Folder for the pictures; default sheets.")] = None,
) -> None:
    """Writes contact sheets: each character with its outfits, who has no name, who was rejected; or the dataset."""
    from dramatis.sheets.dataset import write_dataset_sheets
    from dramatis.sheets.files import FOLDER
    from dramatis.sheets.run import write_sheets

    for file in (write_dataset_sheets if what == "dataset" else write_sheets)(out or FOLDER):
        typer.echo(file)


@app.command(rich_help_panel=PANEL)
def compare(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Runs of params.yaml that are scored.")],
    out: Annotated[Path | None, typer.Option(help="File to write; default work/compare/<runs>.html.")] = None,
) -> None:
    """Writes one page with runs side by side: scores, curves, settings that differ, the same prompts and seeds."""
    from dramatis.cli.compare import compare_runs

    typer.echo(compare_runs(runs, out))
