"""Git: who commits, what is committed that should not be, what is not that should be."""

from collections.abc import Sequence
from typing import NamedTuple

from dramatis.doctor.finding import Finding, fail, ok, warn


class Repository(NamedTuple):
    """What git says.

    Attributes:
        here: there is a repository.
        identity: name and address for commits are set.
        data: files of data, models and raw video that are in git.
        not_ignored: folders of these that git would take with `git add -A`.
        uncommitted: locks, .dvc files and files of people that differ from the last commit.
    """

    here: bool
    identity: bool = True
    data: Sequence[str] = ()
    not_ignored: Sequence[str] = ()
    uncommitted: Sequence[str] = ()


def check_git(said: Repository) -> list[Finding]:
    """One line for each thing that is not as it should be."""
    if not said.here:
        return [fail("git", "this is no git repository: experiments and versions need one", "`git init`, then commit")]
    found = []
    if not said.identity:
        remedy = "`git config user.name …` and `git config user.email …`"
        found.append(fail("git", "nobody's name is set, so commits and `dvc exp` fail", remedy))
    if said.data:
        remedy = f"`git rm --cached {said.data[0]}`, and commit .gitignore as the project has it"
        found.append(fail("git", f"{len(said.data)} files of data are in git, such as {said.data[0]}", remedy))
    if said.not_ignored:
        problem = f"{', '.join(said.not_ignored)} are not ignored: `git add -A` would commit data"
        found.append(fail("git", problem, "Put them into .gitignore"))
    if said.uncommitted:
        problem = f"{len(said.uncommitted)} files that say which data belongs to which version are not committed"
        remedy = f"`git add` and commit {', '.join(said.uncommitted[:3])}{' …' if len(said.uncommitted) > 3 else ''}"
        found.append(warn("git", problem, remedy))
    return found or [ok("git", "identity set, data ignored, locks committed")]
