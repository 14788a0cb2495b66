"""To a remote of DVC, with a git tag by which others name this version."""

import os
import subprocess
from pathlib import Path

from dramatis.core.errors import InputError, ParameterError
from dramatis.publish.places import Remote


def push(place: Remote, dataset: Path, project: Path, tag: str | None) -> list[str]:
    """Pushes the dataset as the lock file has it, and tags the commit that holds this lock.

    Git is only asked for the tag, and only here: no commit is made, nothing is pushed by git.

    Raises:
        ParameterError: DVC knows no such remote, or the tag is taken.
        InputError: the dataset is not what the lock file says, the lock file is not committed, or DVC cannot push.
    """
    from dvc.exceptions import DvcException  # takes half a second, as does the next
    from dvc.repo import Repo

    target = Path(os.path.relpath(dataset, project)).as_posix()
    try:
        with Repo(str(project)) as repo:
            remotes = sorted(repo.config["remote"])
            if place.name not in remotes:
                problem = f"DVC knows no remote {place.name}, there are {', '.join(remotes) or 'none'}"
                raise ParameterError(f"--to {place}", problem, "Add it: `dvc remote add <name> <address>`")
            (out,) = repo.find_outs_by_path(os.path.join(repo.root_dir, target))
            if changed := out.status():
                problem = f"it is not what the last `dvc repro` made ({', '.join(changed.values())})"
                raise InputError(str(dataset), problem, "Run `dvc repro`, or `dvc commit` what you changed")
            commit = _commit(project, out.stage.dvcfile.path, tag)
            count = repo.push(targets=[target], remote=place.name)
    except (DvcException, OSError) as error:
        raise InputError(f"--to {place}", f"DVC cannot push: {error}", "Mend that, then run it again") from None
    if tag and _git(project, "tag", tag) is None:
        raise InputError(f"--tag {tag}", "the dataset is pushed, but git cannot set the tag", "Set it: `git tag`")
    return [f"{count} files pushed to {place}, the rest was there", *_usage(target, tag or commit, tag)]


def _commit(project: Path, dvc_file: str, tag: str | None) -> str | None:
    """The commit whose lock file names this dataset; None if that is not committed.

    Raises:
        InputError: there is to be a tag, but no such commit.
        ParameterError: the tag is no name for a tag, or taken.
    """
    lock = Path(dvc_file).with_suffix(".lock") if dvc_file.endswith(".yaml") else Path(dvc_file)
    held = _git(project, "ls-files", "--error-unmatch", "--", str(lock)) is not None
    clean = held and _git(project, "diff", "--quiet", "HEAD", "--", str(lock), dvc_file) is not None
    commit = _git(project, "rev-parse", "HEAD")
    if tag and _git(project, "check-ref-format", f"refs/tags/{tag}") is None:
        raise ParameterError(f"--tag {tag}", "git takes no such name for a tag", "Name another, such as cast-v1")
    if tag and _git(project, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag}") is not None:
        raise ParameterError(f"--tag {tag}", "there is such a tag already", "Name another")
    if tag and not clean:
        raise InputError(str(lock), "it is not committed, so a tag would name an older dataset", "Commit it first")
    return commit if clean else None


def _git(project: Path, *arguments: str) -> str | None:
    """What git says, without the line break; None if it says no."""
    done = subprocess.run(["git", *arguments], cwd=project, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def _usage(target: str, revision: str | None, tag: str | None) -> list[str]:
    """How another project comes to the data."""
    if revision is None:
        return ["its lock file is not committed: commit it, or no other project can ask for this version"]
    rows = f"dvc://{target}/characters/train/*.parquet"
    return [
        f"let others have the {'tag' if tag else 'commit'}: git push <this repository> {tag or 'HEAD'}",
        f"dvc get <this repository> {target} --rev {revision}",
        f'load_dataset("parquet", data_files="{rows}", '
        f'storage_options={{"fo": "<this repository>", "rev": "{revision}"}})',
    ]
