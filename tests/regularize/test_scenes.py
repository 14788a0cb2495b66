"""Frames with nobody of the cast, from shots in which nobody of it was ever seen."""

import pytest
from builders import crop_row, scene_row, write
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.errors import MissingError
from dramatis.core.images import decode
from dramatis.regularize.scenes import chosen


def nobody(index, shot, video="v", people=0, **changes):
    return scene_row(index, video, shot, characters=(), people=people, **changes)


@pytest.fixture
def crops(tmp_path):
    """Two videos: shot 1 shows Ada, 2 nobody, 3 a stranger, 4 somebody whose crop was rejected, 5 a bad frame."""
    for video in ("v", "w"):
        write(
            tmp_path / "crops" / video,
            crops=[
                crop_row(10, video, shot=1),
                crop_row(40, video, shot=4, rejected_by="quality:blur", image=b"", phash=None, picture=None),
            ],
            scenes=[
                scene_row(10, video, 1, characters=("ada",)),
                nobody(11, 1, video),
                nobody(20, 2, video),
                nobody(21, 2, video),
                nobody(30, 3, video, people=1),
                nobody(40, 4, video),
                nobody(50, 5, video, rejected_by="dark", image=b"", phash=None, picture=None),
            ],
        )
    return tmp_path / "crops"


def test_only_shots_with_nobody_named_give_pictures(crops, gather):
    rows, skipped = gather("frames", crops)
    assert [row["parent"] for row in rows] == [f"{video}-0000{n}-scene" for video in "vw" for n in (20, 21)]
    assert [row["picture_id"] for row in rows] == [f"reg-src-0000{n}" for n in range(4)] and not skipped
    for row in rows:
        assert row["caption"] == "no humans, tree" and row["origin"].startswith("wd14:") and row["seed"] is None
        assert decode(row["image"]).shape == (80, 142, 3) == (row["height_px"], row["width_px"], 3)


def test_strangers_may_be_wanted(crops, gather):
    rows, _ = gather("frames", crops, strangers=True)
    assert "v-000030-scene" in [row["parent"] for row in rows] and len(rows) == 6


def test_one_video_and_its_own_bytes(crops, gather):
    rows, _ = gather("frames", crops / "w", max_short_px=90)
    assert [row["parent"] for row in rows] == ["w-000020-scene", "w-000021-scene"]
    assert rows[0]["image"] == nobody(20, 2, "w")["image"]  # no second JPEG of a JPEG


def test_no_free_scene_is_told_of(tmp_path, gather, caplog):
    write(tmp_path / "crops" / "v", crops=[], scenes=[nobody(30, 3, "v", people=1)])
    assert gather("frames", tmp_path / "crops")[0] == []
    assert "src: there is no class picture, as each shot shows somebody" in caplog.text


def test_no_scenes_at_all(tmp_path, gather):
    with pytest.raises(MissingError, match="there is no scenes.parquet in it. Run `dvc repro`: stage crops"):
        gather("frames", tmp_path)


scenes = st.lists(st.integers(0, 4), min_size=1, max_size=30).map(
    lambda shots: [{"scene_id": f"v-{n:06d}-scene", "video": "v", "shot": shot} for n, shot in enumerate(shots)]
)


@given(scenes, st.integers(0, 30), st.integers(0, 99))
def test_every_shot_gives_one_before_any_gives_two(rows, count, seed):
    taken = chosen(seed, rows, count)
    assert len(taken) == min(count, len(rows))
    of_shot = {row["shot"]: 0 for row in rows}
    for row in rows:
        of_shot[row["shot"]] += row["scene_id"] in taken
    most = max(of_shot.values())
    whole = {shot: sum(row["shot"] == shot for row in rows) for shot in of_shot}
    assert all(number >= min(most - 1, whole[shot]) for shot, number in of_shot.items())
    assert chosen(seed, rows[::-1], count) == taken and chosen(seed, rows, None) == {row["scene_id"] for row in rows}
