"""Pictures drawn with what was learned, and changed afterwards."""

from pathlib import Path
from typing import Annotated

import typer

from dramatis.cli import complete
from dramatis.cli.app import app

PANEL = "Draw"
Run = Annotated[
    str | None,
    typer.Option(help="RUN (its chosen step) or RUN@STEP; default the bare base.", autocompletion=complete.checkpoints),
]
Base = Annotated[str | None, typer.Option(help="Base model; default that of the run, or the one of `runs`.")]
Seed = Annotated[int, typer.Option(min=0, max=2**53 - 1, help="Seed of the noise.")]
Sampler = Annotated[str | None, typer.Option(help="Default that of `preview.drawing`, as all else of drawing.")]
Out = Annotated[Path, typer.Option(help="Folder for the pictures.")]


@app.command(rich_help_panel=PANEL)
def edit(
    prompt: Annotated[str, typer.Argument(help="What is drawn; `(word:1.3)` says a word more strongly.")],
    run: Run = None,
    base: Base = None,
    replace: Annotated[list[str] | None, typer.Option(help="WORD=OTHER: a word by another; may be repeated.")] = None,
    refine: Annotated[
        list[str] | None, typer.Option(help="TEXT that is added to the prompt, or WORD=TEXT behind a word.")
    ] = None,
    reweight: Annotated[list[str] | None, typer.Option(help="WORD=NUMBER: times as much attention, -5 to 5.")] = None,
    picture: Annotated[
        Path | None, typer.Option(help="A picture from outside that the prompt describes; sampler ddim.")
    ] = None,
    control: Annotated[
        Path | None, typer.Option(help="Control image of a pose, with --control-run; it stays through all edits.")
    ] = None,
    control_run: Annotated[
        str | None, typer.Option(help="Run of method controlnet.", autocompletion=complete.checkpoints)
    ] = None,
    maps: Annotated[bool, typer.Option("--maps", help="Writes where the picture looks at each word too.")] = False,
    level: Annotated[
        float, typer.Option(min=0, max=1, help="Level of the words' maps above which it may change; 0: everywhere.")
    ] = 0.5,
    cross: Annotated[float, typer.Option(min=0, max=1, help="Share of the steps that hold cross-attention.")] = 0.8,
    layout: Annotated[float, typer.Option(min=0, max=1, help="Share of the steps that hold self-attention.")] = 0.4,
    seed: Seed = 0,
    sampler: Sampler = None,
    out: Out = Path("work/edits"),
) -> None:
    """Draws a picture, and again with other words, the rest left as it is; edits are made one after the other.

    Order: all of --replace, then --refine, then --reweight.
    Example: `dramatis edit "ada, head, red clothes" --run twins --replace red=blue`. See docs/attention.md.
    """
    from dramatis.cli.edit_options import Held
    from dramatis.cli.editing import Source, edit_picture

    source = Source(run, base, seed, sampler, control, control_run)
    words = Held(replace or [], refine or [], reweight or [], level, cross, layout)
    for file in edit_picture(prompt, source, words, picture, maps, out):
        typer.echo(file)


@app.command(rich_help_panel=PANEL)
def repaint(
    picture: Annotated[Path, typer.Argument(help="The picture: JPEG, PNG or WebP.")],
    prompt: Annotated[str, typer.Argument(help="What is drawn there.")],
    region: Annotated[
        str | None, typer.Option(help="LEFT,TOP,RIGHT,BOTTOM as shares of the picture; default all of it.")
    ] = None,
    mask: Annotated[Path | None, typer.Option(help="Instead: a picture that is white where it may change.")] = None,
    strength: Annotated[float, typer.Option(min=0.01, max=1, help="1 draws from noise alone.")] = 0.8,
    run: Run = None,
    base: Base = None,
    control: Annotated[Path | None, typer.Option(help="Control image of a pose, with --control-run.")] = None,
    control_run: Annotated[
        str | None, typer.Option(help="Run of method controlnet.", autocompletion=complete.checkpoints)
    ] = None,
    seed: Seed = 0,
    sampler: Sampler = None,
    out: Out = Path("work/edits"),
) -> None:
    """Draws a region of a picture anew, or with --strength the whole of it; outside not a pixel changes.

    Example: `dramatis repaint ada.png "ada, head, snow" --region 0,0,0.4,1`. See docs/attention.md.
    """
    from dramatis.cli.editing import Source, repaint_picture

    source = Source(run, base, seed, sampler, control, control_run)
    typer.echo(repaint_picture(picture, prompt, source, region, mask, strength, out))
