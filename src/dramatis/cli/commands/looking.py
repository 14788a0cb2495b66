"""What there is and where it comes from."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from dramatis.cli import complete
from dramatis.cli.app import app
from dramatis.cli.look import Json

PANEL = "Look"
Sheet = Literal["cast", "dataset"]
Picture = Annotated[
    str, typer.Argument(help="Id of a frame, crop, preview, dataset row or panel, or a file made by `show`.")
]


@app.command(rich_help_panel=PANEL)
def status(
    as_json: Json = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Ends with 1 if a stage does not stand.")] = False,
    dvc: Annotated[bool, typer.Option("--dvc", help="Asks DVC itself, which takes seconds.")] = False,
) -> None:
    """What stands, what is stale and why, and the last scores.

    Example: `dramatis status --exit-code`. See docs/command-line.md.
    """
    from dramatis.cli.status import show_status

    show_status(as_json, exit_code, dvc)


@app.command(rich_help_panel=PANEL)
def report(
    out: Annotated[Path | None, typer.Option(help="File to write; default work/report.html.")] = None,
    as_json: Json = False,
) -> None:
    """Writes one page that needs nothing else: cast, timeline, coverage, grids, scores, where every picture is from.

    Example: `dramatis report --out cast.html`. See docs/report.md.
    """
    from dramatis.cli.report import make_report

    make_report(out, as_json)


@app.command(rich_help_panel=PANEL)
def check(as_json: Json = False) -> None:
    """What is wrong in params.yaml, cast.yaml and captions.yaml, and which file is missing, before anything runs.

    Ends with 1 if something is. Example: `dramatis check`. See docs/command-line.md.
    """
    from dramatis.cli.checking import check_project, print_check

    if as_json:
        print_check()
    else:
        check_project()


@app.command(rich_help_panel=PANEL)
def lineage(picture: Picture, as_json: Json = False) -> None:
    """Where a picture comes from: crop, frame, time code, video; or preview, checkpoint, run, dataset.

    Example: `dramatis lineage e01-000120-00-head`. See docs/command-line.md.
    """
    from dramatis.cli.lineage import show_lineage

    show_lineage(picture, as_json)


@app.command(rich_help_panel=PANEL)
def show(
    picture: Picture,
    out: Annotated[Path | None, typer.Option(help="File to write; default work/pictures/<id>.png.")] = None,
) -> None:
    """Writes one picture of a shard as a PNG that knows its id, and prints the file.

    Example: `dramatis show e01-000120-00-head --out ada.png`. See docs/command-line.md.
    """
    from dramatis.cli.pictures import export

    typer.echo(export(picture, out))


@app.command(rich_help_panel=PANEL)
def quality(
    out: Annotated[Path | None, typer.Option(help="Folder for the pictures; default metrics/plots/quality.")] = None,
    as_json: Json = False,
) -> None:
    """Shows which faces each rule would drop under the limits in params.yaml: histograms and contact sheets.

    Example: `dramatis quality --out sheets/quality`. See docs/command-line.md.
    """
    from dramatis.cli.quality import PLOTS, show_quality

    show_quality(out or PLOTS, as_json)


@app.command(rich_help_panel=PANEL)
def sheet(
    what: Annotated[Sheet, typer.Argument(help="cast, or dataset: its pictures with captions.")] = "cast",
    out: Annotated[Path | None, typer.Option(help="Folder for the pictures; default sheets.")] = None,
) -> None:
    """Writes contact sheets: each character with its outfits, who has no name, who was rejected; or the dataset.

    Example: `dramatis sheet dataset`. See docs/cast.md.
    """
    from dramatis.sheets.dataset import write_dataset_sheets
    from dramatis.sheets.files import FOLDER
    from dramatis.sheets.run import write_sheets

    for file in (write_dataset_sheets if what == "dataset" else write_sheets)(out or FOLDER):
        typer.echo(file)


@app.command(rich_help_panel=PANEL)
def compare(
    runs: Annotated[
        list[str],
        typer.Argument(metavar="RUN...", help="Runs of params.yaml that are scored.", autocompletion=complete.runs),
    ],
    out: Annotated[Path | None, typer.Option(help="File to write; default work/compare/<runs>.html.")] = None,
    as_json: Json = False,
) -> None:
    """Writes one page with runs side by side: scores, curves, settings that differ, the same prompts and seeds.

    Example: `dramatis compare solo twins`. See docs/score.md.
    """
    from dramatis.cli.compare import compare_runs, told

    file = compare_runs(runs, out)
    if as_json:
        from dramatis.cli.look import print_json

        print_json({"page": file, **told(runs)})
    else:
        typer.echo(file)
