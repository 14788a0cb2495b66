"""The list of real weights that comes with the code, and what an entry of it says of each file."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from dramatis.core.params import Key, Params, validate

MANIFEST = Path(__file__).with_name("manifest.yaml")
REAL = Path("models/real")
"""Folder of real weights in a project."""

HubId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-][\w.-]{0,95}/[\w.-]{1,96}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
SUFFIXES = (".safetensors", ".onnx", ".json", ".txt", ".csv", ".yaml")
"""What is ever fetched: weights that hold numbers and no code, and plain text."""
PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".npy", ".npz", ".h5", ".keras", ".msgpack", ".joblib")
"""Weights that can run code when they are read, or need programs that do."""
LICENCES = ("LICENSE", "LICENCE", "NOTICE", "COPYING")


def is_safe(path: str) -> bool:
    """True for a relative path that stays in its folder, without hidden parts."""
    parts = PurePosixPath(path).parts
    odd = not path.isprintable() or "\\" in path or path.startswith("/") or str(PurePosixPath(path)) != path
    return bool(parts) and not odd and not any(part.startswith(".") for part in parts)


def is_fetched(path: str) -> bool:
    """True for a file of a kind that is fetched: see `SUFFIXES`, and texts of licences."""
    name = PurePosixPath(path).name
    return is_safe(path) and (name.lower().endswith(SUFFIXES) or name.upper().startswith(LICENCES))


def _checked(path: str) -> str:
    if not is_fetched(path):
        raise ValueError(f"must be a path below the folder that ends in {', '.join(SUFFIXES)}")
    return path


FilePath = Annotated[str, AfterValidator(_checked)]


class Source(Params):
    """Where one file comes from, and what it must be."""

    path: FilePath | None = Field(None, description="Its path in the repository of the hub.")
    hub: HubId | None = Field(None, description="Repository on the hub.")
    revision: str | None = Field(None, description="Commit there; null: the newest, and then what the lock has.")
    url: str | None = Field(None, description="Address, for a file that is not on the hub.")
    sha256: Sha256 | None = Field(None, description="Digest of its bytes; null: not known yet.")
    size: int | None = Field(None, ge=0, description="Its size [bytes]; null: not known yet.")

    @field_validator("url")
    @classmethod
    def _over_tls(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("https://", "http://127.0.0.1:")):
            raise ValueError("must begin with https://")
        return url

    @model_validator(mode="after")
    def _from_one_place(self) -> "Source":
        if (self.hub is None) == (self.url is None):
            raise ValueError("must have either a repository (`hub`) or an address (`url`)")
        return self


class Entry(Params):
    """One set of weights: a folder of `models/real`."""

    what: str = ""
    licence: str | None = None
    folder: FilePath | str | None = None
    keys: tuple[str, ...] = ()
    files: dict[FilePath, Source]

    @field_validator("folder")
    @classmethod
    def _inside(cls, folder: str | None) -> str | None:
        if folder is not None and not is_safe(folder):
            raise ValueError("must be a path below models/real")
        return folder


def filled(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as it is written, with the repository, revision and paths that its files leave out."""
    shared = {key: value[key] for key in ("hub", "revision") if value.get(key) is not None}
    files = {}
    for local, said in (value.get("files") or {}).items():
        own = {} if said is None else dict(said)
        place = {} if "url" in own else {**(shared if "hub" not in own else {}), "path": local}
        files[local] = {**place, **own}
    rest = {key: part for key, part in value.items() if key not in ("hub", "revision", "files")}
    return {"folder": name, **rest, "files": files}


def read_entries(text: str, place: str) -> dict[str, Entry]:
    """Entries by name from YAML.

    Raises:
        ParameterError: a key is unknown or a value is not allowed.
    """
    written = yaml.safe_load(text) or {}
    return validate({name: filled(name, value) for name, value in written.items()}, dict[Key, Entry], place)


@lru_cache
def manifest() -> dict[str, Entry]:
    """The entries that come with the code."""
    return read_entries(MANIFEST.read_text("utf-8"), str(MANIFEST))


def folder_of(name: str, entry: Entry) -> Path:
    """Where the files of an entry lie in a project."""
    return REAL / (entry.folder or name)
