"""Why a stage is stale, in words."""

from collections.abc import Mapping
from typing import Any


def reason(entries: list[Any]) -> str:
    """The most telling of DVC's changes to a stage, in words: code before parameters before data before outputs."""
    changed: dict[str, dict[str, Any]] = {"changed deps": {}, "changed outs": {}}
    for entry in entries:
        if isinstance(entry, str):
            return entry
        for kind, items in entry.items():
            changed[kind].update(items)
    deps, outs = changed["changed deps"], changed["changed outs"]
    params = [key for file in deps.values() if isinstance(file, Mapping) for key in file]
    code = [path for path, state in deps.items() if path.startswith(("src/", "stages/")) and state != "deleted"]
    data = [f"{path} {state}" for path, state in deps.items() if isinstance(state, str)]
    made = [f"{path} {state}" for path, state in outs.items()]
    return next(iter([*(f"{path} changed" for path in code), *(f"{key} changed" for key in params), *data, *made]), "")
