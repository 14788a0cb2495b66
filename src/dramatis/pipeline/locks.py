"""Locks of DVC that were cut off: DVC writes them in place, so one that is ended meanwhile leaves the first part."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from dramatis.core.errors import InputError
from dramatis.core.rewrite import rewrite
from dramatis.core.yaml_lines import fast_yaml, text_of
from dramatis.pipeline.graph import FILES

_ENTRY = re.compile(r"^  \S.*:$", re.MULTILINE)
"""First line of what a lock says of a stage."""
DIGITS = 32
"""Of an MD5 in hex."""


def refuse_cut_locks(top: Path = Path()) -> None:
    """Looks whether DVC can read its locks.

    Raises:
        InputError: one of them was cut off.
    """
    for lock in _locks(top):
        if not _is_whole(text_of(lock)):
            problem = "it is cut off, as DVC leaves it when it is ended while it writes"
            remedy = "`dramatis fsck --repair` keeps its whole entries, and `dvc repro` finds the others in DVC's cache"
            raise InputError(str(lock), problem, f"{remedy}; or take the file from git")


def mend_locks(top: Path = Path()) -> list[str]:
    """Takes what was cut off out of the locks; gives a line for each that was.

    Nothing of what the stages made is touched: DVC's run-cache knows it by what went into it.
    """
    done = []
    for lock in _locks(top):
        before = text_of(lock)
        if not _is_whole(before):
            kept = whole_entries(before)
            if kept:
                rewrite(lock, lambda _, kept=kept: kept)  # type: ignore[misc]
            else:
                lock.unlink()
            done.append(f"{lock}: it was cut off; {len(_ENTRY.findall(kept))} whole entries are kept")
    return done


def whole_entries(text: str) -> str:
    """The longest beginning of a lock that DVC can read; empty if there is none."""
    for start in reversed([found.start() for found in _ENTRY.finditer(text)][1:]):
        if _is_whole(text[:start]):
            return text[:start]
    return ""


def _locks(top: Path) -> Iterator[Path]:
    return (lock for file in FILES if (lock := (top / file).with_suffix(".lock")).is_file())


def _is_whole(text: str) -> bool:
    """Whether it is YAML, its stages among it, and the last of them complete as far as it goes."""
    try:
        value = fast_yaml(text)
    except yaml.YAMLError:
        return False
    stages = value.get("stages") if isinstance(value, dict) else None
    return isinstance(stages, dict) and bool(stages) and all(map(_is_entry, stages.values()))


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("cmd"), str | list):
        return False
    files = [file for kind in ("deps", "outs") if kind in entry for file in entry[kind] or (None,)]
    params = entry.get("params", {})
    whole = isinstance(params, dict) and all(isinstance(values, dict) for values in params.values())
    return whole and all(map(_is_file, files))


def _is_file(value: Any) -> bool:
    """Whether it names a file and, where it has one, its whole hash."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("path"), str)
        and None not in value.values()
        and len(str(value.get("md5", DIGITS * "0"))) >= DIGITS
    )
