"""`dramatis remove`: videos out of `params.yaml`, and their files out of `raw/` where DVC holds a copy."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dramatis.core.params import PARAMS
from dramatis.core.rewrite import rewrite
from dramatis.sources import tracked
from dramatis.sources.journal import Change, held, settle, undone_unless_whole
from dramatis.sources.params_text import without_videos
from dramatis.sources.project import Lines, Project, decisions_about, difference, read_project
from dramatis.sources.tracked import RAW, pointer_of


class Fate(NamedTuple):
    """What happens to the source of a video that goes: `reason` says why it stays, and is empty if it goes."""

    key: str
    source: Path
    reason: str


def remove(keys: Sequence[str], keep_file: bool = False, dry_run: bool = False) -> Lines:
    """Takes videos out; gives what to tell the user, line by line, and at the end what `params.yaml` says otherwise.

    Raises:
        ParameterError: there is no such video; nothing is written then.
        InputError: DVC is at work.
    """
    request = ("remove", *keys)
    if before := settle(dry_run):
        yield before.said
        if before[:2] == (request, True):
            return before.videos
    project = read_project()
    keys = list(dict.fromkeys(keys))
    fates = [_fate(key, keys, project, keep_file) for key in keys]
    after = without_videos(project.text, keys)
    for fate in fates:
        said = f"{fate.source} stays: {fate.reason}" if fate.reason else f"{fate.source} and its .dvc file go"
        yield f"{fate.key}: {said}"
        about = decisions_about(fate.key)
        if about:
            yield f"{fate.key}: cast.yaml decides {len(about)} times about it, such as {about[0]}; the lines stay"
    if dry_run:
        yield from difference(project.text, after, PARAMS)
        yield "Nothing was written"
        return dict.fromkeys(keys)
    going = list(dict.fromkeys(fate.source for fate in fates if not fate.reason))
    _take_out(keys, going, request)
    if len(keys) == len(project.videos):
        yield f"{PARAMS} names no video now: `dramatis add` one before the next `dvc repro`"
    if going:
        yield "DVC's cache keeps them until `dvc gc`: with the .dvc file from git, `dvc checkout` brings them back"
    yield "`dramatis prune` removes what the stages made of them"
    return dict.fromkeys(keys)


def _take_out(keys: Sequence[str], going: Sequence[Path], request: tuple[str, ...]) -> None:
    """Hides the files, takes them from DVC and out of `params.yaml`, and deletes them when all that is done."""
    hidden = {source.with_name(f".gone-{source.name}"): source for source in going}
    with held():
        change = Change(
            request=request,
            videos=dict.fromkeys(keys),
            pointers={pointer_of(source): pointer_of(source).read_text("utf-8") for source in going},
            moved=hidden,
            gone=tuple(hidden),
        )
        with undone_unless_whole(change):
            for place, source in hidden.items():
                if source.exists():
                    source.rename(place)
                tracked.untrack(source)
            rewrite(PARAMS, lambda before: without_videos(before, keys))


def _fate(key: str, keys: Sequence[str], project: Project, keep_file: bool) -> Fate:
    source = project.source_of(key)
    others = [other for other, path in project.videos.items() if path == source and other not in keys]
    reason = ""
    if others:
        reason = f"{others[0]} has it too"
    elif source.parent != RAW:
        reason = f"it is not in {RAW}/"
    elif keep_file:
        reason = "as you said"
    elif not pointer_of(source).is_file():
        reason = "DVC holds no copy of it (`dvc add` would)"
    elif source.exists() and not tracked.is_safe_to_delete(source):
        reason = "DVC's cache does not hold what it holds now"
    return Fate(key, source, reason)
