"""A remote of DVC: pushed here, read from another project, without a network."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_dataset import ADA, BELA, write_dataset

from dramatis.core.errors import InputError, ParameterError
from dramatis.publish.run import publish

PIPELINE = """\
stages:
  dataset:
    cmd: cp -r made data/dataset
    deps: [made]
    outs: [data/dataset]
"""
LOAD = """
import json, sys
from datasets import load_dataset
rows = load_dataset(
    "parquet",
    data_files={"train": "dvc://data/dataset/characters/train/*.parquet"},
    storage_options={"fo": sys.argv[1], "rev": sys.argv[2]},
    split="train",
    streaming=len(sys.argv) > 3,
    cache_dir="cache",
)
json.dump(sorted([row["id"], row["caption"], *row["image"].size] for row in rows), sys.stdout)
"""
COPY = """
import sys
from dvc.api import DVCFileSystem
DVCFileSystem(sys.argv[1], rev="v1").get("data/dataset", "copied", recursive=True)
"""
DATASET = Path("data/dataset")


def run(folder, *command):
    own = {
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(folder.parent / "site"),
        "HF_ENDPOINT": "http://127.0.0.1:9",
    }
    git = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b.c",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b.c",
    }
    program = [sys.executable, "-m", "dvc", *command[1:]] if command[0] == "dvc" else command
    done = subprocess.run(program, cwd=folder, env=os.environ | own | git, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of git and DVC whose stage has made the dataset, and has a remote `store`."""
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    (folder / "dvc.yaml").write_text(PIPELINE)
    (folder / ".gitignore").write_text("/data/\n/made/\n")
    write_dataset(folder / "made", "cc0-1.0")
    for command in ("git init -q", "dvc init -q", "dvc remote add store ../store", "dvc repro -q", "git add -A"):
        run(folder, *command.split())
    run(folder, "git", "commit", "-qm", "a dataset")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["streaming"]])
def test_another_project_loads_what_was_pushed_under_its_tag(project, tmp_path, options):
    lines = publish("dvc://store", DATASET, tag="cast-v1", project=project)
    assert lines[0] == "11 files pushed to dvc://store, the rest was there"
    assert run(project, "git", "tag").split() == ["cast-v1"]
    run(project, "git", "rm", "-q", "dvc.lock")  # what comes after the tag changes nothing
    other = tmp_path / "other"
    other.mkdir()
    loaded = run(other, sys.executable, "-c", LOAD, str(project), "cast-v1", *options)
    rows = sorted([row["id"], row["caption"], row["width_px"], row["height_px"]] for row in ADA + BELA)
    assert json.loads(loaded) == rows


@pytest.mark.slow
def test_get_import_and_the_file_system_give_every_file(project, tmp_path):
    publish("dvc://store", DATASET, tag="v1", project=project)
    here = {
        file.relative_to(project / "made"): file.read_bytes()
        for file in (project / "made").rglob("*")
        if file.is_file()
    }
    other = tmp_path / "other"
    other.mkdir()
    run(other, "git", "init", "-q")
    run(other, "dvc", "init", "-q")
    run(other, "dvc", "get", str(project), "data/dataset", "--rev", "v1", "-o", "got")
    run(other, "dvc", "import", str(project), "data/dataset", "--rev", "v1", "-o", "imported")
    run(other, sys.executable, "-c", COPY, str(project))
    for name in ("got", "imported", "copied"):
        folder = other / name
        assert {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()} == here
    assert (other / "imported.dvc").is_file()


@pytest.mark.slow
def test_what_cannot_be_pushed_is_one_line_and_sets_no_tag(project, tmp_path):
    with pytest.raises(ParameterError, match="DVC knows no remote shop, there are store"):
        publish("dvc://shop", DATASET, project=project)
    with pytest.raises(ParameterError, match="git takes no such name"):
        publish("dvc://store", DATASET, tag="a b", project=project)
    (project / DATASET / "plan.parquet").write_bytes(b"changed")
    with pytest.raises(InputError, match="it is not what the last `dvc repro` made"):
        publish("dvc://store", DATASET, tag="v1", project=project)
    run(project, "dvc", "checkout", "--force")
    (project / "dvc.lock").write_text((project / "dvc.lock").read_text() + "# changed\n")
    with pytest.raises(InputError, match="it is not committed, so a tag would name an older dataset"):
        publish("dvc://store", DATASET, tag="v1", project=project)
    assert run(project, "git", "tag") == ""
    assert not (tmp_path / "store").exists()
    lines = publish("dvc://store", DATASET, project=project)
    assert "its lock file is not committed" in lines[1]
    run(project, "git", "checkout", "-q", "dvc.lock")
    publish("dvc://store", DATASET, tag="v1", project=project)
    with pytest.raises(ParameterError, match="there is such a tag already"):
        publish("dvc://store", DATASET, tag="v1", project=project)


def test_a_folder_without_dvc_is_one_line(tmp_path):
    dataset = write_dataset(tmp_path / "data/dataset", "cc0-1.0")
    with pytest.raises(InputError, match="DVC cannot push: you are not inside of a DVC repository"):
        publish("dvc://store", dataset, project=tmp_path)
