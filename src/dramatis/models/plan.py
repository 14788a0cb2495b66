"""What a pull would do: each file with its place, its source and the hash that it must have."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dramatis.core.digests import file_digest
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.models.choice import chosen
from dramatis.models.hub import HubRepo, address, look_up
from dramatis.models.lock import Locked
from dramatis.models.manifest import REAL, Entry, Source, manifest

HUB_ID = re.compile(r"[A-Za-z0-9_-][\w.-]{0,95}/[\w.-]{1,96}")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
LookUp = Callable[[str, str | None], HubRepo]


@dataclass(frozen=True)
class Piece:
    """One file of a pull.

    Attributes:
        target: where it is to lie.
        source: where it comes from, with the commit, hash and size that are known.
        known: who vouched for the hash: manifest, hub, or first (nobody, before the file first came).
        git_oid: SHA-1 of git, for a small file whose SHA-256 the hub does not tell.
        here: what lies there now: nothing (None), the file itself (True), another one (False).
    """

    target: Path
    source: Source
    known: str = "first"
    git_oid: str | None = None
    here: bool | None = None

    @property
    def origin(self) -> str:
        """The address for a person."""
        said = self.source
        return said.url or address(said.hub or "", said.revision, said.path or "")


@dataclass(frozen=True)
class Pull:
    """All files of one name."""

    name: str
    folder: str
    licence: str | None
    pieces: dict[str, Piece]

    @property
    def to_fetch(self) -> dict[str, Piece]:
        """Those that do not lie there yet."""
        return {local: piece for local, piece in self.pieces.items() if piece.here is not True}

    @property
    def bytes_to_fetch(self) -> int:
        """Their sizes, as far as these are known [bytes]."""
        return sum(piece.source.size or 0 for piece in self.to_fetch.values())


def planned(
    wanted: str, locked: Mapping[str, Locked], revision: str | None, anew: bool, name: str | None = None
) -> Pull | None:
    """What is known of a name without asking anybody; None for the id of a repository that is on no list.

    Args:
        wanted: a name of the manifest or of the lock, or a repository of the hub.
        revision: a commit, branch or tag instead of the stated one; hashes stated for that one then do not count.
        anew: the lock does not count.
        name: what to call a repository that is on no list.

    Raises:
        MissingError: nothing is called so.
        ParameterError: a revision for files of several repositories or of none, or a name that cannot be one.
        InputError: lock and manifest contradict each other.
    """
    known = manifest()
    if wanted in locked and not (revision or anew):
        entry = locked[wanted]
        if wanted in known:
            _refuse_contradiction(wanted, known[wanted], entry)
        pieces = {
            local: _piece(entry.folder, local, Source(**_origin(file)), file.known)
            for local, file in entry.files.items()
        }
        return Pull(wanted, entry.folder, entry.licence, pieces)
    if wanted in known:
        listed = known[wanted]
        folder = listed.folder or wanted
        sources = {local: _at(source, revision, wanted, listed) for local, source in listed.files.items()}
        return Pull(
            wanted,
            folder,
            listed.licence,
            {local: _piece(folder, local, s, "manifest") for local, s in sources.items()},
        )
    if wanted in locked:  # of no list, to be taken anew
        entry = locked[wanted]
        bare = {local: Source(hub=f.hub, path=f.path, revision=revision, url=f.url) for local, f in entry.files.items()}
        return Pull(
            wanted, entry.folder, entry.licence, {local: _piece(entry.folder, local, s) for local, s in bare.items()}
        )
    if HUB_ID.fullmatch(wanted):
        name_of(wanted, name)
        return None
    there = ", ".join(sorted({*known, *locked}))
    remedy = f"Choose one of: {there}; a preset; or a repository of the hub, USER/MODEL"
    raise MissingError(wanted, "no weights are called so", remedy)


def name_of(repo: str, name: str | None) -> str:
    """What a repository of the hub is called here: as said, or after its last part.

    Raises:
        ParameterError: the name cannot be one, or is taken.
    """
    said = name or re.sub(r"[^a-z0-9_-]+", "-", repo.split("/")[1].lower()).strip("-")
    if not NAME.fullmatch(said) or said in manifest():
        problem = f"{said!r} is the name of other weights" if said in manifest() else f"{said!r} cannot be a name"
        raise ParameterError(f"--name {said}", problem, "Name it with a-z, 0-9, _ and -, and unlike any in the list")
    return said


def from_hub(
    repo: str, name: str, revision: str | None, only: Sequence[str], variant: str | None, look: LookUp = look_up
) -> Pull:
    """A repository that is on no list: the files chosen of it, at its commit, with what the hub says of them."""
    found = look(repo, revision)
    files = chosen(found.files, f"hf://{repo}", only, variant)
    pieces = {path: _piece(name, path, Source(hub=repo, revision=found.commit, path=path)) for path in files}
    return asked(Pull(name, name, found.licence, pieces), lambda *_: found)


def asked(pull: Pull, look: LookUp = look_up) -> Pull:
    """The same with what the hub says: commits, sizes, hashes, licence. Files of other addresses stay as they are.

    Raises:
        InputError: the hub is out of reach, or has another file under that name than was stated.
        MissingError: the repository has no such file.
    """
    told: dict[tuple[str, str | None], HubRepo] = {}
    pieces, licence = {}, pull.licence
    for local, piece in pull.pieces.items():
        source = piece.source
        if source.hub is None:
            pieces[local] = piece
            continue
        key = source.hub, source.revision
        told[key] = told.get(key) or look(*key)
        licence = licence or told[key].licence
        pieces[local] = _completed(piece, told[key])
    return replace(pull, pieces=pieces, licence=licence)


def _completed(piece: Piece, repo: HubRepo) -> Piece:
    source, path = piece.source, piece.source.path or ""
    place = f"hf://{source.hub}@{repo.commit[:12]}/{path}"
    if path not in repo.files:
        raise MissingError(place, "the repository has no such file at that revision", "Choose another revision")
    said = repo.files[path]
    for what, ours, theirs in (("SHA-256", source.sha256, said.sha256), ("size", source.size, said.size)):
        if ours is not None and theirs is not None and ours != theirs:
            problem = f"the hub's file has the {what} {theirs}, but {ours} is stated ({piece.known})"
            raise InputError(place, problem, "Don't take it before you know why; another revision: --revision")
    known = "hub" if piece.source.sha256 is None and (said.sha256 or said.git_oid) else piece.known
    update = {"revision": repo.commit, "size": source.size or said.size, "sha256": source.sha256 or said.sha256}
    done = replace(piece, source=source.model_copy(update=update), known=known, git_oid=said.git_oid)
    return replace(done, here=standing(done))


def looked_at(pull: Pull) -> Pull:
    """The same with what lies there now, where it did not before."""
    now = {local: replace(piece, here=standing(piece)) for local, piece in pull.to_fetch.items()}
    return replace(pull, pieces=pull.pieces | now)


def standing(piece: Piece) -> bool | None:
    """What lies there: the file (True), another or one of which nothing is known (False), nothing (None)."""
    if not piece.target.is_file():
        return None
    return piece.source.size in (None, piece.target.stat().st_size) and is_it(piece, piece.target)


def is_it(piece: Piece, file: Path) -> bool:
    """True if the file's bytes are those that are vouched for."""
    if piece.source.sha256 is not None:
        return file_digest(file) == piece.source.sha256
    return piece.git_oid is not None and git_digest(file) == piece.git_oid


