"""The doctor on this project, and on ones that were spoilt on purpose."""

import json
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

import pytest
from conftest import TOP

from dramatis.cli.doctor import show_doctor
from dramatis.core.params import read_yaml
from dramatis.doctor import facts
from dramatis.doctor.programs import check_decoding
from dramatis.doctor.repository import check_git
from dramatis.doctor.run import devices, examine, largest_base, providers, store_findings, video_files
from dramatis.models.wanted import named_weights


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project under git and DVC with the pocket models."""
    for name in (".gitignore", "params.yaml", "cast.yaml", "captions.yaml", "votes.yaml", "requirements.lock"):
        shutil.copy(TOP / name, tmp_path)
    (tmp_path / "stages").symlink_to(TOP / "stages")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "pocket").symlink_to(TOP / "models" / "pocket")
    (tmp_path / ".dvc").mkdir()
    shutil.copy(TOP / ".dvc/config", tmp_path / ".dvc/config")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("NAME", "EMAIL"):
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", "a")
    subprocess.run(["git", "init", "-q"], check=True)
    return tmp_path


def stored(what, *, ask=False):
    config = facts.dvc_config()
    return [finding for finding in store_findings(config, facts.cache(config), ask) if finding.what == what]


def test_the_project_as_it_is_fails_in_nothing(monkeypatch):
    monkeypatch.chdir(TOP)
    wrong = [finding for finding in examine() if finding.state == "fail" and finding.what not in ("git", "packages")]
    assert not wrong


def test_json_is_one_document_and_failing_is_told(project, capsys):
    assert show_doctor(False, True)
    said = json.loads(capsys.readouterr().out)
    assert {"what", "state", "said", "remedy"} == said[0].keys()
    text = (project / "params.yaml").read_text()
    (project / "params.yaml").write_text(text.replace("weights: models/pocket/wd14", "weights: models/real/wd14"))
    assert not show_doctor(False, False)
    assert "dramatis models pull wd14" in " ".join(capsys.readouterr().out.split())


def test_weights_that_are_missing_are_told_once(project):
    text = (project / "params.yaml").read_text()
    (project / "params.yaml").write_text(text.replace("base: models/pocket/sd}", "base: models/real/sd15}"))
    told = [finding for finding in examine() if finding.state == "fail"]
    assert [finding.what for finding in told] == ["weights", "weights"]
    assert "runs.solo.base: there is no models/real/sd15" in told[0].said


def test_a_project_without_parameters(project):
    (project / "params.yaml").unlink()
    assert [finding.state for finding in examine()] == ["ok", "fail"]


def test_a_remote_that_is_a_folder(project):
    config = project / ".dvc/config"
    config.write_text("[core]\n    remote = nas\n['remote \"nas\"']\n    url = ../nas\n")
    (remote, verify) = stored("remote")
    assert remote.state == "fail" and "there is no such folder" in remote.said and verify.state == "warn"
    (project / "nas").mkdir()
    (project / ".dvc/config.local").write_text("['remote \"nas\"']\n    verify = true\n")
    (remote,) = stored("remote")
    assert remote.state == "ok"
    assert not (project / ".dvc/cache").exists()


def test_a_remote_on_a_network_is_only_called_when_asked(project):
    remote = "url = ssh://127.0.0.1:9/x\npassword = secret\nverify = true\n"
    (project / ".dvc/config").write_text(f"[core]\nremote = a\n['remote \"a\"']\n{remote}")
    assert [finding.state for finding in stored("remote")] == ["ok"]
    (remote,) = stored("remote", ask=True)
    assert remote.state == "fail" and "127.0.0.1:9 does not answer" in remote.said
    (secret,) = stored("secrets")
    assert secret.state == "fail" and "password is in git" in secret.said


def test_data_that_git_would_take(project):
    (project / ".gitignore").write_text("/raw/\n/models/\n")
    (finding,) = [finding for finding in check_git(facts.repository()) if finding.state == "fail"]
    assert finding.said.startswith("data, work are not ignored")


def test_a_video_that_cannot_be_opened(project):
    (project / "raw").mkdir()
    (project / "raw/a.mkv").write_bytes(b"nothing")
    media, minutes = facts.media(["libx264"], ["bwdif"], [Path("raw/a.mkv")])
    assert media.encoders == ["libx264"] and media.filters == ["bwdif"] and minutes == 0
    finding, _ = check_decoding(media, ["bwdif"], 1)
    assert finding.state == "fail" and "raw/a.mkv: it cannot be opened" in finding.said


def test_what_is_asked_of_parameters():
    params = read_yaml(TOP / "params.yaml")
    assert devices(params) == [] and set(providers(params)) == {"detect.providers", "embed.providers", "tag.providers"}
    params["runs"]["solo"] = params["runs"]["solo"] | {"train": {"device": "cuda"}}
    params["train"]["device"] = "cuda"
    assert devices(params) == ["train.device", "runs.solo.train.device"]
    assert all(file.suffix == ".mp4" for file in video_files(params))


def test_the_largest_base(monkeypatch):
    monkeypatch.chdir(TOP)
    params = read_yaml(TOP / "params.yaml")
    size = sum(file.stat().st_size for file in (TOP / "models/pocket/sd").rglob("*.safetensors"))
    assert largest_base(params) == size and {each.path for each in named_weights(params)}


def test_facts_of_this_machine():
    total, available = facts.memory()
    assert 0 < available <= total
    assert facts.torch_build()[0] == metadata.version("torch")
    assert facts.versions(["numpy", "no-such-package"])["no-such-package"] is None


def test_parameters_of_the_wrong_kind_are_told_by_the_check_and_break_nothing(project):
    (project / "params.yaml").write_text(
        "videos: 5\nruns: [a]\ndetect: null\nframes: {deinterlace: [1]}\ntag: {weights: 7}\n"
    )
    told = [finding for finding in examine() if finding.state == "fail"]
    assert told and {finding.what for finding in told} == {"parameters"}


def test_files_that_git_lacks_are_told_by_their_whole_names(project):
    (project / "raw").mkdir()
    (project / "raw/e01.mkv.dvc").write_text("outs: []\n")
    (project / "dvc.lock").write_text("schema: '2.0'\n")
    subprocess.run(["git", "add", "dvc.lock", "params.yaml", "cast.yaml", "captions.yaml"], check=True)
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a", "commit", "-qm", "first"], check=True)
    (project / "dvc.lock").write_text("schema: '2.0'\nstages: {}\n")
    assert facts.repository().uncommitted == ["dvc.lock", "raw/e01.mkv.dvc"]
