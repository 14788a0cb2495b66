"""`dramatis rename`: another id for a video, in `params.yaml`, `raw/`, and the moments of `cast.yaml`."""

from pathlib import Path

from dramatis.cast.decisions import FILE as CAST
from dramatis.cast.edit import update
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.params import PARAMS, Key, validate
from dramatis.core.rewrite import rewrite
from dramatis.core.yaml_lines import text_of
from dramatis.sources import tracked
from dramatis.sources.journal import Change, held, settle, undone_unless_whole
from dramatis.sources.moments import renamed_moments
from dramatis.sources.params_text import held_out, renamed_entry, with_value
from dramatis.sources.project import Lines, Project, decisions_about, difference, read_project
from dramatis.sources.tracked import RAW, pointer_of


def rename(old: str, new: str, dry_run: bool = False) -> Lines:
    """Gives a video another id; gives what to tell the user, line by line, and at the end what `params.yaml` says.

    Raises:
        ParameterError: there is no such video, the new id is not allowed or taken, or `cast.yaml` knows it already.
        InputError: the file's new name is taken, or DVC is at work.
    """
    request = ("rename", old, new)
    if before := settle(dry_run):
        yield before.said
        if before[:2] == (request, True):
            return before.videos
    project = read_project()
    source, target = project.source_of(old), _target(project.source_of(old), old, new)
    videos = {old: None, new: str(target)}
    _check(project, new, source, target)
    text = _renamed(project.text, old, new, source, target)
    cast = text_of(CAST) if CAST.is_file() else ""
    yield from difference(project.text, text, PARAMS)
    yield from difference(cast, renamed_moments(cast, old, new), CAST)
    if target != source:
        yield f"{source} → {target}"
    if dry_run:
        yield "Nothing was written"
        return videos
    with held():
        if target != source:
            _refuse_taken(target)
        with undone_unless_whole(_change(request, videos, source, target)):
            if target != source:
                _move(source, target)
            if cast and decisions_about(old):
                update(CAST, lambda before: renamed_moments(before, old, new))
            rewrite(PARAMS, lambda before: _renamed(before, old, new, source, target))
    yield f"All stages of {new} run again: rows, tracks and clusters are called after the video's id"
    yield f"`dramatis prune` removes what they made under {old}"
    return videos


def _check(project: Project, new: str, source: Path, target: Path) -> None:
    validate(new, Key, "the new id")
    if new in project.videos:
        raise ParameterError(f"{PARAMS}: videos.{new}", "this id is taken", "Name another")
    waiting = decisions_about(new)
    if waiting:
        problem = f"it decides about a video {new} already, such as {waiting[0]}, which would become this one"
        raise ParameterError(str(CAST), problem, "Take those lines out, or name another id")
    if target != source:
        _refuse_taken(target)


def _refuse_taken(target: Path) -> None:
    if target.exists() or pointer_of(target).exists():
        raise InputError(str(target), "another file is there already", "Name another id, or take that file away")


def _change(request: tuple[str, ...], videos: dict[str, str | None], source: Path, target: Path) -> Change:
    old, new = videos
    pointer = pointer_of(source)
    moves = target != source
    text = pointer.read_text("utf-8") if pointer.is_file() else None
    return Change(
        request=request,
        videos=videos,
        pointers={pointer: text, pointer_of(target): None} if moves else {},
        moved={target: source} if moves else {},
        moments=(old, new),
    )


def _target(source: Path, old: str, new: str) -> Path:
    """The file's new name: only a file of `raw/` that is called after the id follows it."""
    named = source.parent == RAW and source.name.startswith(old) and source.name[len(old) :] in ("", source.suffix)
    return source.with_name(new + source.name[len(old) :]) if named else source


def _renamed(text: str, old: str, new: str, source: Path, target: Path) -> str:
    text = held_out(renamed_entry(text, "videos", old, new), lambda video: new if video == old else video)
    return with_value(text, ("videos", new, "source"), str(target)) if target != source else text


def _move(source: Path, target: Path) -> None:
    if pointer_of(source).is_file():
        tracked.move(source, target)
    elif source.exists():
        source.rename(target)
