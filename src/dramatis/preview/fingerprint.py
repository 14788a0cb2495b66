"""What decides the pictures of a step: so those that a killed stage had finished are known again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dramatis.core.digests import tree_digest, value_digest
from dramatis.core.images import picture_hash
from dramatis.preview.prompts import Request


def digest_of(value: Any) -> str:
    """Sixteen hex digits that change when a JSON value does."""
    return value_digest(value)[:16]


def folder_digest(folder: Path | None) -> str:
    """Sixteen hex digits of a folder's files, names and bytes; of None, the bare base, just as many."""
    return tree_digest(folder)[:16] if folder else digest_of(None)


def said_by(request: Request) -> Mapping[str, Any]:
    """All of a request that decides its picture, as JSON."""
    control = request.control and picture_hash(request.control.image)
    return request._asdict() | {"control": control}
