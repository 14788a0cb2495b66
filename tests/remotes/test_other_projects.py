"""Another repository takes a dataset or a model at a tag, from every kind of remote, and follows it later."""

import json
import sys

import pytest
from scratch_project import Project
from tiny_dataset import ADA, BELA

LOAD = """
import json, sys
from datasets import load_dataset
rows = load_dataset(
    "parquet",
    data_files={"train": "dvc://data/dataset/characters/train/*.parquet"},
    storage_options={"fo": sys.argv[1], "rev": "v1"},
    split="train",
    cache_dir="cache",
)
json.dump(sorted([row["id"], row["caption"], *row["image"].size] for row in rows), sys.stdout)
"""
READ = """
import json, sys
import dvc.api
repo = sys.argv[1]
files = dvc.api.DVCFileSystem(repo, rev="v1")
files.get("models/release/solo", "copied", recursive=True)
card = dvc.api.read("data/dataset/README.md", repo=repo, rev="v1")
url = dvc.api.get_url("data/dataset/plan.parquet", repo=repo, rev="v1")
with dvc.api.open("models/solo/step-000100/adapter.safetensors", repo=repo, rev="v1", mode="rb") as file:
    json.dump([sorted(files.find("models/release/solo")), card, url, len(file.read())], sys.stdout)
"""


@pytest.fixture
def other(tmp_path):
    """An empty project."""
    top = tmp_path / "other"
    top.mkdir()
    other = Project(top)
    other.does("git", "init", "-q")
    other.does("dvc", "init", "-q")
    return other


def bare(project):
    """The repository as others reach it: git alone, no data."""
    project.does("git", "tag", "-f", "v1")
    project.does("git", "clone", "-q", "--bare", ".", "../shared.git")
    return str(project.top.parent / "shared.git")


def load_and_read(project, other, repository):
    """With `datasets`, and with DVC's own interface for programs."""
    rows = json.loads(other.tries(sys.executable, "-c", LOAD, repository).stdout or "null")
    assert rows == sorted([row["id"], row["caption"], row["width_px"], row["height_px"]] for row in ADA + BELA)
    done = other.tries(sys.executable, "-c", READ, repository)
    files, card, url, size = json.loads(done.stdout or done.stderr)
    assert files == ["models/release/solo/step-000200/adapter.safetensors"]
    assert card == (project.top / "data/dataset/README.md").read_text()
    assert "/files/md5/" in url
    assert size == (project.top / "models/solo/step-000100/adapter.safetensors").stat().st_size
    assert other.contents("copied")["copied/step-000200/adapter.safetensors"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["local", "ssh", "s3", "http"])
def test_another_project_takes_a_tag_and_follows_it(project, shared, other, kind):
    shared(kind)
    repository = bare(project)
    load_and_read(project, other, repository)
    other.does("dvc", "get", repository, "models/release/solo", "--rev", "v1", "-o", "got")
    other.does("dvc", "import", repository, "data/dataset", "--rev", "v1", "-o", "cast")
    theirs = project.contents("data/dataset", "models/release/solo")
    ours = {path.replace("got/", "models/release/solo/"): data for path, data in other.contents("got").items()}
    ours |= {path.replace("cast/", "data/dataset/"): data for path, data in other.contents("cast").items()}
    assert ours == theirs
    (project.top / "made/plan.parquet").write_bytes(b"another plan")
    project.does("dvc", "repro")
    project.does("dvc", "push", *(["-r", "disk"] if kind == "http" else []))
    project.commit("another plan")
    project.does("git", "tag", "v2")
    project.does("git", "push", "-q", repository, "main", "v2")
    other.does("dvc", "update", "--rev", "v2", "cast.dvc")
    assert (other.top / "cast/plan.parquet").read_bytes() == b"another plan"
