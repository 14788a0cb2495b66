"""The pictures of stories."""

from pathlib import Path
from typing import Annotated

import typer

from dramatis.cli import complete
from dramatis.cli.app import app
from dramatis.cli.look import Json

PANEL = "Stories"


@app.command(rich_help_panel=PANEL)
def panels(
    story: Annotated[
        str | None, typer.Argument(help="Story of params.yaml; default all.", autocompletion=complete.stories)
    ] = None,
    flagged: Annotated[bool, typer.Option("--flagged", help="Only those that a person should look at.")] = False,
    sheet: Annotated[Path | None, typer.Option(help="Also writes the sheet of the story to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Lists the panels of a story: who is asked for and found, tries, and what a person should look at.

    Example: `dramatis panels lost --flagged`. See docs/panels.md.
    """
    from dramatis.cli.panels import list_panels

    list_panels(story, flagged, sheet, as_json)


@app.command(rich_help_panel=PANEL)
def redraw(
    panel: Annotated[str, typer.Argument(help="Id of a panel, or a recipe: a .json, or a .png that tells it.")],
    out: Annotated[Path | None, typer.Option(help="File to write; default work/panels/<id>.png.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed, for a look at what else there is.")] = None,
    recipe: Annotated[bool, typer.Option("--recipe", help="Prints the recipe as JSON and draws nothing.")] = False,
) -> None:
    """Draws a panel again from its recipe, byte for byte, and prints the file.

    Ends with 1 if a panel comes out otherwise than it stands in its story. Example: `dramatis redraw lost-01 --seed 5`.
    See docs/panels.md.
    """
    from dramatis.cli.panels import print_recipe, redraw_panel

    if recipe:
        print_recipe(panel)
    else:
        redraw_panel(panel, out, seed)
