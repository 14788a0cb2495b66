"""A folder as a user may have it: any depth, captions or none, turned, corrupt, with what other programs left."""

import cv2
import numpy as np
import pytest
from builders import picture
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import decode, encode_jpeg, encode_png
from dramatis.regularize.folder import read_caption, taken


@pytest.fixture
def pictures(tmp_path):
    top = tmp_path / "mine"
    (top / "nature" / "trees").mkdir(parents=True)
    (top / "a.jpg").write_bytes(encode_jpeg(picture(1, 60, 40)))
    (top / "a.txt").write_text("\ufeffa lake,\n morning light\n", encoding="utf-8")
    (top / "nature" / "b.PNG").write_bytes(encode_png(picture(2, 200, 100)))
    (top / "nature" / "trees" / "c.webp").write_bytes(cv2.imencode(".webp", picture(3))[1].tobytes())
    (top / "nature" / "trees" / "c.txt").write_text(" \n")
    for junk in ("Thumbs.db", "desktop.ini", "._a.jpg", "nature/.DS_Store", "notes.txt"):
        (top / junk).write_bytes(b"\0\1 not a picture")
    return top


def test_pictures_of_any_depth_with_their_captions(pictures, gather):
    rows, skipped = gather("folder", pictures)
    assert [row["parent"] for row in rows] == ["a.jpg", "nature/b.PNG", "nature/trees/c.webp"] and not skipped
    assert [row["caption"] for row in rows] == ["a lake, morning light", *["no humans, tree"] * 2]
    assert rows[0]["origin"] == "human" and {row["origin"][:5] for row in rows[1:]} == {"wd14:"}
    assert [(row["width_px"], row["height_px"]) for row in rows] == [(60, 40), (160, 80), (64, 64)]
    assert np.abs(decode(rows[0]["image"]).astype(int) - picture(1, 60, 40)).mean() < 6


def test_a_folder_with_all_captions_needs_no_tagger(pictures, gather, tmp_path):
    for file in ("nature/b.txt", "nature/trees/c.txt"):
        (pictures / file).write_text("a tree")
    (tmp_path / "tagger" / "model.onnx").unlink()
    assert {row["origin"] for row in gather("folder", pictures)[0]} == {"human"}


def test_phones_turn_their_pictures(pictures, gather):
    image = Image.fromarray(picture(5, 60, 30))
    exif = image.getexif()
    exif[0x0112] = 6  # a quarter turn clockwise
    image.save(pictures / "a.jpg", exif=exif, quality=95)
    row = gather("folder", pictures)[0][0]
    assert (row["width_px"], row["height_px"]) == (30, 60)
    assert np.abs(decode(row["image"]).astype(int) - np.rot90(picture(5, 60, 30), -1)).mean() < 9


def test_a_corrupt_picture_is_one_clear_line(pictures, gather, tmp_path):
    whole = (pictures / "nature" / "b.PNG").read_bytes()
    (pictures / "nature" / "b.PNG").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"mine/nature/b.PNG: it is damaged .*or set regularize.allow_partial: true"):
        gather("folder", pictures)
    assert not (tmp_path / "out").exists()


def test_or_a_row_that_says_so(pictures, gather):
    (pictures / "nature" / "b.PNG").write_bytes(b"no picture")
    (pictures / "a.txt").write_bytes(b"caf\xe9")
    rows, skipped = gather("folder", pictures, allow_partial=True)
    assert [(row["picture_id"], row["parent"]) for row in rows] == [("reg-src-00000", "nature/trees/c.webp")]
    assert skipped == [
        {"file": "a.jpg", "problem": "it is no UTF-8 text (byte 3)"},
        {"file": "nature/b.PNG", "problem": "it is no picture"},
    ]


def test_a_folder_of_which_nothing_can_be_read_is_told_of(tmp_path, gather, caplog):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.jpg").write_bytes(b"no picture")
    assert gather("folder", tmp_path / "mine", allow_partial=True)[0] == []
    assert "src: there is no class picture, as no file of its folder could be read" in caplog.text
    caplog.clear()
    assert gather("folder", tmp_path / "mine", count=0)[0] == [] and not caplog.text


def test_no_folder_and_an_empty_one(tmp_path, gather):
    with pytest.raises(MissingError, match="none: there is no such folder"):
        gather("folder", tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty: this folder holds no picture"):
        gather("folder", tmp_path / "empty")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a tree\x07", "holds the control character U\\+0007. Take it out"),
        (b"tag, " * 10_000, "a caption of 49999 letters; at most 4000 are allowed"),
        (b"\xff\xfea\0", "it is no UTF-8 text \\(byte 0\\)"),
    ],
)
def test_a_caption_that_is_none(tmp_path, text, said):
    (tmp_path / "a.txt").write_bytes(text)
    with pytest.raises(InputError, match=said):
        read_caption(tmp_path / "a.txt")


def test_again_is_the_same_bytes(pictures, gather, tmp_path):
    gather("folder", pictures, name="first")
    gather("folder", pictures, name="again")
    first, again = (tmp_path / name / "regularization.parquet" for name in ("first", "again"))
    assert first.read_bytes() == again.read_bytes()


@given(st.sets(st.text("abc/", min_size=1), min_size=1, max_size=12), st.integers(0, 12), st.text("xyz", min_size=1))
def test_a_file_more_replaces_one_at_most(files, count, new):
    before = taken(7, sorted(files), count)
    assert before == sorted(before) and len(before) == min(count, len(files))
    assert len(set(before) - set(taken(7, sorted({*files, new}), count))) <= 1
