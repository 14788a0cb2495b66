"""Digests (SHA-256, hex) that change when what they are of does."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def file_digest(file: Path) -> str:
    """Of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def tree_digest(path: Path, pattern: str = "*") -> str:
    """Of a folder's files of some names, paths below it and bytes, or of a single file."""
    return files_digest(filter(Path.is_file, path.rglob(pattern)) if path.is_dir() else [path], path)


def files_digest(files: Iterable[Path], top: Path) -> str:
    """Of files, whatever their order: paths below `top` and bytes."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.relative_to(top).as_posix().encode())
        digest.update(bytes.fromhex(file_digest(file)))
    return digest.hexdigest()


def value_digest(value: Any) -> str:
    """Of a JSON value; the order of its keys does not count."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
