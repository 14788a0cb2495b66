import cv2
import numpy as np
import pytest
from clips import PARAMS, ffmpeg, scene, with_mark, write_clip

from dramatis.core.images import decode
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows
from dramatis.frames.run import run as take_frames
from dramatis.repeats.params import RepeatsParams
from dramatis.repeats.run import run

RULES = RepeatsParams(max_distance=8, min_s=5, min_share=0.8, min_pictures=3, copy_distance=4)


def shots(seeds, frames=48):
    """A moving shot for each seed."""
    return [with_mark(scene(seed), 20 + 2 * (n // 2)) for seed in seeds for n in range(frames)]


OPENING, ENDING = shots(range(100, 104)), shots(range(110, 113))


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """Three episodes: the opening at once; after 3.1 s, smaller and coarser; not at all. The last two end alike."""
    top = tmp_path_factory.mktemp("season")
    write_clip(top / "raw/a.mp4", OPENING + shots(range(1, 11)))
    plain = write_clip(top / "raw/plain.mp4", [with_mark(scene(50), 10)] * 74 + OPENING + shots(range(11, 20)) + ENDING)
    ffmpeg("-i", plain, "-vf", "scale=128:72", "-crf", "32", top / "raw/b.mp4")
    write_clip(top / "raw/c.mp4", shots(range(21, 33)) + ENDING)
    (top / "raw/d").mkdir()
    for name in "abc":
        take_frames(PARAMS, name, top / f"raw/{name}.mp4", top / "frames" / name)
    shown = decode(read_rows(top / "frames/a/frames.parquet", "frames")[5]["image"], "a frame")
    for n, image in enumerate([cv2.resize(shown, (320, 180)), scene(77)]):
        cv2.imwrite(str(top / f"raw/d/{n}.png"), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    take_frames(PARAMS, "d", top / "raw/d", top / "frames/d")
    run(RULES, ["a", "b", "c", "d"], top / "frames", top / "repeats")
    return top


def test_opening_and_ending_are_found_where_they_are(season):
    found = read_rows(season / "repeats/segments.parquet", "repeats")
    assert [(row["segment_id"], row["kind"]) for row in found] == [("a-b-00", "opening"), ("b-c-00", "ending")]
    opening, ending = found
    spans = [opening[key] for key in ("start_s", "end_s", "other_start_s", "other_end_s")]
    assert spans == pytest.approx([0, 8, 3.1, 11.1], abs=0.5)
    assert (ending["start_s"], ending["other_start_s"]) == pytest.approx((3.1 + 8 + 18, 24), abs=0.5)
    assert all(row["share"] >= 0.8 for row in found)


def test_frames_of_it_are_copies(season):
    rows = read_rows(season / "repeats/copies.parquet", "repeats")
    times = {
        row["frame_id"]: row["pts_s"]
        for name in "abcd"
        for row in read_rows(season / f"frames/{name}/frames.parquet", "frames", ["frame_id", "pts_s"])
    }
    of_b = [row for row in rows if row["frame_id"].startswith("b-")]
    assert len(of_b) >= 16 and {row["segment_id"] for row in of_b} == {"a-b-00"}
    gaps = [times[row["frame_id"]] - times[row["copy_of"]] for row in of_b]
    assert np.allclose(gaps, 3.1, atol=0.3)
    assert {row["segment_id"] for row in rows if row["frame_id"].startswith("c-")} == {"b-c-00"}
    (picture,) = [row for row in rows if row["frame_id"].startswith("d-")]
    assert picture["frame_id"] == "d-000000" and picture["copy_of"].startswith("a-") and picture["segment_id"] is None


def test_same_bytes_again(season):
    run(RULES, ["a", "b", "c", "d"], season / "frames", season / "again")
    for name in ("segments.parquet", "copies.parquet"):
        assert (season / "again" / name).read_bytes() == (season / "repeats" / name).read_bytes()


def test_one_video_repeats_nothing(season, tmp_path):
    run(RULES, ["a"], season / "frames", tmp_path / "repeats")
    assert not read_rows(tmp_path / "repeats/segments.parquet", "repeats")
    assert not read_rows(tmp_path / "repeats/copies.parquet", "repeats")


def test_the_values_of_the_project_are_allowed():
    assert load_params("repeats", RepeatsParams).min_pictures >= 1
