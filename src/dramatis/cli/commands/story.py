"""Stories."""

from typing import Annotated, Literal

import typer

from dramatis.cli import complete
from dramatis.cli.app import app
from dramatis.cli.look import Json

PANEL = "Stories"
Writer = Literal["grammar", "openai", "transformers"]


@app.command(rich_help_panel=PANEL)
def story(
    what: Annotated[
        str,
        typer.Argument(
            metavar="STORY",
            help="Story of params.yaml, or one line with names in backquotes, in single quotes.",
            autocompletion=complete.stories,
        ),
    ],
    runs: Annotated[
        str | None, typer.Option(help="Runs that draw it, parted by commas; default the story's, of a line all.")
    ] = None,
    panels: Annotated[int | None, typer.Option(help="Panels; default the story's, of a line 4.")] = None,
    writer: Annotated[Writer | None, typer.Option(help="Who writes it; default as params.yaml says.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed; default the story's, of a line 7.")] = None,
    style: Annotated[str | None, typer.Option(help="Words that every prompt ends with.")] = None,
    place: Annotated[str | None, typer.Option(help="Where all of it happens.")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Writes it to stories/STORY.yaml, where it is yours to edit.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Writes the storyboard of a story or of one line, and prints it.

    Example: `dramatis story lost --panels 6 --json`. See docs/stories.md.
    """
    from dramatis.cli.story import Wishes, tell_story

    wishes = Wishes(runs.split(",") if runs is not None else None, panels, writer, seed, style, place)
    tell_story(what, wishes, keep, as_json)
