"""Sources of the project: in, out, and another id."""

from typing import TYPE_CHECKING, Annotated

import typer

from dramatis.cli.app import app
from dramatis.cli.look import Json

if TYPE_CHECKING:
    from dramatis.sources.project import Lines

PANEL = "Sources"


@app.command(rich_help_panel=PANEL)
def add(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE…", help="File, folder, http(s) address, magnet link or .torrent."),
    ],
    key: Annotated[str | None, typer.Option("--id", help="Id of the only source; default made of its name.")] = None,
    title: Annotated[str, typer.Option(help="Words that stand behind its entry as a comment.")] = "",
    sha256: Annotated[str | None, typer.Option(help="Digest that the only file must have.")] = None,
    move: Annotated[bool, typer.Option("--move", help="Files are moved into raw/ rather than copied.")] = False,
    replace_sample: Annotated[
        bool, typer.Option("--replace-sample", help="Takes the sample film out, its references and its runs.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only shows what would be done.")] = False,
    as_json: Json = False,
) -> None:
    """Puts videos and pictures into raw/, under DVC, and into params.yaml; all of them, or none.

    `dramatis add ~/Videos/pilot.mkv --id s01e01`, `dramatis add ~/Videos/season-1 https://example.org/extra.mp4`.
    See docs/sources.md.
    """
    from dramatis.sources.add import Wishes
    from dramatis.sources.add import add as add_sources

    _tell(add_sources(sources, Wishes(key, title, sha256, move, replace_sample, dry_run)), dry_run, as_json)


@app.command(rich_help_panel=PANEL)
def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="Videos of params.yaml.")],
    keep_file: Annotated[bool, typer.Option("--keep-file", help="The files in raw/ stay.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only shows what would be done.")] = False,
    as_json: Json = False,
) -> None:
    """Takes videos out of params.yaml and raw/: `dramatis remove s01e01`. DVC's cache keeps them.

    See docs/sources.md.
    """
    from dramatis.sources.remove import remove as remove_videos

    _tell(remove_videos(ids, keep_file, dry_run), dry_run, as_json)


@app.command(rich_help_panel=PANEL)
def rename(
    old: Annotated[str, typer.Argument(help="Id of a video.")],
    new: Annotated[str, typer.Argument(help="The id that it gets.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only shows what would be done.")] = False,
    as_json: Json = False,
) -> None:
    """Gives a video another id, also in raw/ and cast.yaml: `dramatis rename pilot s01e01`. See docs/sources.md."""
    from dramatis.sources.rename import rename as rename_video

    _tell(rename_video(old, new, dry_run), dry_run, as_json)


def _tell(lines: "Lines", dry_run: bool, as_json: bool) -> None:
    """Prints what a command says as it goes; or at the end one document with what it wrote into params.yaml."""
    from dramatis.cli.look import print_json

    said: list[str] = []
    while True:
        try:
            said.append(next(lines))
        except StopIteration as end:
            if as_json:
                print_json({"written": not dry_run, "videos": end.value, "said": said})
            return
        if not as_json:
            typer.echo(said[-1])
