"""Copies are whole or not there; what is hidden is not taken along."""

import pytest

from dramatis.core.errors import InputError
from dramatis.sources.space import bytes_of, check_room, copy, files_of


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / "a b"
    for name in ("1.png", "sub/2.png", ".hidden", ".cache/3.png"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(name.encode())
    (top / "again").symlink_to(top)
    return top


def test_a_folder(folder, tmp_path):
    assert list(files_of(folder)) == ["1.png", "sub/2.png"] and bytes_of(folder) == 14
    copy(folder, tmp_path / "to")
    assert {file: (tmp_path / "to" / file).read_bytes() for file in files_of(tmp_path / "to")} == {
        "1.png": b"1.png",
        "sub/2.png": b"sub/2.png",
    }


def test_half_a_copy_is_none(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("dramatis.sources.space.os.fsync", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        copy(folder, tmp_path / "to")
    assert [file.name for file in tmp_path.iterdir()] == ["a b"]


def test_a_link_to_nowhere(folder):
    (folder / "4.png").symlink_to("nowhere")
    with pytest.raises(InputError, match="no file that can be copied"):
        files_of(folder)


def test_room(tmp_path):
    check_room(tmp_path, 1, "it")
    with pytest.raises(InputError, match=r"it: takes 1125.9 TB, and .* are free"):
        check_room(tmp_path, 1 << 50, "it")
