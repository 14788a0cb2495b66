"""What a person says."""

from typing import Annotated

import typer

from dramatis.cli.app import app
from dramatis.cli.look import Json

PANEL = "People"


@app.command(rich_help_panel=PANEL)
def review(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes any that is free.")] = 0,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Serves a page on which a person names people and mends captions: lines of cast.yaml and captions.yaml.

    Example: `dramatis review --port 8123 --no-open`. See docs/review.md.
    """
    from dramatis.review.server import serve

    serve(port, show)


@app.command(rich_help_panel=PANEL)
def studio(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes any that is free.")] = 0,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Serves the review page, and beside it runs to vote on, pictures to try, and stories to make.

    Example: `dramatis studio --port 8123 --no-open`. See docs/studio.md.
    """
    from dramatis.studio.server import serve

    serve(port, show)


@app.command(rich_help_panel=PANEL)
def name(
    cluster: Annotated[str | None, typer.Argument(help="Cluster to name; all without a name are asked for.")] = None,
    answer: Annotated[
        str | None, typer.Argument(help="A name, =id of somebody there is, - (not in the cast), x (not a person).")
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Only lists them, with a picture of the faces of each.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Asks who the clusters without a name are, most screen time first, and writes the answers into cast.yaml.

    With --json they are only listed. Example: `dramatis name c0a1b2c3d ada`. See docs/cast.md.
    """
    from dramatis.cli.name import ask_names, list_names

    if as_json:
        list_names()
    else:
        ask_names(cluster, answer, listed)
