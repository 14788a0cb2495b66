import os

import pytest

from dramatis.core.picture_files import as_text, files_in, is_picture


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("a.png", True),
        ("deep/er/B.JPeG", True),
        ("a.heic", True),  # an error when it is read, rather than passed over
        ("a.txt", False),
        ("png", False),
        (".a.png", False),
        (".thumbs/a.png", False),
        ("__MACOSX/a.png", False),
    ],
)
def test_what_is_called_like_a_picture(file, expected):
    assert is_picture(file) is expected


def test_linked_folders_are_entered_once(tmp_path):
    (tmp_path / "top/deep").mkdir(parents=True)
    (tmp_path / "more").mkdir()
    for file in ("top/a.png", "top/deep/b.txt", "more/c.png"):
        (tmp_path / file).write_bytes(b"x")
    (tmp_path / "top/link").symlink_to(tmp_path / "more")
    (tmp_path / "more/loop").symlink_to(tmp_path / "top")
    assert sorted(files_in(tmp_path / "top")) == ["a.png", "deep/b.txt", "link/c.png"]
    assert list(files_in(tmp_path / "none")) == []


def test_a_name_of_other_bytes_can_be_stored():
    assert as_text("béla.png") == "béla.png"
    as_text(os.fsdecode(b"\xff.png")).encode("utf-8")
    assert as_text(os.fsdecode(b"\xff.png")) == "\N{REPLACEMENT CHARACTER}.png"
