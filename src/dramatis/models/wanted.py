"""Which weights the parameters name, and which of those are not here."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.models.lock import read_lock
from dramatis.models.manifest import REAL, Entry, folder_of, manifest

KEYS = (
    "detect.weights",
    "landmark.weights",
    "quality.weights",
    "embed.weights",
    "tag.weights",
    "caption.tokenizer",
    "score.second_opinion",
    "score.clip",
)
"""Keys of `params.yaml` that name weights; those of runs and of class pictures come with their ids."""


class Named(NamedTuple):
    """Weights that a parameter names.

    Attributes:
        key: the parameter, such as `runs.solo.base`.
        path: what it says: a file, a folder, or the id of a repository on the hub.
        name: by which `dramatis models pull` knows them; None for weights of one's own.
    """

    key: str
    path: Path
    name: str | None

    @property
    def remedy(self) -> str:
        """What brings them here."""
        if self.name:
            more = f", and name {REAL}/{self.name}: DVC watches files, not hubs"
            return f"Run `dramatis models pull {self.name}`{'' if self.path.is_relative_to(REAL) else more}"
        if self.path.is_relative_to(REAL) and self.path != REAL:
            name = self.path.relative_to(REAL).parts[0]
            return f"Choose one of your own: `dramatis models pull USER/MODEL --name {name}`"
        if len(self.path.parts) == 2 and self.path.parts[0] not in ("models", "raw", "data", ".."):
            return f"Run `dramatis models pull {self.path}`, and name the folder: DVC watches files, not hubs"
        return "Put it there, or name another path"


def named_weights(params: Mapping[str, Any]) -> list[Named]:
    """All weights that parameters name, by key; nulls and what a stage makes are left out.

    Args:
        params: sections of `params.yaml`, or the few of a preset.
    """
    folders = {folder_of(name, entry): name for name, entry in manifest().items()}
    folders |= {REAL / entry.folder: name for name, entry in read_lock().items()}
    folders |= {Path(hub): name for name, entry in manifest().items() if (hub := _hub_of(entry))}
    return [Named(key, path, _known(path, folders)) for key, path in _paths(params)]


def missing_weights(params: Mapping[str, Any]) -> list[Named]:
    """Weights that the parameters name and that are not here."""
    return [each for each in named_weights(params) if not each.path.exists()]


def names_for(params: Mapping[str, Any]) -> list[str]:
    """What to pull for these parameters, each once, in order."""
    return list(dict.fromkeys(each.name for each in named_weights(params) if each.name))


def _known(path: Path, folders: Mapping[Path, str]) -> str | None:
    inside = [folder for folder in folders if path.is_relative_to(folder)]
    return folders[max(inside, key=lambda folder: len(folder.parts))] if inside else None


def _hub_of(entry: Entry) -> str | None:
    """The one repository that all files of an entry come from."""
    hubs = {source.hub for source in entry.files.values()}
    return hubs.pop() if len(hubs) == 1 else None


def _paths(params: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for key in KEYS:
        section, name = key.split(".")
        if (value := (params.get(section) or {}).get(name)) is not None:
            yield key, Path(value)
    runs = {key: run for key, run in (params.get("runs") or {}).items() if run}
    made = {f"models/release/{key}/pipeline" for key, run in runs.items() if run.get("fuse")}
    for key, run in runs.items():
        onto = (run.get("fuse") or {}).get("onto")
        for name, base in ((f"runs.{key}.base", run.get("base")), (f"runs.{key}.fuse.onto", onto)):
            if base is not None and base not in made:
                yield name, Path(base)
    for key, source in (params.get("regularization") or {}).items():
        if source and source.get("from") == "base" and source.get("path") is not None:
            yield f"regularization.{key}.path", Path(source["path"])
