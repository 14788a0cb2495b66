"""`dramatis rename`: another id for a video, in `params.yaml`, `raw/`, and the moments of `cast.yaml`."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from dramatis.cast.decisions import FILE as CAST
from dramatis.cast.edit import decided, update
from dramatis.cast.lines import sections_of
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.params import PARAMS, Key, validate
from dramatis.core.rewrite import rewrite
from dramatis.core.yaml_lines import text_of
from dramatis.sources import tracked
from dramatis.sources.params_text import held_out, renamed_entry, with_value
from dramatis.sources.project import ABOUT_VIDEOS, decisions_about, difference, read_project
from dramatis.sources.tracked import RAW, pointer_of


def rename(old: str, new: str, dry_run: bool = False) -> Iterator[str]:
    """Gives a video another id; gives what to tell the user, line by line.

    Raises:
        ParameterError: there is no such video, the new id is not allowed or taken, or `cast.yaml` knows it already.
        InputError: the file's new name is taken, or DVC is at work.
    """
    project = read_project()
    source, target = project.source_of(old), _target(project.source_of(old), old, new)
    validate(new, Key, "the new id")
    if new in project.videos:
        raise ParameterError(f"{PARAMS}: videos.{new}", "this id is taken", "Name another")
    waiting = decisions_about(new)
    if waiting:
        problem = f"it decides about a video {new} already, such as {waiting[0]}, which would become this one"
        raise ParameterError(str(CAST), problem, "Take those lines out, or name another id")
    if target != source and (target.exists() or pointer_of(target).exists()):
        raise InputError(str(target), "another file is there already", "Name another id, or take that file away")
    text = _renamed(project.text, old, new, source, target)
    cast = text_of(CAST) if CAST.is_file() else ""
    yield from difference(project.text, text, PARAMS)
    yield from difference(cast, renamed_moments(cast, old, new), CAST)
    if target != source:
        yield f"{source} → {target}"
    if dry_run:
        yield "Nothing was written"
        return
    with ExitStack() as undo:
        if target != source:
            undo.callback(_move_back, source, target)
            _move(source, target)
        if cast and decisions_about(old):
            update(CAST, lambda before: renamed_moments(before, old, new))
            undo.callback(update, CAST, lambda now: renamed_moments(now, new, old))
        rewrite(PARAMS, lambda before: _renamed(before, old, new, source, target))
        undo.pop_all()
    yield f"All stages of {new} run again: rows, tracks and clusters are called after the video's id"
    yield f"`dramatis prune` removes what they made under {old}"


def renamed_moments(text: str, old: str, new: str) -> str:
    """`cast.yaml` with the moments of a video under its new id; comments and order of the lines stay."""
    lines, named = text.splitlines(), re.compile(rf"(?<![a-z0-9_-]){re.escape(old)}@(?=\d)")
    for section in sections_of(text, str(CAST)):
        for entry in section.entries if section.name in ABOUT_VIDEOS else ():
            lines[entry.first : entry.last + 1] = [
                named.sub(f"{new}@", line) for line in lines[entry.first : entry.last + 1]
            ]
    changed = "\n".join(lines) + "\n" if lines else ""
    if changed:
        decided(changed)
    return changed if changed.rstrip("\n") != text.rstrip("\n") else text


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


def _move_back(source: Path, target: Path) -> None:
    if not (target.exists() or pointer_of(target).exists()) or source.exists():
        return
    _move(target, source)
