"""What tests of this folder share."""

import shutil
from pathlib import Path

import pytest
from running_project import PARAMS, PIPELINE, STEP, Project


@pytest.fixture(scope="session")
def _fresh(tmp_path_factory) -> Path:
    made = Project(tmp_path_factory.mktemp("running") / "project")
    (made.top / "work").mkdir(parents=True)
    for name, text in {
        "step.py": STEP,
        "params.yaml": PARAMS,
        "dvc.yaml": PIPELINE,
        ".gitignore": "/data/\n/work/\n",
    }.items():
        (made.top / name).write_text(text)
    made.ok("git", "init", "-q")
    made.ok("git", "config", "user.email", "a@example.org")
    made.ok("git", "config", "user.name", "a")
    made.ok("dvc", "init", "-q")
    made.ok("git", "add", "-A")
    made.ok("git", "commit", "-qm", "a project")
    return made.top


@pytest.fixture
def project(_fresh, tmp_path) -> Project:
    """A project in which nothing ran yet."""
    shutil.copytree(_fresh, tmp_path / "project")
    return Project(tmp_path / "project")
