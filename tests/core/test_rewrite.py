"""Two writers lose nothing: `tests/cast/test_edit.py` has many at once; here is one that waits in vain."""

import os

import pytest

from dramatis.core import rewrite as module
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.rewrite import alone, rewrite


def test_a_file_is_made_changed_and_left(tmp_path):
    file = tmp_path / "a.yaml"
    assert rewrite(file, lambda text: text + "é: 1\n") == "é: 1\n" == file.read_text("utf-8")
    file.chmod(0o600)
    assert rewrite(file, lambda text: text.upper()) == "É: 1\n" and file.stat().st_mode & 0o777 == 0o600
    before = file.stat().st_mtime_ns
    assert rewrite(file, lambda text: text) == "É: 1\n" and file.stat().st_mtime_ns == before
    assert os.listdir(tmp_path) == ["a.yaml"]


def test_a_change_that_fails_writes_nothing(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\n")

    def change(text):
        raise ParameterError("a", "b", "c")

    with pytest.raises(ParameterError):
        rewrite(file, change)
    assert file.read_text() == "a: 1\n" and os.listdir(tmp_path) == ["a.yaml"]


def test_another_writer_and_no_folder_are_one_line(tmp_path, monkeypatch):
    file = tmp_path / "a.yaml"
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    with alone(file), pytest.raises(InputError, match="another process has been writing it"):
        rewrite(file, str.upper)
    with pytest.raises(MissingError, match="there is no such folder"):
        rewrite(tmp_path / "none" / "a.yaml", str.upper)
