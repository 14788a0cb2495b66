"""The project's own files."""

from typing import Annotated

import typer

from dramatis.cli.app import app

PANEL = "Project"


@app.command(rich_help_panel=PANEL)
def preset(name: Annotated[str, typer.Argument(help="File in presets/ without its ending.")]) -> None:
    """Writes the values of presets/NAME.yaml into params.yaml, comments kept, and shows the difference."""
    from dramatis.cli.preset import apply_preset

    apply_preset(name)


@app.command(rich_help_panel=PANEL)
def docs() -> None:
    """Writes the README's table of stages, the picture of the pipeline, docs/parameters.md and docs/tables.md."""
    from dramatis.pipeline.documents import documents

    for file, text in documents().items():
        file.write_text(text)
        typer.echo(file)
