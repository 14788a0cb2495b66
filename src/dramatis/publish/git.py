"""What git says about the project; it is only asked, and sets a tag where a person wants one."""

import subprocess
from collections.abc import Iterable
from pathlib import Path


def git(project: Path, *arguments: str) -> str | None:
    """What git says, without the line break; None if it says no, or is not there."""
    try:
        done = subprocess.run(["git", *arguments], cwd=project, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def commit_with(project: Path, files: Iterable[Path]) -> str | None:
    """The commit that holds these files as they are; None if one of them is not committed."""
    names = list(map(str, files))
    held = git(project, "ls-files", "--error-unmatch", "--", *names) is not None
    clean = held and git(project, "diff", "--quiet", "HEAD", "--", *names) is not None
    return git(project, "rev-parse", "HEAD") if clean else None
