"""Digests (SHA-256, hex) that change when what they are of does."""

import hashlib
import json
from pathlib import Path
from typing import Any


def file_digest(file: Path) -> str:
    """Of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def tree_digest(path: Path, pattern: str = "*") -> str:
    """Of a folder's files of some names, paths below it and bytes, or of a single file."""
    digest = hashlib.sha256()
    for file in sorted(path.rglob(pattern)) if path.is_dir() else [path]:
        if file.is_file():
            digest.update(file.relative_to(path).as_posix().encode())
            digest.update(bytes.fromhex(file_digest(file)))
    return digest.hexdigest()


def value_digest(value: Any) -> str:
    """Of a JSON value; the order of its keys does not count."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
