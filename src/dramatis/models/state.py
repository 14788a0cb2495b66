"""What of the real weights is here, and in which state: by names and sizes, or, where asked for, by every byte."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from dramatis.core.digests import file_digest
from dramatis.core.errors import InputError
from dramatis.models.headers import check_weights
from dramatis.models.lock import Locked
from dramatis.models.manifest import REAL, Entry, Source
from dramatis.models.wanted import Named

State = Literal["not here", "incomplete", "changed", "by hand", "here", "verified"]


class Row(NamedTuple):
    """One name: what it is for, and how it stands.

    Attributes:
        size: of all its files, as far as that is known [bytes].
        wanted: parameters that name it, and presets.
        why: the first file that is not as it should be, and what is wrong with it.
    """

    name: str
    folder: str
    what: str
    state: State
    size: int
    licence: str | None
    wanted: list[str]
    presets: list[str]
    why: str | None


def rows(
    entries: Mapping[str, Entry],
    locked: Mapping[str, Locked],
    named: Sequence[Named],
    presets: Mapping[str, Sequence[str]],
    verify: bool = False,
) -> list[Row]:
    """All names of the manifest and of the lock.

    Args:
        named: what the parameters name.
        presets: names that each preset wants.
        verify: read every byte of what is locked.
    """
    found = []
    for name in [*entries, *(name for name in locked if name not in entries)]:
        entry, lock = entries.get(name), locked.get(name)
        folder = (lock.folder if lock else entry and entry.folder) or name
        files: Mapping[str, Source] = lock.files if lock else entry.files if entry else {}
        state, why = state_of(REAL / folder, files, lock, verify)
        found.append(
            Row(
                name=name,
                folder=str(REAL / folder),
                what=entry.what if entry else "your own choice",
                state=state,
                size=sum(file.size or 0 for file in files.values()),
                licence=(lock and lock.licence) or (entry and entry.licence) or None,
                wanted=[each.key for each in named if each.name == name],
                presets=[preset for preset, names in presets.items() if name in names],
                why=why,
            )
        )
    return found


def state_of(
    folder: Path, files: Mapping[str, Source], locked: Locked | None, verify: bool = False
) -> tuple[State, str | None]:
    """The state of a folder, and the first file because of which it is so."""
    absent = [local for local in files if not (folder / local).is_file()]
    if len(absent) == len(files):
        return "not here", None
    if absent:
        return "incomplete", f"{folder / absent[0]} is not there"
    for local, source in files.items():
        file = folder / local
        if source.size not in (None, file.stat().st_size):
            return "changed", f"{file} has {file.stat().st_size} bytes, and {source.size} are stated"
        if verify and source.sha256 is not None and file_digest(file) != source.sha256:
            return "changed", f"{file} has another SHA-256 than the one stated"
        try:
            check_weights(file)
        except InputError as error:
            return "changed", f"{error.place}: {error.problem}"
    if locked is None:
        return "by hand", None
    return ("verified" if verify else "here"), None
