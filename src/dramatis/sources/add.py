"""`dramatis add`: new sources into `raw/`, DVC and `params.yaml`; all of it, or nothing."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from dramatis.cast.decisions import FILE as CAST
from dramatis.cast.decisions import read_decisions
from dramatis.cast.references import list_references
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.links import clones
from dramatis.core.params import PARAMS
from dramatis.core.rewrite import rewrite
from dramatis.frames.sources import HUB, NAMED_FILE
from dramatis.publish.contents import in_units
from dramatis.sources import tracked
from dramatis.sources.journal import PARTS, Change, held, settle, undone_unless_whole
from dramatis.sources.kinds import Kind, Local, Torrent, Web, digest_of, kind_of
from dramatis.sources.params_text import with_entries, with_value, without_entries, without_videos
from dramatis.sources.plan import Entry, Thing, digest, entries_of, things_in, with_ending
from dramatis.sources.project import FILMS, OWN_REFERENCES, Lines, Project, decisions_about, difference, read_project
from dramatis.sources.space import bytes_of, check_room, copy, discard
from dramatis.sources.torrent import fetch_torrent
from dramatis.sources.tracked import RAW
from dramatis.sources.web import fetch, offered

RIGHT = "You need the right to use what you add: your own recordings, a licence, or an exception that the law makes."


class Wishes(NamedTuple):
    """The options of the command.

    Attributes:
        key: id of the only source; null: made of its name.
        title: a comment behind its entry.
        sha256: digest that the only source must have.
        moves: files of this machine do not stay where they are.
        replaces_sample: the sample film and what belongs to it goes.
        dry_run: only say what would be done.
    """

    key: str | None = None
    title: str = ""
    sha256: str | None = None
    moves: bool = False
    replaces_sample: bool = False
    dry_run: bool = False


def add(sources: Sequence[str], wishes: Wishes) -> Lines:
    """Adds sources; gives what to tell the user, line by line, and at the end what `params.yaml` says now.

    Raises:
        UserError: a source cannot be had or read, is there already, or an id is taken; nothing is written then.
    """
    request = ("add", *sources)
    if before := settle(wishes.dry_run):
        yield before.said
        if before[:2] == (request, True):
            return before.videos
    project = read_project()
    if wishes.sha256 and len(sources) != 1:
        raise ParameterError("--sha256", f"one digest for {len(sources)} sources", "Add them one by one")
    wishes = wishes._replace(sha256=digest_of(wishes.sha256, "--sha256"))
    kinds = [_kind(source, wishes.sha256) for source in sources]
    tracked.check_unseen()
    if not any(RAW.glob("*.dvc")):
        yield RIGHT
    gone = project.of_sample if wishes.replaces_sample else project.dead_sample
    if wishes.dry_run:
        return (yield from _would(kinds, project, wishes, gone))
    RAW.mkdir(exist_ok=True)
    copies = 1 if clones(RAW, RAW) else 2  # in `raw/`, and in DVC's cache
    things = [thing for kind in kinds for thing in _fetched(kind, wishes, copies)]
    entries = entries_of(things, read_project(), wishes.key, gone)
    _write(entries, wishes, gone, request)
    for entry in entries:
        yield f"{entry.key}: {entry.target}, {entry.found.said}"
    yield from _notes(entries, project, gone)
    keep = " ".join(str(tracked.pointer_of(entry.target)) for entry in entries)
    yield f"Next: `dramatis check && dvc repro`; for git: `git add {PARAMS} {keep}`"
    return dict.fromkeys(gone) | {entry.key: str(entry.target) for entry in entries}


def _kind(source: str, sha256: str | None) -> Kind:
    """What a source is; the id of a dataset on the hub is no path, and gets a hint."""
    hub = HUB.fullmatch(source)
    if hub and (NAMED_FILE.search(hub[1]) or "://" not in source and Path(source).parent.is_dir()):
        hub = None  # a path, though none that is there
    try:
        kind = kind_of(source, sha256)
    except InputError:
        if not hub:
            raise
    else:
        if not (hub and isinstance(kind, Web)):
            return kind
    folder = RAW / hub[1].split("/")[1]
    fetch_it = f"`hf download --repo-type dataset {hub[1]} --local-dir {folder}`"
    problem = "there is no such file or folder; if it is a dataset of the hub, it is fetched by the hub's own program"
    raise InputError(source, problem, f"Run {fetch_it}, then `dramatis add {folder}`")


def _fetched(kind: Kind, wishes: Wishes, copies: int) -> list[Thing]:
    """The things that a source gives, on this disk."""
    if isinstance(kind, Local):
        things = things_in(kind.path, wishes.moves)
        if wishes.sha256:
            _check_digest(things, wishes.sha256)
        return things
    if isinstance(kind, Web):
        fetched = fetch(kind, PARTS, copies)
        file, name = with_ending(fetched.file, fetched.name)
        return [Thing(file, name, True, kind.shown, kind.shown)]
    found = fetch_torrent(kind, PARTS, copies)
    things = [
        thing._replace(shown=f"{kind.shown}: {thing.name}", torrent=found.urn)
        for thing in things_in(found.path, True, kind.shown)
    ]
    if kind.sha256:
        _check_digest(things, kind.sha256)
    return things


def _check_digest(things: list[Thing], sha256: str) -> None:
    if len(things) != 1 or things[0].path.is_dir():
        raise InputError(things[0].shown, "a digest is of one file, and this is not one", "Leave --sha256 out")
    found = digest(things[0].path)
    if found != sha256:
        raise InputError(things[0].shown, f"its sha256 is {found}, and you stated {sha256}", "Get it again")


def _write(entries: list[Entry], wishes: Wishes, gone: Sequence[str], request: tuple[str, ...]) -> None:
    """Puts everything in its place, and `params.yaml` last. If it is broken off, all is undone."""
    new = [entry for entry in entries if not entry.there]
    with held():
        _check_space(new)
        for entry in new:
            if entry.target.exists():  # since it was planned
                raise InputError(str(entry.target), "another process has just put a file there", "Run it again")
        with undone_unless_whole(_change(request, entries, bool(gone))):
            for entry in new:
                _put(entry)
            origins = {entry.target: _origin(entry) for entry in entries if _is_new(entry)}
            tracked.track([entry.target for entry in entries], origins)
            if gone:
                OWN_REFERENCES.mkdir(exist_ok=True)
            rewrite(PARAMS, lambda before: _changed(before, entries, wishes.title, gone))
    for entry in new:
        if entry.thing.moves and entry.thing.path.exists():  # on another disk
            discard(entry.thing.path)


def _change(request: tuple[str, ...], entries: list[Entry], replaces: bool) -> Change:
    """What is written down of it."""
    new = [entry for entry in entries if not entry.there]
    pointers = [tracked.pointer_of(entry.target) for entry in entries]
    parts = [folder for entry in entries for folder in entry.thing.path.parents if folder.parent == PARTS]
    return Change(
        request=request,
        videos={entry.key: str(entry.target) for entry in entries},
        pointers={pointer: pointer.read_text("utf-8") if pointer.is_file() else None for pointer in pointers},
        moved={entry.target: entry.thing.path.absolute() for entry in new if _renames(entry)},
        made=tuple(entry.target for entry in new if not _renames(entry)),
        folders=(OWN_REFERENCES,) if replaces and not OWN_REFERENCES.exists() else (),
        gone=tuple(dict.fromkeys(parts)),
    )


def _is_new(entry: Entry) -> bool:
    return bool(entry.thing.origin) and not tracked.pointer_of(entry.target).exists()


def _origin(entry: Entry) -> dict[str, str]:
    """What its `.dvc` file says of where it is from; a folder has no one digest."""
    said = {"from": entry.thing.origin, "torrent": entry.thing.torrent}
    said["sha256"] = digest(entry.target) if entry.target.is_file() else None
    return {key: value for key, value in said.items() if value}


def _check_space(new: list[Entry]) -> None:
    cache = tracked.cache_folder()
    if new and not clones(RAW, RAW):
        size = sum(bytes_of(entry.thing.path) for entry in new)
        copied = sum(bytes_of(entry.thing.path) for entry in new if not _renames(entry))
        if cache.stat().st_dev == RAW.stat().st_dev:
            check_room(RAW, size + copied, f"{len(new)} sources and their copies in DVC's cache")
        else:
            check_room(RAW, copied, f"{len(new)} sources")
            check_room(cache, size, "their copies in DVC's cache")


def _renames(entry: Entry) -> bool:
    return entry.thing.moves and entry.thing.path.stat().st_dev == RAW.stat().st_dev


def _put(entry: Entry) -> None:
    if _renames(entry):
        entry.thing.path.rename(entry.target)
    else:
        copy(entry.thing.path, entry.target)


def _changed(text: str, entries: Sequence[Entry], title: str, gone: Sequence[str]) -> str:
    """`params.yaml` with the new videos, and without what belongs to a sample film that goes."""
    if gone:
        text = _without_sample(without_videos(text, gone))
    return with_entries(text, "videos", {e.key: ({"source": str(e.target)}, title) for e in entries})


def _without_sample(text: str) -> str:
    """The film is not drawn any more, references are your own, and runs of characters that nobody has go."""
    params = yaml.safe_load(text)
    text = with_value(text, ("film", "titles"), [])
    if Path(params["cast"]["references"]).is_relative_to(FILMS):
        text = with_value(text, ("cast", "references"), str(OWN_REFERENCES))
    known = read_decisions(CAST).known(list_references(OWN_REFERENCES) if OWN_REFERENCES.is_dir() else ())
    runs = params.get("runs") or {}
    return without_entries(text, "runs", [key for key, run in runs.items() if not {*run["characters"]} <= known])


def _notes(entries: Sequence[Entry], project: Project, gone: Sequence[str]) -> Iterator[str]:
    if gone:
        yield f"The sample film is out: {', '.join(gone)}, its references, and runs of its characters"
    elif project.of_sample:
        yield f"The sample film stays ({', '.join(project.of_sample)}); `--replace-sample` takes it out"
    for entry in entries:
        about = decisions_about(entry.key)
        if about:
            yield f"cast.yaml decides {len(about)} times about {entry.key}, such as {about[0]}: that is this video now"


def _would(kinds: list[Kind], project: Project, wishes: Wishes, gone: Sequence[str]) -> Lines:
    """What would be done. Files of this machine are looked into; of others only the server is asked."""
    things = [thing for kind in kinds if isinstance(kind, Local) for thing in things_in(kind.path, wishes.moves)]
    entries = entries_of(things, project, wishes.key if len(kinds) == 1 else None, gone)
    for entry in entries:
        way = "stays" if entry.there else "moved" if entry.thing.moves else "copied"
        yield f"{entry.thing.shown} ({in_units(bytes_of(entry.thing.path))}, {entry.found.said}): {entry.target}, {way}"
    for kind in kinds:
        if isinstance(kind, Web):
            offer = offered(kind)
            yield f"{kind.shown}: {offer.name!r}, {in_units(offer.size) if offer.size else 'of unknown size'}, to fetch"
        elif isinstance(kind, Torrent):
            yield f"{kind.shown}: to fetch with aria2c"
    if entries or gone:
        yield from difference(project.text, _changed(project.text, entries, wishes.title, gone), PARAMS)
    yield "Nothing was written"
    return dict.fromkeys(gone) | {entry.key: str(entry.target) for entry in entries}
