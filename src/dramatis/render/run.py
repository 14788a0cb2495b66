"""Stage `render`: a story as a strip, a document, a page and a clip."""

from collections.abc import Sequence
from pathlib import Path

from dramatis.core.images import encode_png
from dramatis.core.tables import whole_file, whole_folder
from dramatis.render.comic import Comic, read_comic
from dramatis.render.lettering import Lettered, lettered
from dramatis.render.params import RenderParams

FILES = {"strip": "strip.png", "pdf": "story.pdf", "page": "page.html", "clip": "clip.mp4"}
"""What is made of a story, and its file."""


def run(
    name: str,
    params: RenderParams,
    *,
    storyboard: Path,
    panels: Path,
    out: Path,
    order: Sequence[int] | None = None,
    only: str | None = None,
) -> list[Path]:
    """Writes the files of `FILES` into the folder `out`, all together or not at all; gives their paths.

    Args:
        name: of the story.
        params: section `render`.
        storyboard: its scenes.
        panels: its table of panels.
        out: folder to write.
        order: see `read_comic`.
        only: one of `FILES`: the others in the folder stay.

    Raises:
        InputError, ParameterError: see `read_comic`.
        MissingError: no font has the letters; no ffmpeg; no weights of the backend.
    """
    comic = read_comic(name, params, storyboard, panels, order)
    texts = lettered(comic, params)
    if only:
        with whole_file(out / FILES[only]) as file:
            _write(only, comic, texts, params, file)
        return [out / FILES[only]]
    with whole_folder(out) as folder:
        for kind, file_name in FILES.items():
            _write(kind, comic, texts, params, folder / file_name)
    return [out / file_name for file_name in FILES.values()]


def _write(kind: str, comic: Comic, texts: Lettered, params: RenderParams, file: Path) -> None:
    if kind == "strip":
        from dramatis.render import strip

        plan = strip.planned(comic, texts, params.strip)
        file.write_bytes(encode_png(strip.drawn(plan, params.strip)))
    elif kind == "pdf":
        from dramatis.render.document import document

        file.write_bytes(document(comic, texts, params.document, params.language))
    elif kind == "page":
        from dramatis.render.page import page

        file.write_text(page(comic, params.language), encoding="utf-8")
    else:
        from dramatis.render.clip import write_clip

        write_clip(comic, texts, params, file)
