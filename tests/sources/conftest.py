"""A project of its own, under git and DVC, and small videos to add to it."""

import shutil
import subprocess

import pytest
from clips import scene, with_mark, write_clip
from conftest import TOP
from dvc.repo import Repo


@pytest.fixture(scope="session")
def bare_project(tmp_path_factory):
    """The files that sources are entered in, as cloned."""
    top = tmp_path_factory.mktemp("bare")
    subprocess.run(["git", "init", "--quiet", str(top)], check=True)
    with Repo.init(str(top)):
        pass
    for name in ("params.yaml", "cast.yaml", "captions.yaml", ".gitignore", ".dvcignore", ".dvc/config"):
        shutil.copy(TOP / name, top / name)
    return top


@pytest.fixture
def project(bare_project, tmp_path, monkeypatch):
    """A copy of that; the working folder."""
    top = tmp_path / "project"
    shutil.copytree(bare_project, top)
    monkeypatch.chdir(top)
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    return top


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    """Three videos of half a second, each of another scene."""
    folder = tmp_path_factory.mktemp("clips")
    for number in (1, 2, 3):
        moving = [with_mark(scene(number), 6 * n) for n in range(12)]
        write_clip(folder / f"e{number}.mp4", moving)
    return folder
