"""What is to be added: each source opened, named, compared with what is there; nothing is written yet."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dramatis.core.digests import file_digest
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.params import PARAMS, Key, validate
from dramatis.core.picture_files import is_picture
from dramatis.frames.source_dataset import is_dataset
from dramatis.frames.sources import ZIPS
from dramatis.sources.checking import Found, look_into
from dramatis.sources.naming import SAFE, id_of, natural, stem_and_suffix
from dramatis.sources.project import Project
from dramatis.sources.space import bytes_of, files_of
from dramatis.sources.tracked import RAW, pointer_of, recorded

VIDEOS = frozenset({
    ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".m2v", ".vob", ".wmv",
    ".asf", ".flv", ".ogv", ".ogm", ".3gp", ".3g2", ".mxf", ".divx", ".f4v", ".rm", ".rmvb", ".y4m",
})  # fmt: skip
"""Endings of videos: which files of a folder are added, and which ending of a download stays."""
KNOWN = VIDEOS | {*ZIPS, ".parquet", ".gif", ".webp", ".png"}
MAGIC = {b"PK\x03\x04": ".zip", b"PAR1": ".parquet"}
"""First bytes of what is told from a video by its ending."""


class Thing(NamedTuple):
    """Something to add that is on this disk.

    Attributes:
        path: file or folder.
        name: what its id is made of, with the ending.
        moves: true if it is not left where it is.
        origin: address that it is from; null for a file of this machine.
        shown: how the user knows it.
        torrent: urn of the torrent that it is from.
    """

    path: Path
    name: str
    moves: bool
    origin: str | None
    shown: str
    torrent: str | None = None


class Entry(NamedTuple):
    """A thing with the id and the place that it gets; `there` if it stands in that place already."""

    thing: Thing
    key: str
    target: Path
    found: Found
    there: bool


def things_in(path: Path, moves: bool = False, origin: str | None = None) -> list[Thing]:
    """What a file or folder gives: of a folder each video in it, else the folder as one source of pictures.

    Raises:
        MissingError: there is no such file.
        InputError: the folder holds neither.
    """
    if not path.exists():
        raise MissingError(str(path), "there is no such file or folder", "Mend the path")
    if not path.is_dir():
        return [Thing(path, path.name, moves, origin, str(path))]
    files = files_of(path)
    videos = sorted((file for file in files if Path(file).suffix.lower() in VIDEOS), key=natural)
    if videos:
        return [Thing(path / file, Path(file).name, moves, origin, str(path / file)) for file in videos]
    if not any(map(is_picture, files)) and not is_dataset(path):
        problem = "this folder holds no video, no picture and no dataset"
        raise InputError(str(path), problem, "Videos are told by their names: .mp4, .mkv, .mov, …")
    if path.resolve() == RAW.resolve():
        raise InputError(str(path), "it holds pictures of its own", f"Put them into a folder, such as {RAW / 'photos'}")
    return [Thing(path, path.resolve().name, moves, origin, str(path))]


def entries_of(things: Iterable[Thing], project: Project, key: str | None, gone: Iterable[str] = ()) -> list[Entry]:
    """Looks into each thing and finds an id and a place for it; all faults are told together.

    Args:
        key: id for the only thing; null: made of its name.
        gone: ids of videos that are about to be taken out.

    Raises:
        InputError: something cannot be read, is there already, or has no place.
        ParameterError: the id is not allowed or taken.
    """
    things, faults = list(things), []
    if key is not None:
        _check_key(key, things, project, gone)
    taken, planned = {*project.videos} - {*gone}, list[Entry]()
    for thing in things:
        try:
            found = look_into(thing.path)
            _refuse_twice(thing, project, planned, gone)
            entry = _placed(thing, found, key, taken)
        except InputError as error:
            faults.append(error)
            continue
        planned.append(entry)
        taken.add(entry.key)
    if len(faults) == 1 and len(things) == 1:
        raise faults[0]
    if faults:
        listed = "; ".join(f"{fault.place}: {fault.problem}" for fault in faults)
        place = f"{len(faults)} of {len(things)} sources"
        raise InputError(place, listed, "Nothing was added. Mend or leave out those, then run it again")
    return planned


def _check_key(key: str, things: list[Thing], project: Project, gone: Iterable[str]) -> None:
    if len(things) != 1:
        raise ParameterError("--id", f"one id for {len(things)} sources", "Add them one by one, or leave the id out")
    validate(key, Key, "--id")
    if key in project.videos and key not in gone:
        raise ParameterError(f"{PARAMS}: videos.{key}", "this id is taken", "Name another with --id")


def _placed(thing: Thing, found: Found, key: str | None, taken: set[str]) -> Entry:
    stem, suffix = ("", "") if thing.path.is_dir() else stem_and_suffix(thing.name)
    own = RAW / thing.path.name
    in_raw = thing.path.parent.resolve() == RAW.resolve()
    if in_raw and (SAFE.fullmatch(thing.path.name) or pointer_of(own).exists()):
        return Entry(thing, key or id_of(stem or thing.name, taken), own, found, True)
    if not thing.path.is_dir() and suffix not in KNOWN and (thing.origin or not suffix):
        stem, suffix = (stem if not suffix else thing.name), found.suffix  # `get.php?id=5` is no ending
    thing = thing._replace(moves=thing.moves or in_raw)
    name = stem or thing.name
    busy: set[str] = set()
    while True:
        said = key or id_of(name, taken | busy)
        target = RAW / f"{said}{suffix}"
        there = target.exists() and same(thing.path, target)
        if there or not (target.exists() or pointer_of(target).exists()):
            return Entry(thing, said, target, found, there)
        if key:
            raise InputError(str(target), "another file is there already", "Name another id, or take that file away")
        busy.add(said)


def _refuse_twice(thing: Thing, project: Project, planned: list[Entry], gone: Iterable[str]) -> None:
    for key, source in project.videos.items():
        if key not in gone and (source.exists() and same(thing.path, source) or _is_recorded(thing.path, source)):
            raise InputError(thing.shown, f"it is there already, as {key} ({source})", "Leave it out")
    for entry in planned:
        if same(thing.path, entry.thing.path):
            raise InputError(thing.shown, f"it is the same as {entry.thing.shown}", "Leave one of them out")


def same(one: Path, other: Path) -> bool:
    """True if two files, or the files of two folders, hold the same bytes under the same names."""
    if one.is_dir() != other.is_dir():
        return False
    files, others = files_of(one), files_of(other)
    if files.keys() != others.keys() or bytes_of(one) != bytes_of(other):
        return False
    return all(
        files[name].samefile(others[name]) or digest(files[name]) == digest(others[name]) for name in sorted(files)
    )


def _is_recorded(thing: Path, source: Path) -> bool:
    """True if a source that is not here now, but known to DVC, is this file."""
    said = None if source.exists() or thing.is_dir() else recorded(source)
    if said is None:
        return False
    return said.get("size") == thing.stat().st_size and said.get("md5") == _md5(thing)


def digest(file: Path) -> str:
    """Digest of a file's bytes; read once for a file that stays as it is."""
    about = file.stat()
    return _digest(file, about.st_ino, about.st_size, about.st_mtime_ns)


@cache
def _digest(file: Path, *_: int) -> str:
    return file_digest(file)


def _md5(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "md5").hexdigest()


def with_ending(file: Path, name: str) -> tuple[Path, str]:
    """A download under an ending by which stage `frames` tells what it is; and its name with that ending."""
    with file.open("rb") as stream:
        suffix = MAGIC.get(stream.read(4), stem_and_suffix(name)[1])
    named = file.with_name(f"whole{suffix}")
    file.rename(named)
    return named, name if name.lower().endswith(suffix) else f"{name}{suffix}"
