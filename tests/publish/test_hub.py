"""Publishing by the real client to a hub that answers on this machine; each client in a process of its own."""

import json
import os
import re
import subprocess
import sys

import fake_hub
import pytest
from conftest import TOP
from publishable import write_project
from tiny_dataset import SHARDS

LOAD = """
import json, sys
from datasets import load_dataset
rows = load_dataset(sys.argv[1], sys.argv[2], split="train", streaming=len(sys.argv) > 3)
json.dump([[row["id"], row["caption"], row["image"].size] for row in rows], sys.stdout)
"""
MAIN = "from dramatis.cli.main import main; main()"
TO = {
    "model": ("model", "solo", "--to", "hf://me/cast"),
    "dataset": ("dataset", "--to", "hf://datasets/me/cast"),
    "story": ("story", "lost", "--to", "hf://datasets/me/cast"),
}


@pytest.fixture
def hub():
    with fake_hub.running() as server:
        yield server
        server.go_on.set()


@pytest.fixture
def project(tmp_path):
    return write_project(tmp_path / "project", "cc-by-4.0")


def environment(project, hub, **more):
    said = {
        "HF_ENDPOINT": hub.address,
        "HF_TOKEN": fake_hub.TOKEN,
        "HF_HOME": str(project / "hf"),
        "HF_HUB_DISABLE_XET": "1",
        "PYTHONPATH": str(TOP / "src"),
    }
    return {key: value for key, value in (os.environ | said | more).items() if value}


