"""What differs from the locks, stage by stage, in the words of `dvc status`."""

import json
from pathlib import Path
from typing import Any

from dramatis.state.cache import Cache, cache_folder
from dramatis.state.hashes import Hashes, Ignored, UnsureError
from dramatis.state.memory import Memory
from dramatis.state.plan import Group, Item
from dramatis.state.settings import DVC
from dramatis.state.yaml12 import load

PARAMS = "params.yaml"
Entries = list[Any]
"""As DVC says it: `{"changed deps": {path: state}}`, `{"changed outs": …}` and `changed command`."""
_GONE = object()


class Changes:
    """Compares the workspace with the locks."""

    def __init__(self, memory: Memory):
        """Raises `UnsureError` where there is no project of DVC."""
        if not DVC.is_dir():
            raise UnsureError(str(DVC))
        self._memory = memory
        self._ignored = Ignored(memory)
        self._hashes = Hashes(memory, self._ignored)
        self._cache = Cache(cache_folder(), self._hashes)
        self._values: dict[str, Any] = {}
        self._locks: dict[str, dict[str, Any]] = {}

    def lock(self, file: str) -> dict[str, Any]:
        """The stages in the lock of a pipeline file."""
        if file not in self._locks:
            lock = Path(file).with_suffix(".lock")
            known = self._memory.of("lock", lock, _as_json) if lock.is_file() else {}
            self._locks[file] = load_lock(file) if known is None else known
        return self._locks[file]

    def all(self, plan: list[Group]) -> dict[str, Entries]:
        """By name such as `frames@e01`, for those that differ.

        Raises:
            UnsureError: only DVC can say.
        """
        for group in plan:
            if group.odd:
                raise UnsureError(group.name)
        found = {
            name: self.of(item, self.lock(group.file).get(name)) for group in plan for name, item in group.items.items()
        }
        return {name: entries for name, entries in found.items() if entries}

    def never_run(self, plan: list[Group]) -> set[str]:
        """Those that no lock knows."""
        return {name for group in plan for name in group.items if name not in self.lock(group.file)}

    def of(self, item: Item, lock: dict[str, Any] | None) -> Entries:
        """How a stage differs from its lock; empty if it does not."""
        said = lock or {}
        deps = self._files(item.deps, _by_path(said.get("deps"))) | self._params(item.params, said.get("params") or {})
        outs = self._outs(item, _by_path(said.get("outs")))
        entries: Entries = [{"changed deps": deps}] if deps else []
        entries += [{"changed outs": outs}] if outs else []
        return [*entries, "changed command"] if lock and lock.get("cmd") != item.cmd else entries

    def _files(self, paths: list[str], locked: dict[str, str]) -> dict[str, Any]:
        states = {path: self._state(path, locked.get(path)) for path in paths}
        return {path: state for path, state in states.items() if state}

    def _state(self, path: str, locked: str | None) -> str | None:
        now = self._hashes.of(path)
        if now is None:
            return "deleted"
        return None if now == locked else "modified"

    def _outs(self, item: Item, locked: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path in item.outs:
            if self._ignored.hides(path, Path(path).is_dir()):
                raise UnsureError(path)  # an error to DVC
            md5 = locked.get(path)
            lost = md5 and path not in item.uncached and not self._cache.holds(md5)
            state = "not in cache" if lost else self._state(path, md5)
            found |= {path: state} if state else {}
        return found

    def _params(self, keys: list[str], locked: dict[str, dict[str, Any]]) -> dict[str, Any]:
        of_file: dict[str, list[str]] = {}
        for key in keys:
            file, _, inside = key.rpartition(":")
            of_file.setdefault(file or PARAMS, []).append(inside)
        found = {file: self._values_of(file, inside, locked.get(file)) for file, inside in of_file.items()}
        return {file: states for file, states in found.items() if states}

    def _values_of(self, file: str, keys: list[str], locked: dict[str, Any] | None) -> str | dict[str, str]:
        if not Path(file).exists():
            return "deleted"
        if locked is None:
            return "new"
        if file not in self._values:
            self._values[file] = load(Path(file))
        states = {}
        for key in keys:
            now, then = look_up(self._values[file], key), locked.get(key, _GONE)
            if now is _GONE:
                states[key] = "deleted"
            elif then is _GONE:
                states[key] = "new"
            elif now != then:
                states[key] = "modified"
        return states


def look_up(values: Any, path: str) -> Any:
    """The value at a path of keys with dots between them; a mark of its own if there is none."""
    for key in path.split("."):
        if not isinstance(values, dict) or key not in values:
            return _GONE
        values = values[key]
    return values


def _as_json(lock: Path) -> dict[str, Any] | None:
    """The stages in a lock, if JSON can say them: a number as a key or a date it cannot."""
    stages = load(lock).get("stages") or {}
    try:
        return stages if json.loads(json.dumps(stages)) == stages else None
    except TypeError:
        return None


def _by_path(entries: list[dict[str, Any]] | None) -> dict[str, str]:
    found = {}
    for entry in entries or []:
        if "md5" not in entry or entry.get("hash") != "md5":
            raise UnsureError(entry["path"])  # of an older DVC, or versioned by a cloud
        found[entry["path"]] = entry["md5"]
    return found


def locked(plan: list[Group]) -> dict[str, dict[str, Any]]:
    """What the locks say of the stages that there are, by name; those that never ran are left out."""
    stages = {file: load_lock(file) for file in dict.fromkeys(group.file for group in plan)}
    return {name: stages[group.file][name] for group in plan for name in group.items if name in stages[group.file]}


def load_lock(file: str) -> dict[str, Any]:
    """The stages in the lock of a pipeline file; empty if there is none."""
    lock = Path(file).with_suffix(".lock")
    return load(lock).get("stages") or {} if lock.is_file() else {}
