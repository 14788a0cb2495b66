"""The project's own files."""

from typing import Annotated

import typer

from dramatis.cli.app import app

PANEL = "Project"


@app.command(rich_help_panel=PANEL)
def preset(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="Files in presets/ without ending; none lists them.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only shows the difference.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The list as one JSON document.")] = False,
) -> None:
    """Writes the values of presets into params.yaml, comments kept, and shows the difference; the last one wins.

    Example: `dramatis preset anime anime-v1.4`. See docs/experiments.md.
    """
    from dramatis.cli.presets import apply_presets, list_presets

    if names:
        apply_presets(names, dry_run)
    else:
        list_presets(as_json)


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
