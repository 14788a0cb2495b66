"""The command line."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from dramatis.core.errors import InputError, ParameterError, one_line_errors

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Looks at what the pipeline made. To run it: `dvc repro`. Run everything in the project's top folder.",
)

Sheet = Literal["cast", "dataset"]
Picture = Annotated[str, typer.Argument(help="Id of a frame, crop, preview or dataset row, or a file made by `show`.")]


@app.command()
def check() -> None:
    """What is wrong in params.yaml, cast.yaml and captions.yaml, and which file is missing, before anything runs."""
    from dramatis.cli.check import check_project

    check_project()


@app.command()
def status() -> None:
    """What stands, what is stale and why, and the last scores."""
    from dramatis.cli.status import show_status

    show_status()


@app.command()
def lineage(picture: Picture) -> None:
    """Where a picture comes from: crop, frame, time code, video; or preview, checkpoint, run, dataset."""
    from dramatis.cli.lineage import show_lineage

    show_lineage(picture)


@app.command()
def show(
    picture: Picture,
    out: Annotated[Path | None, typer.Option(help="File to write; default work/pictures/<id>.png.")] = None,
) -> None:
    """Writes one picture of a shard as a PNG that knows its id."""
    from dramatis.cli.pictures import export

    typer.echo(export(picture, out))


@app.command()
def quality(
    out: Annotated[Path | None, typer.Option(help="Folder for the pictures; default metrics/plots/quality.")] = None,
) -> None:
    """Shows which faces each rule would drop under the limits in params.yaml: histograms and contact sheets."""
    from dramatis.cli.quality import PLOTS, show_quality

    show_quality(out or PLOTS)


@app.command()
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


@app.command()
def review(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes any that is free.")] = 0,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Serves a page on which a person names people and mends captions: lines of cast.yaml and captions.yaml."""
    from dramatis.review.server import serve

    serve(port, show)


@app.command()
def name(
    cluster: Annotated[str | None, typer.Argument(help="Cluster to name; all without a name are asked for.")] = None,
    answer: Annotated[
        str | None, typer.Argument(help="A name, =id of somebody there is, - (not in the cast), x (not a person).")
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Only lists them, with a picture of the faces of each.")
    ] = False,
) -> None:
    """Asks who the clusters without a name are, most screen time first, and writes the answers into cast.yaml."""
    from dramatis.cli.name import ask_names

    ask_names(cluster, answer, listed)


@app.command()
def export(
    format_name: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT", help="ai-toolkit, everydream2, huggingface, imagefolder, kohya or webdataset."
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
    """Writes the dataset as a trainer opens it: `dramatis export kohya --characters ann,bob`. See docs/formats.md."""
    from dramatis.cli.sharing import export_dataset

    for line in export_dataset(format_name, out, characters, split, root, base):
        typer.echo(line)


@app.command()
def publish(
    what: Annotated[str, typer.Argument(metavar="dataset", help="What to publish: dataset.")],
    to: Annotated[str, typer.Option(help="A new folder, dvc://REMOTE, or hf://datasets/USER/NAME.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only shows every file and the card.")] = False,
    no_license: Annotated[bool, typer.Option("--no-license", help="Sends it although no licence is said.")] = False,
    public: Annotated[
        bool, typer.Option("--public", help="On the hub: for everybody to see; default private.")
    ] = False,
    tag: Annotated[str | None, typer.Option(help="With dvc://: tag of git to set on the commit.")] = None,
) -> None:
    """Sends the dataset: `dramatis publish dataset --to hf://datasets/me/cast --dry-run`. See docs/formats.md."""
    from dramatis.cli.sharing import publish_dataset

    for line in publish_dataset(what, to, dry_run, no_license, public, tag):
        typer.echo(line)


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(help="Pipeline folder, single-file checkpoint, adapter or embedding.")],
    out: Annotated[Path, typer.Argument(help="New folder, or new .safetensors file.")],
    to: Annotated[
        Literal["folder", "single", "kohya", "diffusers", "webui"] | None,
        typer.Option(help="Format of the result; default the other one that the source can have."),
    ] = None,
    family: Annotated[
        Literal["sd", "sdxl"] | None, typer.Option(help="Of an adapter; default what its layers say.")
    ] = None,
    precision: Annotated[
        Literal["fp32", "fp16", "bf16"] | None, typer.Option(help="Of a pipeline; default as the source.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Writes over what is there.")] = False,
) -> None:
    """Writes weights in another format: folder or single file, names of adapters, embedding. See docs/weights.md."""
    from dramatis.cli.convert import convert as convert_weights

    typer.echo(convert_weights(source, out, to, family, precision, force))


