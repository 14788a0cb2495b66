"""DVC's settings, read without DVC: as DVC itself reads them."""

import pytest
from dvc.config import Config

from dramatis.state.hashes import UnsureError
from dramatis.state.settings import setting_files, settings_in


def test_the_same_as_dvc_reads(tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_SYSTEM_CONFIG_DIR", str(tmp_path / "machine"))
    monkeypatch.setenv("DVC_GLOBAL_CONFIG_DIR", str(tmp_path / "person"))
    dvc = tmp_path / "project/.dvc"
    for folder, name, text in (
        (tmp_path / "machine", "config", "[core]\n    remote = far\n"),
        (tmp_path / "person", "config", "[cache]\n    dir = /person # mine\n"),
        (dvc, "config", "['remote \"near\"']\n    url = ../near\n[core]\n    remote = near\n"),
        (dvc, "config.local", '[cache]\n    type = "reflink,copy"\n'),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    merged = {}
    for file in setting_files(dvc):
        for section, values in settings_in(file).items():
            merged.setdefault(section, {}).update(values)
    said = Config(str(dvc), validate=False)
    assert merged["core"]["remote"] == said["core"]["remote"] == "near"
    assert merged["cache"]["dir"] == said["cache"]["dir"] == "/person"
    assert merged["cache"]["type"] == "reflink,copy" and merged['remote "near"']["url"] == "../near"


def test_what_cannot_be_read_is_not_guessed(tmp_path):
    assert settings_in(tmp_path / "none") == {}
    (tmp_path / "config").write_text("no section = 1\n")
    with pytest.raises(UnsureError):
        settings_in(tmp_path / "config")
