"""A remote of DVC: pushed here, read from another project, without a network."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TOP
from publishable import write_release
from tiny_dataset import ADA, BELA, write_dataset

from dramatis.core.errors import InputError, ParameterError
from dramatis.publish.dataset import dataset_contents
from dramatis.publish.model import model_contents
from dramatis.publish.params import PublishParams
from dramatis.publish.run import Wishes, publish

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


def push(project, to="dvc://store", tag=None):
    return publish(dataset_contents("cc0-1.0", project), to, Wishes(tag=tag), project)


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
    (folder / ".gitignore").write_text("/data/\n/made/\n/models/\n")
    write_dataset(folder / "made", "cc0-1.0")
    for command in ("git init -q", "dvc init -q", "dvc remote add store ../store", "dvc repro -q", "git add -A"):
        run(folder, *command.split())
    run(folder, "git", "commit", "-qm", "a dataset")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["streaming"]])
def test_another_project_loads_what_was_pushed_under_its_tag(project, tmp_path, options):
    lines = push(project, tag="cast-v1")
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
    push(project, tag="v1")
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
        push(project, "dvc://shop")
    with pytest.raises(ParameterError, match="git takes no such name"):
        push(project, tag="a b")
    (project / DATASET / "plan.parquet").write_bytes(b"changed")
    with pytest.raises(InputError, match="it is not what the last `dvc repro` made"):
        push(project, tag="v1")
    run(project, "dvc", "checkout", "--force")
    (project / "dvc.lock").write_text((project / "dvc.lock").read_text() + "# changed\n")
    with pytest.raises(InputError, match="it is not committed, so a tag would name an older version"):
        push(project, tag="v1")
    assert run(project, "git", "tag") == ""
    assert not (tmp_path / "store").exists()
    lines = push(project)
    assert "its lock file is not committed" in lines[1]
    run(project, "git", "checkout", "-q", "dvc.lock")
    push(project, tag="v1")
    with pytest.raises(ParameterError, match="there is such a tag already"):
        push(project, tag="v1")


def test_a_folder_without_dvc_is_one_line(tmp_path):
    write_dataset(tmp_path / "data/dataset", "cc0-1.0")
    with pytest.raises(InputError, match="DVC cannot push: you are not inside of a DVC repository"):
        push(tmp_path)


@pytest.mark.slow
def test_a_model_with_its_tag_and_another_project_gets_it(project, tmp_path):
    write_release(project, "cc0-1.0")
    stage = "  release:\n    cmd: 'true'\n    outs: [models/release/solo]\n"
    (project / "dvc.yaml").write_text(PIPELINE + stage)
    for command in ("dvc commit -q -f", "git add -A", "git commit -qm release"):
        run(project, *command.split())
    contents = model_contents("solo", ["solo"], "cc0-1.0", PublishParams(), project)
    lines = publish(contents, "dvc://store", Wishes(tag="solo-v1"), project)
    assert lines[0] == "5 files pushed to dvc://store, the rest was there"
    assert lines[2] == "dvc get <this repository> models/release/solo --rev solo-v1"
    other = tmp_path / "other"
    other.mkdir()
    run(other, "dvc", "get", str(project), "models/release/solo", "--rev", "solo-v1")
    assert (other / "solo/solo.safetensors").read_bytes() == (
        project / "models/release/solo/solo.safetensors"
    ).read_bytes()


@pytest.mark.slow
def test_the_password_of_a_remote_is_in_no_error(project):
    secret = "s3cr3t-value"  # noqa: S105 - of nobody
    for command in (
        "dvc remote add far http://127.0.0.1:9/x",
        "dvc remote modify --local far auth basic",
        "dvc remote modify --local far user me",
        f"dvc remote modify --local far password {secret}",
        f"dvc remote modify --local far url http://me:{secret}@127.0.0.1:9/x",
    ):
        run(project, *command.split())
    call = "from dramatis.cli.main import main; main()"
    environment = os.environ | {"PYTHONPATH": str(TOP / "src"), "DVC_NO_ANALYTICS": "1"}
    (project / "params.yaml").write_text((TOP / "params.yaml").read_text().replace("license: null", "license: cc0-1.0"))
    done = subprocess.run(
        [sys.executable, "-c", call, "publish", "dataset", "--to", "dvc://far"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1 and "error: --to dvc://far: DVC cannot push" in done.stderr
    assert secret not in done.stdout + done.stderr
