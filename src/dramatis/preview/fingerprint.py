"""What decides the pictures of a step: so those that a killed stage had finished are known again."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dramatis.core.images import picture_hash
from dramatis.preview.prompts import Request


def digest_of(value: Any) -> str:
    """Sixteen hex digits that change when a JSON value does."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def folder_digest(folder: Path | None) -> str:
    """Sixteen hex digits of a folder's files, names and bytes; of None, the bare base, just as many."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")) if folder else []:
        if file.is_file():
            digest.update(file.relative_to(folder).as_posix().encode())
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:16]


def said_by(request: Request) -> Mapping[str, Any]:
    """All of a request that decides its picture, as JSON."""
    control = request.control and picture_hash(request.control.image)
    return request._asdict() | {"control": control}
