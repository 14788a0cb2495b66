"""To a remote of DVC, with a git tag by which others name this version."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dramatis.core.errors import InputError, ParameterError
from dramatis.publish.contents import Contents
from dramatis.publish.git import commit_with, git
from dramatis.publish.places import Remote
from dramatis.publish.secrets import secrets_in, silent_about, without_secrets


def push(place: Remote, contents: Contents, project: Path, tag: str | None) -> list[str]:
    """Pushes the outputs as the lock files have them, and tags the commit that holds these locks.

    What the remote has already is not sent again, so a push that was cut off goes on. Git is only asked for the tag,
    and only here: no commit is made, nothing is pushed by git.

    Raises:
        ParameterError: DVC knows no such remote, or the tag is taken.
        InputError: an output is not what the lock file says, the lock file is not committed, or DVC cannot push.
    """
    from dvc.repo import Repo  # takes half a second

    targets = [out.as_posix() for out in contents.outs]
    known: list[str] = []
    with _one_line(place, known), Repo(str(project)) as repo:
        remotes = repo.config["remote"]
        if place.name not in remotes:
            problem = f"DVC knows no remote {place.name}, there are {', '.join(sorted(remotes)) or 'none'}"
            raise ParameterError(f"--to {place}", problem, "Add it: `dvc remote add <name> <address>`")
        known += secrets_in(remotes[place.name])
        files = _dvc_files(repo, targets)
        commit = _commit(project, files, tag)
        with silent_about(known):
            count = repo.push(targets=targets, remote=place.name)
    if tag and git(project, "tag", tag) is None:
        raise InputError(f"--tag {tag}", f"{contents.title} is pushed, but git cannot set the tag", "Set it: `git tag`")
    return [f"{count} files pushed to {place}, the rest was there", *_usage(contents, tag or commit, tag)]


@contextmanager
def _one_line(place: Remote, secrets: Sequence[str]) -> Iterator[None]:
    from dvc.exceptions import DvcException

    try:
        yield
    except (DvcException, OSError) as error:
        said = without_secrets(" ".join(str(error).split()), secrets)
        raise InputError(f"--to {place}", f"DVC cannot push: {said}", "Mend that, then run it again") from None


def _dvc_files(repo: Any, targets: Sequence[str]) -> list[Path]:
    """The files that DVC holds these outputs in.

    Raises:
        InputError: one of them was changed since its stage made it.
    """
    files = set()
    for target in targets:
        (out,) = repo.find_outs_by_path(os.path.join(repo.root_dir, target))
        if changed := out.status():
            problem = f"it is not what the last `dvc repro` made ({', '.join(changed.values())})"
            raise InputError(target, problem, "Run `dvc repro`, or `dvc commit` what you changed")
        files.add(Path(out.stage.dvcfile.path))
    return sorted(files)


def _commit(project: Path, files: Sequence[Path], tag: str | None) -> str | None:
    """The commit whose lock files name these outputs; None if that is not committed.

    Raises:
        InputError: there is to be a tag, but no such commit.
        ParameterError: the tag is no name for a tag, or taken.
    """
    locks = [file.with_suffix(".lock") for file in files if file.suffix == ".yaml"]
    commit = commit_with(project, [*files, *locks])
    if tag and git(project, "check-ref-format", f"refs/tags/{tag}") is None:
        raise ParameterError(f"--tag {tag}", "git takes no such name for a tag", "Name another, such as cast-v1")
    if tag and git(project, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag}") is not None:
        raise ParameterError(f"--tag {tag}", "there is such a tag already", "Name another")
    if tag and commit is None:
        place, problem = str((locks or files)[0]), "it is not committed, so a tag would name an older version"
        raise InputError(place, problem, "Commit it first")
    return commit


def _usage(contents: Contents, revision: str | None, tag: str | None) -> list[str]:
    """How another project comes to the data."""
    if revision is None:
        return ["its lock file is not committed: commit it, or no other project can ask for this version"]
    lines = [f"let others have the {'tag' if tag else 'commit'}: git push <this repository> {tag or 'HEAD'}"]
    lines += [f"dvc get <this repository> {out.as_posix()} --rev {revision}" for out in contents.outs]
    if contents.kind == "dataset":
        rows = f"dvc://{contents.outs[0].as_posix()}/characters/train/*.parquet"
        lines.append(
            f'load_dataset("parquet", data_files="{rows}", '
            f'storage_options={{"fo": "<this repository>", "rev": "{revision}"}})'
        )
    return lines
