"""`models/real.lock`: what was fetched, from which commit, and its hashes; committed, so that all get the same."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import Field

from dramatis.core.params import Key, Params, validate
from dramatis.core.rewrite import rewrite
from dramatis.core.yaml_lines import not_yaml, text_of
from dramatis.models.manifest import FilePath, Sha256, Source

LOCK = Path("models/real.lock")
HEADER = """\
# Written by `dramatis models pull`: where the files of models/real/ came from, and what their bytes are. Commit it.
# `known` says who vouched for a hash before the file came: manifest (it stands in the code), hub (the hub's own
# metadata), first (nobody: the file was taken as it came, and is held to from now on).
"""


class LockedFile(Source):
    """A file that was fetched or brought by hand."""

    sha256: Sha256
    size: int = Field(ge=0)
    known: str = "first"


class Locked(Params):
    """One folder of `models/real` as it was fetched."""

    folder: str
    licence: str | None = None
    files: dict[FilePath, LockedFile]


def read_lock(file: Path = LOCK) -> dict[str, Locked]:
    """What was fetched, by name; nothing without a file.

    Raises:
        ParameterError: it is no such file.
    """
    return _parse(text_of(file), str(file)) if file.is_file() else {}


def write_lock(name: str, locked: Locked, file: Path = LOCK) -> None:
    """Puts one entry into the lock; the others stay, whoever writes beside."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rewrite(file, lambda text: dumped(_parse(text, str(file)) | {name: locked}))


def dumped(entries: Mapping[str, Locked]) -> str:
    """The lock's text: entries and files by name, no times, so that the same weights give the same bytes."""
    said = {
        name: entry.model_dump(exclude_none=True)
        | {"files": {path: entry.files[path].model_dump(exclude_none=True) for path in sorted(entry.files)}}
        for name, entry in sorted(entries.items())
    }
    return HEADER + yaml.safe_dump(said, sort_keys=False, width=10**6, allow_unicode=True)


def _parse(text: str, place: str) -> dict[str, Locked]:
    try:
        value = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise not_yaml(place, error, "Take it from git again") from None
    return validate(value, dict[Key, Locked], place)
