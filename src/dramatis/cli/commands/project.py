"""The project's own files."""

from typing import Annotated

import typer

from dramatis.cli.app import app

PANEL = "Project"


@app.command(rich_help_panel=PANEL)
def preset(name: Annotated[str, typer.Argument(help="File in presets/ without its ending.")]) -> None:
    """Writes the values of presets/NAME.yaml into params.yaml, comments kept, and shows the difference.

    Example: `dramatis preset anime`. See docs/parameters.md.
    """
    from dramatis.cli.preset import apply_preset

    apply_preset(name)


@app.command(rich_help_panel=PANEL)
def docs() -> None:
    """Writes what is generated: the README's table of stages, the picture of the pipeline, and pages of docs/.

    Those are parameters.md, tables.md and command-line.md. Example: `dramatis docs`. See docs/parameters.md.
    """
    from dramatis.cli.reference import PAGE, page
    from dramatis.pipeline.documents import documents

    for file, text in {**documents(), PAGE: page(app)}.items():
        file.write_text(text)
        typer.echo(file)
