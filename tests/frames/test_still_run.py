"""Stage `frames` on pictures: the same tables, each file a shot of its own, copies once."""

import logging
import shutil

import pyarrow.parquet as pq
import pytest
from clips import PARAMS, scene
from PIL import Image

from dramatis.core.errors import InputError
from dramatis.core.images import decode
from dramatis.frames.run import run
from dramatis.frames.schema import FRAMES, SHOTS

PARTIAL = PARAMS.model_copy(update={"allow_partial": True})


@pytest.fixture
def source(tmp_path):
    """Three people's folders and one picture at the top."""
    for number, file in enumerate(("ann/001.png", "ann/002.jpg", "bo/ü 1.webp", "z.png")):
        (tmp_path / "raw" / file).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(scene(number)).save(tmp_path / "raw" / file)
    return tmp_path / "raw"


def tables(out, params=PARAMS, source=None):
    if source is not None:
        run(params, out.name, source, out)
    return [pq.read_table(out / f"{name}.parquet").to_pylist() for name in ("frames", "shots")]


def test_each_picture_is_a_shot_with_a_time_of_its_own(tmp_path, source):
    frames, shots = tables(tmp_path / "v", source=source)
    for name, schema in (("frames", FRAMES), ("shots", SHOTS)):
        assert pq.read_schema(tmp_path / f"v/{name}.parquet").equals(schema, check_metadata=True)
    assert [(row["frame_id"], row["shot"], row["pts_s"], row["time_code"]) for row in frames] == [
        (f"v-{n:06d}", n, float(n), f"00:00:0{n}.000") for n in range(4)
    ]
    assert [row["file"] for row in frames] == ["ann/001.png", "ann/002.jpg", "bo/ü 1.webp", "z.png"]
    assert [row["folder"] for row in frames] == ["ann", "ann", "bo", None]
    assert [decode(row["image"]).shape for row in frames] == [(90, 160, 3)] * 4
    assert [(row["start_frame"], row["end_frame"], row["start_s"], row["end_s"]) for row in shots] == [
        (n, n + 1, float(n), n + 1.0) for n in range(4)
    ]
    assert {row["transition"] for row in shots} == {"picture"} and {row["kept"] for row in shots} == {1}


def test_same_bytes_again_and_from_a_zip(tmp_path, source):
    shutil.make_archive(str(tmp_path / "pack"), "zip", source)
    for place, where in (("a", source), ("b", source), ("c", tmp_path / "pack.zip")):
        run(PARAMS, "v", where, tmp_path / place / "v")
    first, again, zipped = ((tmp_path / place / "v/frames.parquet").read_bytes() for place in "abc")
    assert first == again == zipped


def test_copies_are_kept_once_also_in_another_size_or_coding(tmp_path, source):
    shutil.copy(source / "ann/001.png", source / "bo/copy.png")
    big = Image.open(source / "z.png").resize((640, 360))
    big.save(source / "bo/again.jpg", quality=80)
    frames, shots = tables(tmp_path / "v", source=source)
    assert [row["file"] for row in frames] == ["ann/001.png", "ann/002.jpg", "bo/again.jpg", "bo/ü 1.webp"]
    assert [row["kept"] for row in shots] == [1, 1, 1, 0, 1, 0]
    assert frames[3]["index"] == 4


def test_other_expressions_of_one_drawing_are_no_copies(tmp_path, media):
    """Perceptual hashes of some of them are equal."""
    frames, _ = tables(tmp_path / "v", source=media / "anime/sprites")
    assert len(frames) == len(list((media / "anime/sprites").glob("*.png"))) == 13
    assert len({row["phash"] for row in frames}) < 13


def test_an_animation_is_one_shot_of_its_distinct_frames(tmp_path, source):
    images = [Image.fromarray(scene(seed)) for seed in (5, 5, 6, 7)]
    images[0].save(source / "bo/a.webp", save_all=True, append_images=images[1:], duration=80, lossless=True)
    frames, shots = tables(tmp_path / "v", source=source)
    own = [row for row in frames if row["file"] == "bo/a.webp"]
    assert {row["shot"] for row in own} == {2} and [row["index"] for row in own] in ([2, 3, 4], [2, 4, 5])
    assert shots[2]["kept"] == 3 and shots[3]["start_frame"] == shots[2]["end_frame"] == own[-1]["index"] + 1


def test_a_broken_picture_is_an_error_or_passed_over_with_a_warning(tmp_path, source, caplog):
    whole = (source / "ann/002.jpg").read_bytes()
    (source / "ann/002.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"raw/ann/002.jpg: it is damaged .*allow_partial"):
        run(PARAMS, "v", source, tmp_path / "v")
    assert not (tmp_path / "v").exists()
    with caplog.at_level(logging.WARNING):
        frames, shots = tables(tmp_path / "v", PARTIAL, source)
    assert len(caplog.messages) == 1 and "002.jpg: it is damaged" in caplog.messages[0]
    assert [row["index"] for row in frames] == [0, 2, 3] and [row["kept"] for row in shots] == [1, 0, 1, 1]


def test_nothing_but_broken_pictures_is_an_error(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/a.heic").write_bytes(b"no picture")
    with pytest.raises(InputError, match="raw: none of its 1 pictures can be read"):
        run(PARTIAL, "v", tmp_path / "raw", tmp_path / "v")
    assert not (tmp_path / "v").exists()
