"""`dramatis render`: a story outside the pipeline, as after a change of letters or order."""

from pathlib import Path

from dramatis.core.errors import InputError
from dramatis.core.params import load_params
from dramatis.core.stories import load_story
from dramatis.render.params import RenderParams
from dramatis.render.run import FILES, run

FOLDER = Path("work/stories")


def render_story(name: str, only: str | None = None, out: Path | None = None) -> list[Path]:
    """Writes the files of a story into a folder; gives their paths.

    Raises:
        InputError: the folder holds other files, which a whole folder would take the place of; and as `run` says.
    """
    story, folder = load_story(name), out or FOLDER / name
    others = sorted({file.name for file in folder.iterdir()} - {*FILES.values()}) if folder.is_dir() else []
    if others and not only:
        problem = f"it also holds {others[0]}, and a story takes the place of a whole folder"
        raise InputError(str(folder), problem, "Name another folder, or a part with `--only`")
    return run(
        name,
        load_params("render", RenderParams),
        storyboard=Path(f"data/storyboards/{name}.json"),
        panels=Path(f"data/panels/{name}/panels.parquet"),
        out=folder,
        order=story.order,
        only=only,
    )