def run(project, hub, *arguments, **more):
    done = subprocess.run(
        [sys.executable, "-c", *arguments],
        cwd=project,
        env=environment(project, hub, **more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert fake_hub.TOKEN not in done.stdout + done.stderr, "a token is printed"
    assert fake_hub.SIGNED not in done.stdout + done.stderr, "a signature is printed"
    return done.returncode, done.stdout, done.stderr


def publish(project, hub, what, *options, **more):
    return run(project, hub, MAIN, "publish", *TO[what], *options, **more)


def there(hub, what):
    return (hub.models if what == "model" else hub.repos).get("me/cast")


def here(project, hub, what):
    """What a dry run tells: sizes by name."""
    code, out, _ = publish(project, hub, what, "--dry-run", "--json")
    assert code == 0
    return {file["file"]: file["bytes"] for file in json.loads(out)["files"]}


def error_in(said):
    (line,) = [line for line in said.splitlines() if line.startswith("error:")]
    assert "Traceback" not in said
    return line


@pytest.mark.slow
@pytest.mark.parametrize("what", list(TO))
def test_what_is_published_is_private_whole_and_what_a_dry_run_told(what, project, hub):
    told = here(project, hub, what)
    assert hub.calls == []
    code, out, err = publish(project, hub, what)
    assert code == 0, err
    assert out.startswith(f"hf://{'' if what == 'model' else 'datasets/'}me/cast (private): {hub.address}")
    repo = there(hub, what)
    assert repo.private
    assert {name: len(data) for name, data in repo.files.items()} == told


@pytest.mark.slow
def test_a_dataset_loads(project, hub):
    assert publish(project, hub, "dataset")[0] == 0
    for options in ([], ["streaming"]):
        code, out, err = run(project, hub, LOAD, "me/cast", "scenes", *options)
        assert code == 0, err
        rows = SHARDS["scenes/train/e01"]
        assert json.loads(out) == [[row["id"], row["caption"], [row["width_px"], row["height_px"]]] for row in rows]


@pytest.mark.slow
def test_a_second_time_sends_what_differs_and_removes_what_is_gone(project, hub):
    assert publish(project, hub, "dataset")[0] == 0
    repo = there(hub, "dataset")
    repo.files["notes.txt"] = b"written there by a person"
    (project / "data/dataset/characters/train/e02.parquet").unlink()
    hub.stored.clear()
    assert publish(project, hub, "dataset")[0] == 0
    assert "characters/train/e02.parquet" not in repo.files
    assert "notes.txt" in repo.files
    assert hub.stored == []


def test_a_dry_run_asks_nobody_and_shows_everything(project, hub):
    code, out, _ = publish(project, hub, "model", "--dry-run")
    assert code == 0
    assert hub.calls == []
    for said in (
        "private",
        "licence: cc-by-4.0",
        "solo.safetensors",
        "previews/previews.json",
        "# solo",
        "nothing was sent",
    ):
        assert said in out


@pytest.mark.slow
def test_a_client_killed_in_the_middle_of_an_upload_goes_on(project, hub):
    hub.upload_cuts, hub.let_through = 9, 1
    command = [sys.executable, "-c", MAIN, "publish", *TO["model"]]
    client = subprocess.Popen(command, cwd=project, env=environment(project, hub), stderr=subprocess.DEVNULL)
    assert hub.cut.wait(180), "nothing was sent"
    client.kill()
    client.wait()
    hub.go_on.set()
    assert there(hub, "model").files == {}  # a commit is whole or not at all
    sent, hub.upload_cuts = list(hub.stored), 0
    told = here(project, hub, "model")
    code, _, err = publish(project, hub, "model")
    assert code == 0, err
    repo = there(hub, "model")
    assert {name: len(data) for name, data in repo.files.items()} == told
    assert len(sent) == 1
    assert len(hub.stored) == len(set(hub.stored)) == 2  # both weights, each of them once


@pytest.mark.slow
def test_a_line_that_is_cut_once_is_taken_up_by_the_client_itself(project, hub):
    hub.upload_cuts, hub.let_through = 1, 1
    hub.go_on.set()
    code, _, err = publish(project, hub, "model")
    assert code == 0, err
    assert hub.cut.is_set()
    assert len(hub.stored) == len(set(hub.stored)) == 2


@pytest.mark.slow
def test_a_line_that_stays_cut_is_one_line_and_the_next_time_goes_on(project, hub):
    hub.upload_cuts, hub.let_through = 1000, 1
    hub.go_on.set()
    code, _, err = publish(project, hub, "model")
    assert code == 1
    assert "Run the same command again: what has arrived is not sent again" in error_in(err)
    sent, hub.upload_cuts = list(hub.stored), 0
    assert publish(project, hub, "model")[0] == 0
    assert hub.stored[: len(sent)] == sent and len(hub.stored) == len(set(hub.stored)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("where", ["/api/models/me/cast", "/api/repos/", "/preupload/", "/info/lfs/", "/commit/"])
def test_a_server_that_says_the_token_back_does_not_get_it_printed(where, project, hub):
    hub.echo = where
    code, out, err = publish(project, hub, "model")
    assert code == 1
    assert "no such luck with Bearer <hidden>" in error_in(err)
    assert not re.search(r"hf_only", out + err)


@pytest.mark.slow
def test_debugging_output_of_the_client_hides_the_token(project, hub):
    code, out, err = publish(project, hub, "model", HF_DEBUG="1", HF_HUB_VERBOSITY="debug")
    assert code == 0
    assert "cast" in out + err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"HF_TOKEN": "hf_wrong"}, "the hub says no (401"),
        ({"HF_TOKEN": ""}, "there is no token for the hub"),
        ({"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set"),
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "the hub is out of reach"),
    ],
)
def test_a_hub_that_says_no_is_one_line(project, hub, more, said):
    code, _, err = publish(project, hub, "model", **more)
    assert code == 1
    assert said in error_in(err)
    assert hub.models == {}


@pytest.mark.slow
def test_nothing_is_sent_to_a_public_repository_by_mistake(project, hub):
    hub.models["me/cast"] = fake_hub.Models({}, licence=None)
    code, _, err = publish(project, hub, "model")
    assert code == 1
    assert "this repository is public" in error_in(err)
    assert there(hub, "model").files == {}
    assert publish(project, hub, "model", "--public")[0] == 0
    assert "README.md" in there(hub, "model").files


@pytest.mark.slow
def test_a_card_that_the_hub_does_not_take_is_one_line(project, hub):
    hub.complaints.append('"license" must be one of the ids that the hub knows')
    code, _, err = publish(project, hub, "story")
    assert code == 1
    assert "must be one of the ids that the hub knows" in error_in(err)
    assert there(hub, "story").files == {}
