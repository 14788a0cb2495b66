"""A project in which every stage has run, with stand-ins for weights and outputs."""

import shutil

import pytest
from conftest import TOP

from dramatis.core.params import read_yaml
from dramatis.pipeline.graph import filled, load_stages


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The real pipeline files, committed by DVC over stand-in outputs."""
    from dvc.repo import Repo

    top = tmp_path_factory.mktemp("finished")
    hidden = shutil.ignore_patterns("__pycache__", "*.egg-info", "dvc.lock")
    for name in ("pipelines", "stages", "src"):
        shutil.copytree(TOP / name, top / name, ignore=hidden)
    for name in ("dvc.yaml", "params.yaml", "cast.yaml", "captions.yaml", "votes.yaml", ".dvcignore"):
        shutil.copy(TOP / name, top)
    for stage in filled(load_stages(top), read_yaml(top / "params.yaml")):
        for path in (*stage.outs, *stage.deps):
            file = top / path if "." in path.rsplit("/", 1)[-1] else top / path / "content"
            if not (top / path).exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(top)
        patch.setenv("DVC_NO_ANALYTICS", "1")
        with Repo.init(str(top), no_scm=True) as repo:
            repo.commit(force=True)
    return top


@pytest.fixture
def project(finished, tmp_path, monkeypatch):
    """A copy of it to work in."""
    top = tmp_path / "project"
    shutil.copytree(finished, top, symlinks=True)
    monkeypatch.chdir(top)
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    return top
