"""Stories as people read them."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from dramatis.cli import complete
from dramatis.cli.app import app

PANEL = "Stories"
Only = Literal["strip", "pdf", "page", "clip"]


@app.command(rich_help_panel=PANEL)
def render(
    story: Annotated[
        str, typer.Argument(help="A story of params.yaml whose panels are drawn.", autocompletion=complete.stories)
    ],
    only: Annotated[Only | None, typer.Option(help="strip, pdf, page or clip; default all four.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write; default work/stories/STORY.")] = None,
) -> None:
    """Writes a story as a strip, a PDF, a page and a clip, with the values that params.yaml has now.

    Example: `dramatis render lost --only strip`. See docs/render.md.
    """
    from dramatis.cli.rendering import render_story

    for file in render_story(story, only, out):
        typer.echo(file)
