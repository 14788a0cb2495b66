"""Weights of models and adapters."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from dramatis.cli import complete
from dramatis.cli.app import app
from dramatis.core.errors import ParameterError

PANEL = "Weights"


@app.command(rich_help_panel=PANEL)
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
    """Writes weights in another format: folder or single file, names of adapters, embedding.

    Example: `dramatis convert models/real/sd15 sd15.safetensors`. See docs/weights.md.
    """
    from dramatis.cli.convert import convert as convert_weights

    typer.echo(convert_weights(source, out, to, family, precision, force))


@app.command(rich_help_panel=PANEL)
def vote(
    run: Annotated[
        str | None, typer.Argument(help="Run; default prints all votes as JSON.", autocompletion=complete.runs)
    ] = None,
    step: Annotated[int | None, typer.Argument(min=1, help="Step whose checkpoint is the best.")] = None,
    why: Annotated[str, typer.Option(help="What you saw, for the model card.")] = "",
    take_back: Annotated[bool, typer.Option("--take-back", help="Takes the vote out of the file.")] = False,
) -> None:
    """Chooses the step of a run that is released and draws stories, over the score's choice, as a line of votes.yaml.

    Example: `dramatis vote solo 300 --why "her hair is right here"`. See docs/studio.md.
    """
    from dramatis.cli.vote import vote_for

    vote_for(run, step, why, take_back)


@app.command(rich_help_panel=PANEL)
def merge(
    out: Annotated[Path, typer.Option(help="New folder: a run, such as models/mixed, or with --onto a pipeline.")],
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            help="RUN (its chosen step), RUN@STEP, RUN@FIRST-LAST, or a file; then :RATIO.",
            autocompletion=complete.checkpoints,
        ),
    ] = None,
    unet: Annotated[
        str | None,
        typer.Option(help="Checkpoint whose UNet is taken, with --text-encoder.", autocompletion=complete.checkpoints),
    ] = None,
    text_encoder: Annotated[
        str | None,
        typer.Option(help="Checkpoint whose text encoders are taken.", autocompletion=complete.checkpoints),
    ] = None,
    onto: Annotated[str | None, typer.Option(help="Base to fuse them into; any method, any mixture.")] = None,
    rank: Annotated[int | None, typer.Option(min=1, help="Rank of a merged LoRA; default exact.")] = None,
    search: Annotated[
        Literal["grid", "golden"] | None, typer.Option(help="Finds the ratio of two runs by previews and scores.")
    ] = None,
    candidates: Annotated[int, typer.Option(min=2, max=101, help="Ratios that are searched.")] = 5,
    force: Annotated[bool, typer.Option("--force", help="Writes over what is there.")] = False,
) -> None:
    """Merges checkpoints, of one run or of several, or fuses them into a base.

    Example: `dramatis merge twins@300:0.5 twins@400:0.5 --out models/mixed`. See docs/weights.md.
    """
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