def git_digest(file: Path) -> str:
    """SHA-1 by which git knows a file's content."""
    data = file.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _piece(folder: str, local: str, source: Source, known: str = "first") -> Piece:
    piece = Piece(REAL / folder / local, source, known if source.sha256 else "first")
    return replace(piece, here=standing(piece))


def _origin(file: Source) -> dict[str, object]:
    return {key: getattr(file, key) for key in Source.model_fields}


def _at(source: Source, revision: str | None, name: str, entry: Entry) -> Source:
    """A source at another revision, at which nobody has stated a hash."""
    if revision is None:
        return source
    if len({each.hub for each in entry.files.values()}) != 1 or source.hub is None:
        problem = f"{name} is not of one repository of the hub"
        raise ParameterError(f"--revision {revision}", problem, "Leave it out, or pull that repository by its own id")
    if revision == source.revision:
        return source
    return source.model_copy(update={"revision": revision, "sha256": None, "size": None})


def _refuse_contradiction(name: str, entry: Entry, locked: Locked) -> None:
    for local, file in locked.files.items():
        stated = entry.files.get(local)
        same = stated is not None and (stated.revision, stated.url) == (file.revision, file.url)
        if stated is not None and same and stated.sha256 not in (None, file.sha256):
            problem = f"{name}: {local} has the SHA-256 {file.sha256} there, but {stated.sha256} in the manifest"
            raise InputError("models/real.lock", problem, "Take the entry out, then pull it again")