@app.command()
def merge(
    out: Annotated[Path, typer.Option(help="New folder: a run, such as models/mixed, or with --onto a pipeline.")],
    sources: Annotated[
        list[str] | None, typer.Argument(help="RUN (its best step), RUN@STEP, RUN@FIRST-LAST, or a file; then :RATIO.")
    ] = None,
    unet: Annotated[str | None, typer.Option(help="Checkpoint whose UNet is taken, with --text-encoder.")] = None,
    text_encoder: Annotated[str | None, typer.Option(help="Checkpoint whose text encoders are taken.")] = None,
    onto: Annotated[str | None, typer.Option(help="Base to fuse them into; any method, any mixture.")] = None,
    rank: Annotated[int | None, typer.Option(min=1, help="Rank of a merged LoRA; default exact.")] = None,
    search: Annotated[
        Literal["grid", "golden"] | None, typer.Option(help="Finds the ratio of two runs by previews and scores.")
    ] = None,
    candidates: Annotated[int, typer.Option(min=2, max=101, help="Ratios that are searched.")] = 5,
    force: Annotated[bool, typer.Option("--force", help="Writes over what is there.")] = False,
) -> None:
    """Merges checkpoints: `dramatis merge twins@300:0.5 twins@400:0.5 --out models/mixed`. See docs/weights.md."""
    if search is not None:
        from dramatis.cli.merge_search import search as search_ratio

        if unet or text_encoder or onto:
            raise ParameterError("--search", "it goes with two checkpoints alone", "Leave the other options out")
        lines = search_ratio(sources or [], out, search, candidates, rank, force)
    else:
        from dramatis.cli.merge import Order, merge_checkpoints

        lines = merge_checkpoints(Order(sources or [], out, unet, text_encoder, onto, rank, force))
    for line in lines:
        typer.echo(line)


@app.command()
def compare(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Runs of params.yaml that are scored.")],
    out: Annotated[Path | None, typer.Option(help="File to write; default work/compare/<runs>.html.")] = None,
) -> None:
    """Writes one page with runs side by side: scores, curves, settings that differ, the same prompts and seeds."""
    from dramatis.cli.compare import compare_runs

    typer.echo(compare_runs(runs, out))


@app.command()
def preset(name: Annotated[str, typer.Argument(help="File in presets/ without its ending.")]) -> None:
    """Writes the values of presets/NAME.yaml into params.yaml, comments kept, and shows the difference."""
    from dramatis.cli.preset import apply_preset

    apply_preset(name)


@app.command()
def docs() -> None:
    """Writes the README's table of stages, the picture of the pipeline, docs/parameters.md and docs/tables.md."""
    from dramatis.pipeline.documents import documents

    for file, text in documents().items():
        file.write_text(text)
        typer.echo(file)


def main() -> None:
    """Entry point: user errors end as one line."""
    with one_line_errors():
        try:
            app()
        except PermissionError as error:
            problem, remedy = "no permission to read or write it", "Change that, or work in a copy"
            raise InputError(str(error.filename), problem, remedy) from None
        except (FileExistsError, FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            problem = f"it cannot be read or written there ({error.strerror})"
            raise InputError(str(error.filename), problem, "Name another place, or mend this one") from None
