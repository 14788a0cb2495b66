"""Pulling, with the hub's own client against a hub on this machine, and by plain HTTP."""

import hashlib
import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import fake_hub
import pytest
import yaml
from conftest import TOP

from dramatis.core import again
from dramatis.core.errors import InputError, MissingError
from dramatis.models import direct
from dramatis.models import plan as planning
from dramatis.models import pull as pulling
from dramatis.models.lock import LOCK, read_lock
from dramatis.models.manifest import read_entries
from dramatis.models.plan import asked, from_hub, planned
from dramatis.models.pull import pull

ONNX = TOP / "models/pocket/wd14/model.onnx"
TAGS = (TOP / "models/pocket/wd14/selected_tags.csv").read_bytes()
REPO = "somebody/tagger"


def digest(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(scope="module")
def model():
    return ONNX.read_bytes()


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A hub, and a project to pull into; the client in this process talks to it."""
    import huggingface_hub.constants as client

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(planning, "manifest", dict)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    with fake_hub.running() as server:
        monkeypatch.setattr(client, "ENDPOINT", server.address)
        monkeypatch.setattr(
            client, "HUGGINGFACE_CO_URL_TEMPLATE", server.address + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setattr(direct, "PAUSE_S", 0.0)
        yield server


def listed(monkeypatch, **entries):
    """Puts entries into the manifest."""
    found = read_entries(yaml.safe_dump(entries), "manifest")
    monkeypatch.setattr(planning, "manifest", lambda: found)


def tagger(**files):
    return {
        "hub": REPO,
        "licence": "MIT",
        "files": {name.replace("_csv", ".csv").replace("_onnx", ".onnx"): said for name, said in files.items()},
    }


def test_a_repository_on_no_list_is_taken_as_the_hub_has_it(hub, model):
    hub.models[REPO] = fake_hub.Models({"model.onnx": model, "selected_tags.csv": TAGS, "run.py": b"import os"})
    lines = pull(from_hub(REPO, "tagger", None, (), None))
    assert "2 of 2 files fetched; mit" in lines[0]
    assert Path("models/real/tagger/model.onnx").read_bytes() == model
    assert not Path("models/real/tagger/run.py").exists() and not Path("work/models/tagger").exists()
    locked = read_lock()["tagger"]
    assert locked.licence == "mit"
    file = locked.files["model.onnx"]
    assert (file.revision, file.sha256, file.known) == (hub.models[REPO].commits[0], digest(model), "hub")
    assert locked.files["selected_tags.csv"].sha256 == digest(TAGS)


def test_the_lock_holds_to_the_first_commit_and_asks_nobody_when_all_is_there(hub, model):
    repo = hub.models[REPO] = fake_hub.Models({"model.onnx": model, "selected_tags.csv": TAGS})
    pull(from_hub(REPO, "tagger", None, (), None))
    text = LOCK.read_text()
    repo.commit_files({"model.onnx": model, "selected_tags.csv": b"others"})
    hub.calls.clear()
    assert "all 2 files lie there" in pull(planned("tagger", read_lock(), None, False))[0]
    assert hub.calls == [] and LOCK.read_text() == text
    Path("models/real/tagger/selected_tags.csv").unlink()
    pull(planned("tagger", read_lock(), None, False))
    assert Path("models/real/tagger/selected_tags.csv").read_bytes() == TAGS and LOCK.read_text() == text


def test_a_newer_revision_is_taken_when_asked_for(hub, model):
    repo = hub.models[REPO] = fake_hub.Models({"model.onnx": model, "selected_tags.csv": TAGS})
    pull(from_hub(REPO, "tagger", None, (), None))
    newest = repo.commit_files({"model.onnx": model, "selected_tags.csv": b"tag_id,name\n1,others\n"})
    wanted = planned("tagger", read_lock(), newest, False)
    with pytest.raises(InputError, match="another file lies there"):
        pull(wanted)
    pull(wanted, anew=True)
    assert read_lock()["tagger"].files["selected_tags.csv"].revision == newest
    assert b"others" in Path("models/real/tagger/selected_tags.csv").read_bytes()


def test_a_stated_hash_is_held_to_before_anything_is_fetched(hub, model, monkeypatch):
    hub.models[REPO] = fake_hub.Models({"model.onnx": model})
    listed(monkeypatch, tagger=tagger(model_onnx={"sha256": "0" * 64}))
    with pytest.raises(InputError, match=f"has the SHA-256 {digest(model)}, but 0000.* is stated .manifest."):
        pull(planned("tagger", {}, None, False))
    assert not any("/lfs/" in call or "/resolve/" in call for call in hub.calls)
    assert not Path("models/real").exists() and not LOCK.exists()


def test_bytes_that_are_not_what_the_hub_said_take_nobody_s_place(hub, model):
    hub.models[REPO] = fake_hub.Models({"model.onnx": model})
    hub.models[REPO].lied["model.onnx"] = "1" * 64
    with pytest.raises(InputError, match=f"its hash is {digest(model)}, and 1111.* is stated .hub."):
        pull(from_hub(REPO, "tagger", None, (), None))
    assert not Path("models/real").exists() and not LOCK.exists()
    hub.models[REPO].lied.clear()
    pull(from_hub(REPO, "tagger", None, (), None))


def test_a_connection_that_breaks_is_taken_up_where_it_broke(hub, model):
    hub.models[REPO] = fake_hub.Models({"model.onnx": model})
    hub.cuts = 2
    pull(from_hub(REPO, "tagger", None, (), None))
    assert hub.ranges[0] == len(model) // 2 and len(hub.ranges) == 2
    assert Path("models/real/tagger/model.onnx").read_bytes() == model


def test_errors_of_a_server_that_pass(hub, model):
    hub.models[REPO] = fake_hub.Models({"model.onnx": model})
    hub.refusals = 3
    pull(from_hub(REPO, "tagger", None, (), None))
    assert Path("models/real/tagger/model.onnx").read_bytes() == model


def test_who_waits_finds_what_the_other_brought(hub, model, monkeypatch):
    """Three at once: the lock outlives the first, and nobody fetches the file again."""
    hub.models[REPO] = fake_hub.Models({"model.onnx": model})
    plans = [from_hub(REPO, "tagger", None, (), None) for _ in range(3)]
    inside, most, staged = [], [], pulling._staged

    def slow(*given):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.3)
        file = staged(*given)
        inside.pop()
        return file

    monkeypatch.setattr(pulling, "_staged", slow)
    with ThreadPoolExecutor(3) as pool:
        said = [lines[0] for lines in pool.map(pull, plans)]
    assert most == [1] and sum("1 of 1 files fetched" in line for line in said) == 1
    assert Path("models/real/tagger/model.onnx").read_bytes() == model


def test_a_pull_that_ended_goes_on_from_the_bytes_that_came(hub, model):
    hub.models[REPO] = fake_hub.Models({"model.onnx": model})
    hub.cuts = 1
    original = fake_hub.Handler._part

    def cut_then_refuse(self, data, **headers):
        if self.command == "GET" and not self.server.cuts and not self.server.ranges:
            self.server.refusals = 9
        return original(self, data, **headers)

    fake_hub.Handler._part = cut_then_refuse
    try:
        with pytest.raises(InputError, match="the server says no .500.*, 5 times in a row") as told:
            pull(from_hub(REPO, "tagger", None, (), None))
    finally:
        fake_hub.Handler._part = original
    hub.refusals = 0
    assert "as models/real/tagger/model.onnx, then `dramatis models pull tagger --by-hand`" in str(told.value)
    assert not Path("models/real").exists()
    hub.ranges.clear()
    pull(from_hub(REPO, "tagger", None, (), None))
    assert hub.ranges == [len(model) // 2]
    assert Path("models/real/tagger/model.onnx").read_bytes() == model


def test_a_gated_repository_says_what_to_do(hub, model):
    hub.models[REPO] = fake_hub.Models({"model.onnx": model}, gated=True)
    with pytest.raises(InputError, match="only to those who accept its terms. .*hf auth login"):
        pull(from_hub(REPO, "tagger", None, (), None))


def test_the_token_opens_a_gated_repository_and_is_not_shown_to_the_storage(hub, model, monkeypatch):
    hub.models[REPO] = fake_hub.Models({"model.onnx": model}, gated=True, private=True)
    monkeypatch.setenv("HF_TOKEN", fake_hub.TOKEN)
    pull(from_hub(REPO, "tagger", None, (), None))
    assert Path("models/real/tagger/model.onnx").read_bytes() == model and hub.shown == [None]


def test_what_is_not_there_is_said(hub, model, monkeypatch):
    hub.models[REPO] = fake_hub.Models({"model.onnx": model})
    for repo, revision, said in (
        ("nobody/none", None, "no such repository"),
        (REPO, "f" * 40, "no such revision"),
    ):
        with pytest.raises(MissingError, match=said):
            from_hub(repo, "tagger", revision, (), None)
    listed(monkeypatch, tagger=tagger(other_onnx={}))
    with pytest.raises(MissingError, match="no such file at that revision"):
        asked(planned("tagger", {}, None, False))


def test_pickles_are_refused(hub, model):
    hub.models[REPO] = fake_hub.Models({"pytorch_model.bin": b"x", "config.json": b"{}"})
    with pytest.raises(InputError, match="only such as can run code when they are read .pytorch_model.bin."):
        from_hub(REPO, "tagger", None, (), None)
    hub.models[REPO].commit_files({"model.onnx": model, "pytorch_model.bin": b"x"})
    with pytest.raises(InputError, match="is of a kind that is never fetched"):
        from_hub(REPO, "tagger", None, ["*.bin", "*.onnx"], None)


def test_a_page_under_the_name_of_weights_is_refused(hub):
    hub.models[REPO] = fake_hub.Models({"model.onnx": b"<!DOCTYPE html><html>log in</html>"})
    with pytest.raises(InputError, match="a web page, not the file"):
        pull(from_hub(REPO, "tagger", None, (), None))


def test_no_network_says_which_file_and_how_by_hand(hub, model, monkeypatch):
    import huggingface_hub.constants as client

    listed(monkeypatch, tagger=tagger(model_onnx={}, selected_tags_csv={}))
    monkeypatch.setattr(client, "HF_HUB_OFFLINE", True)
    with pytest.raises(InputError) as told:
        pull(planned("tagger", {}, None, False))
    assert "HF_HUB_OFFLINE is set, so nothing is fetched" in str(told.value)
    assert f"{REPO}/resolve/main/model.onnx as models/real/tagger/model.onnx and 1 more" in str(told.value)


def test_files_brought_by_hand_are_checked_and_held_to(hub, model, monkeypatch):
    listed(monkeypatch, tagger=tagger(model_onnx={"sha256": digest(model), "size": len(model)}, selected_tags_csv={}))
    with pytest.raises(MissingError, match="it is not there; so are 1 more. Put https"):
        pull(planned("tagger", {}, None, False), by_hand=True)
    folder = Path("models/real/tagger")
    folder.mkdir(parents=True)
    (folder / "selected_tags.csv").write_bytes(TAGS)
    (folder / "model.onnx").write_bytes(model[:-1])
    with pytest.raises(InputError, match="its SHA-256 is"):
        pull(planned("tagger", {}, None, False), by_hand=True)
    (folder / "model.onnx").write_bytes(model)
    pull(planned("tagger", {}, None, False), by_hand=True)
    files = read_lock()["tagger"].files
    assert [files[name].known for name in ("model.onnx", "selected_tags.csv")] == ["manifest", "first"]
    assert hub.calls == []


def test_a_second_model_in_the_folder_is_not_passed_over(hub, model):
    hub.models[REPO] = fake_hub.Models({"model.onnx": model})
    folder = Path("models/real/tagger")
    folder.mkdir(parents=True)
    (folder / "mine.onnx").write_bytes(model)
    with pytest.raises(InputError, match="mine.onnx: other weights than those of tagger"):
        pull(from_hub(REPO, "tagger", None, (), None))


def test_a_disk_that_cannot_hold_it_is_said_before(hub, model, monkeypatch):
    hub.models[REPO] = fake_hub.Models({"model.onnx": model})
    monkeypatch.setattr(pulling.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(InputError, match="are needed .with DVC's copy., and 0.0 GB are free"):
        pull(from_hub(REPO, "tagger", None, (), None))
    assert not any("/lfs/" in call for call in hub.calls)


class Ranged(SimpleHTTPRequestHandler):
    """A plain web server that knows ranges and breaks off when told."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        data, first = self.server.data, 0
        if said := self.headers.get("Range"):
            first = int(said.removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.server.asked.append(first)
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        self.wfile.write(data[first : len(data) // 2] if not first else data[first:])


def test_a_file_at_an_address_of_its_own_is_resumed_and_checked(hub, model, monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), Ranged) as server:
        server.data, server.asked = model, []
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/model.onnx"
        source = {"url": url, "sha256": digest(model), "size": len(model)}
        listed(monkeypatch, tagger={"files": {"model.onnx": source}})
        monkeypatch.setattr(again, "PATIENCE", 1)
        with pytest.raises(InputError, match=f"broke after {len(model) // 2} of {len(model)} bytes.*By hand: {url} as"):
            pull(planned("tagger", {}, None, False))
        monkeypatch.setattr(again, "PATIENCE", 5)
        server.asked.clear()
        pull(planned("tagger", {}, None, False))
        assert server.asked == [len(model) // 2]
        server.data = model + b"x"
        shutil.rmtree("models/real/tagger")
        with pytest.raises(InputError, match="at most .* are expected"):
            pull(planned("tagger", read_lock(), None, False))
        server.shutdown()


@pytest.mark.slow
def test_the_command_tracks_what_it_pulled_and_dvc_brings_it_to_others(tmp_path, model):
    project, remote, other = tmp_path / "project", tmp_path / "remote", tmp_path / "other"
    project.mkdir()
    shutil.copy(TOP / ".gitignore", project)
    with fake_hub.running() as server:
        server.models[REPO] = fake_hub.Models({"a/model.onnx": model, "a/selected_tags.csv": TAGS}, "apache-2.0")
        environment = {
            "HF_ENDPOINT": server.address, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_DISABLE_XET": "1",
            "PYTHONPATH": str(TOP / "src"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DVC_NO_ANALYTICS": "1",
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
        }  # fmt: skip

        def run(*command, cwd=project):
            done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        def dramatis(*command):
            return run(sys.executable, "-c", "from dramatis.cli.main import main; main()", *command)

        def dvc(*command, cwd=project):
            return run(sys.executable, "-m", "dvc", *command, cwd=cwd)

        run("git", "init", "-q")
        dvc("init", "-q")
        dvc("remote", "add", "-d", "store", str(remote))
        said = json.loads(dramatis("models", "pull", REPO, "--name", "tagger", "--dry-run", "--json"))
        assert said[0]["licence"] == "apache-2.0"
        assert said[0]["bytes_to_fetch"] == len(model) + len(TAGS)
        assert not (project / "models").exists()
        assert "git add models/real/tagger.dvc models/real.lock" in dramatis("models", "pull", REPO, "--name", "tagger")
        assert "tagger" in dramatis("models", "list", "--verify")
        run("git", "add", "-A")
        assert {"models/real.lock", "models/real/tagger.dvc"} <= set(run("git", "ls-files").split())
        assert not [file for file in run("git", "ls-files").split() if file.endswith((".onnx", ".csv"))]
        run("git", "commit", "-qm", "weights")
        dvc("push", "-q")
        run("git", "clone", "-q", str(project), str(other), cwd=tmp_path)
        dvc("pull", "-q", "models/real/tagger", cwd=other)
        assert (other / "models/real/tagger/a/model.onnx").read_bytes() == model
