"""The hub: a server on this machine, and the hub's own client in a process of its own."""

import json
import os
import subprocess
import sys

import fake_hub
import pytest
from conftest import TOP
from tiny_dataset import SHARDS, write_dataset

LOAD = """
import json, sys
from datasets import load_dataset
rows = load_dataset(sys.argv[1], sys.argv[2], split="train", streaming=len(sys.argv) > 3)
json.dump([[row["id"], row["caption"], row["image"].size] for row in rows], sys.stdout)
"""


@pytest.fixture
def hub():
    with fake_hub.running() as server:
        yield server


@pytest.fixture
def project(tmp_path):
    write_dataset(tmp_path / "data/dataset", "cc-by-4.0")
    text = (TOP / "params.yaml").read_text()
    (tmp_path / "params.yaml").write_text(text.replace("license: null", "license: cc-by-4.0"))
    return tmp_path


def run(project, hub, *arguments, **environment):
    said = {
        "HF_ENDPOINT": hub.address,
        "HF_TOKEN": fake_hub.TOKEN,
        "HF_HOME": str(project / "hf"),
        "HF_HUB_DISABLE_XET": "1",
        "PYTHONPATH": str(TOP / "src"),
    }
    command = [sys.executable, "-c", *arguments]
    done = subprocess.run(
        command, cwd=project, env=os.environ | said | environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def publish(project, hub, *options, to="hf://datasets/me/cast", **environment):
    call = "from dramatis.cli.main import main; main()"
    return run(project, hub, call, "publish", "dataset", "--to", to, *options, **environment)


@pytest.mark.slow
def test_what_is_published_is_private_whole_and_loads(project, hub):
    code, out, err = publish(project, hub)
    assert code == 0, err
    assert out.startswith("hf://datasets/me/cast (private)")
    repo = hub.repos["me/cast"]
    assert repo.private
    folder = project / "data/dataset"
    assert repo.files == {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }
    for options in ([], ["streaming"]):
        code, out, err = run(project, hub, LOAD, "me/cast", "scenes", *options)
        assert code == 0, err
        rows = SHARDS["scenes/train/e01"]
        assert json.loads(out) == [[row["id"], row["caption"], [row["width_px"], row["height_px"]]] for row in rows]


@pytest.mark.slow
def test_a_second_time_sends_what_differs_and_removes_what_is_gone(project, hub):
    assert publish(project, hub)[0] == 0
    repo = hub.repos["me/cast"]
    repo.files["notes.txt"] = b"written there by a person"
    (project / "data/dataset/characters/train/e02.parquet").unlink()
    hub.blobs.clear()
    assert publish(project, hub)[0] == 0
    assert "characters/train/e02.parquet" not in repo.files
    assert "notes.txt" in repo.files
    assert hub.blobs == {}


def test_a_dry_run_asks_nobody_and_shows_everything(project, hub):
    code, out, _ = publish(project, hub, "--dry-run")
    assert code == 0
    assert hub.calls == []
    for said in (
        "private",
        "licence: cc-by-4.0",
        "characters/train/e01.parquet",
        "plan.parquet",
        "# A cast",
        "nothing was sent",
    ):
        assert said in out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"HF_TOKEN": "hf_wrong"}, "the hub says no (401"),
        ({"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set"),
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "the hub is out of reach"),
    ],
)
def test_a_hub_that_says_no_is_one_line(project, hub, environment, said):
    code, _, err = publish(project, hub, **environment)
    assert code == 1
    (line,) = [line for line in err.splitlines() if line.startswith("error:")]
    assert said in line
    assert "Traceback" not in err
    assert hub.repos == {}


@pytest.mark.slow
def test_nothing_is_sent_to_a_public_repository_by_mistake(project, hub):
    hub.repos["me/cast"] = fake_hub.Repo(private=False)
    code, _, err = publish(project, hub)
    assert code == 1
    assert "this repository is public" in err
    assert hub.repos["me/cast"].files == {}
    assert publish(project, hub, "--public")[0] == 0
    assert "README.md" in hub.repos["me/cast"].files


@pytest.mark.slow
def test_a_card_that_the_hub_does_not_take_is_one_line(project, hub):
    hub.complaints.append('"license" must be one of the ids that the hub knows')
    code, _, err = publish(project, hub)
    assert code == 1
    (line,) = [line for line in err.splitlines() if line.startswith("error:")]
    assert "must be one of the ids that the hub knows" in line
    assert hub.repos["me/cast"].files == {}
