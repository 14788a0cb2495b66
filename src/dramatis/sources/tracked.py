"""What DVC knows of the files in `raw/`: a small `.dvc` file beside each, which git keeps."""

import logging
import re
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import yaml

from dramatis.core.errors import InputError
from dramatis.core.params import read_yaml
from dramatis.core.rewrite import replace
from dramatis.core.yaml_lines import written
from dramatis.state.dvc import opened

RAW = Path("raw")


def pointer_of(path: Path) -> Path:
    """The `.dvc` file of a file or folder."""
    return path.with_name(f"{path.name}.dvc")


def recorded(path: Path) -> dict[str, Any] | None:
    """What the `.dvc` file says of its file: `md5`, `size`; null if there is none that can be read."""
    pointer = pointer_of(path)
    said = read_yaml(pointer) if pointer.is_file() else None
    outs = said.get("outs") if isinstance(said, Mapping) else None
    return outs[0] if isinstance(outs, list) and outs and isinstance(outs[0], dict) else None


def track(paths: Collection[Path], meta: Mapping[Path, Mapping[str, str | None]]) -> None:
    """Puts files and folders under DVC: into its cache, and a `.dvc` file beside each.

    DVC would then take each file away and bring it back out of its cache; a process that is killed in between leaves it
    there alone. That is only done where the settings want links, not clones or copies.

    Args:
        meta: what else the `.dvc` file of a path says: where it is from.

    Raises:
        InputError: DVC cannot do it now; says why.
    """
    with _project() as repo:
        linked = {"hardlink", "symlink"} & {*repo.cache.local.cache_types}
        repo.add([str(path) for path in paths], relink=bool(linked))
    for path, said in meta.items():
        text = pointer_of(path).read_text()
        pointer_of(path).write_text(text + yaml.safe_dump({"meta": dict(said)}, allow_unicode=True, width=10**6))


def untrack(path: Path) -> None:
    """Takes the `.dvc` file away; the file itself stays."""
    with _project() as repo:
        repo.remove(str(pointer_of(path)))


def move(path: Path, to: Path) -> None:
    """Gives a file another name, and its `.dvc` file with it; a file that is not here now, only the latter.

    `dvc move` would bring the file there under a third name, which a process that is killed leaves it with.

    Raises:
        InputError: DVC is at work, or the `.dvc` file does not name the file.
    """
    text = pointer_of(path).read_text("utf-8")
    renamed = re.sub(r"^([ -]*path: ).*$", lambda found: found[1] + written(to.name), text, flags=re.MULTILINE)
    outs = (yaml.safe_load(renamed) or {}).get("outs") or [{}]
    if outs[0].get("path") != to.name:
        raise InputError(str(pointer_of(path)), f"it does not name {path.name}", f"Run `dvc add {path}`")
    with _project() as repo, repo.lock:
        replace(pointer_of(to), renamed)
        if path.exists():
            path.rename(to)
        pointer_of(path).unlink()
        with repo.scm_context(quiet=True) as git:
            git.ignore_remove(str(path.absolute()))
            git.ignore(str(to.absolute()))


def is_safe_to_delete(path: Path) -> bool:
    """True if DVC's cache holds what the file holds now, so that `dvc checkout` brings it back."""
    if not pointer_of(path).is_file():
        return False
    with _project() as repo:
        (out,) = repo.stage.load_file(str(pointer_of(path)))[0].outs
        return not out.changed_checksum() and not out.changed_cache()


def cache_folder() -> Path:
    """Where DVC keeps the contents of tracked files."""
    with _project() as repo:
        folder = Path(repo.cache.local.path)
    while not folder.is_dir():
        folder = folder.parent
    return folder


def check_unseen() -> None:
    """Looks whether git hides `.dvc` files of `raw/` from DVC.

    Raises:
        InputError: it does: `dvc push` would then say that all is sent, and send nothing of them.
    """
    with _project() as repo:
        if repo.scm.is_ignored(f"{Path(repo.root_dir, RAW)}/") or repo.scm.is_ignored(
            str(Path(repo.root_dir, RAW, "x.dvc"))
        ):
            problem = f"it hides {RAW}/ from DVC, which then neither pushes nor pulls what is in it"
            raise InputError(".gitignore", problem, f"Write `/{RAW}/?*` and `!/{RAW}/*.dvc` there, not `/{RAW}/*`")


def _project() -> AbstractContextManager[Any]:
    """The DVC project in the working folder; what to `git add` is said at the end, once."""
    return opened(str(RAW), logging.WARNING)
