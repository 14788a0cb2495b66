import json

import cv2
import numpy as np
import pytest
from conftest import TOP
from shards import frames_of

from dramatis.core.errors import MissingError
from dramatis.core.tables import read_rows, stored_box, write_table
from dramatis.detect.schema import DETECTIONS
from dramatis.landmark.schema import LANDMARKS
from dramatis.quality.params import QualityParams
from dramatis.quality.run import run

PARAMS = QualityParams(
    weights=TOP / "models/pocket/blur",
    min_size_px=20,
    max_blur=0.05,
    min_luma=0.1,
    max_luma=0.9,
    min_contrast=0.05,
    max_clipped=0.5,
    max_truncation=0.4,
    max_occlusion=0.5,
    max_yaw=60,
    max_pitch=90,
    max_roll=180,
    deviations=3,
    best_per_track=1,
)


def detection(frame, figure, kind, sides):
    figure_id = f"v-{frame:06d}-{figure:02d}"
    return {
        "detection_id": f"{figure_id}-{kind}",
        "figure_id": figure_id,
        "frame_id": f"v-{frame:06d}",
        "video": "v",
        "shot": 0,
        "kind": kind,
        "box": stored_box(sides),
        "score": 0.9,
        "landmarks": None,
        "track_id": "v-0000-000",
    }


@pytest.fixture
def shards(tmp_path):
    board = np.kron(np.indices((12, 16)).sum(0) % 2, np.ones((10, 10)))[..., None].repeat(3, 2)
    sharp = (60 + 120 * board).astype(np.uint8)  # squares of 10 px, of 60 and 180
    frames_of([sharp, cv2.GaussianBlur(sharp, (0, 0), 3), (sharp * 0.1).astype(np.uint8)], tmp_path / "frames")
    rows = [
        detection(0, 0, "face", (60, 40, 100, 80)),
        detection(0, 0, "head", (55, 30, 105, 85)),
        detection(0, 1, "face", (100, 40, 140, 80)),
        detection(0, 2, "face", (10, 100, 25, 115)),
        detection(0, 2, "person", (60, 40, 140, 80)),
        detection(1, 0, "face", (60, 40, 100, 80)),
        detection(2, 0, "face", (60, 40, 100, 80)),
    ]
    detected(tmp_path, rows, {"v-000000-00-face": (35.0, -5.0, 12.0)})
    return tmp_path


def detected(folder, rows, poses=()):
    """Writes the detections, and the landmarks of their faces with the poses of some."""
    write_table(rows, DETECTIONS, folder / "detections" / "detections.parquet")
    nothing = {"points": None, "confidence": None, "five": None, "residual": None}
    turned = [
        {"detection_id": row["detection_id"], **nothing, "yaw": yaw, "pitch": pitch, "roll": roll}
        for row in rows
        if row["kind"] == "face"
        for yaw, pitch, roll in [dict(poses).get(row["detection_id"], (None, None, None))]
    ]
    write_table(turned, LANDMARKS, folder / "landmarks" / "landmarks.parquet")


def measured(folder, name="out"):
    run(PARAMS, *(folder / part for part in ("frames", "detections", "landmarks", name, "limits.json")))
    return read_rows(folder / name / "quality.parquet", "quality")


def test_every_face_is_measured_and_none_is_dropped(shards):
    rows = measured(shards)
    assert [row["detection_id"] for row in rows] == [
        f"v-{frame}-face" for frame in ("000000-00", "000000-01", "000000-02", "000001-00", "000002-00")
    ]
    assert [row["rejected_by"] for row in rows] == [None, None, "size_px", "blur", "luma"]
    first, second = rows[:2]
    assert first["size_px"] == 40 and first["luma"] == pytest.approx(120 / 255, abs=0.01)
    assert first["contrast"] == pytest.approx(60 / 255, abs=0.01) and first["clipped"] == 0
    assert first["occlusion"] == 0 and second["occlusion"] == pytest.approx(5 / 40)  # a head, no whole person
    assert [first[angle] for angle in ("yaw", "pitch", "roll")] == [35, -5, 12] and second["yaw"] is None
    soft = rows[3]
    assert first["blur_kind"] == "none" and soft["blur_kind"] == "defocus"
    assert soft["blur_px"] == pytest.approx(3, rel=0.3) and soft["blur"] == pytest.approx(soft["blur_px"] / 40)
    assert first["sharpness"] > 0.6 > 0.4 > soft["sharpness"]


def test_the_best_of_each_track_is_marked_and_only_if_it_was_kept(shards):
    rows = measured(shards)
    assert sorted(row["track_rank"] for row in rows) == [1, 2, 3, 4, 5]  # all in one track
    best = [row for row in rows if row["best"]]
    assert len(best) == 1 and best[0]["track_rank"] == 1 and not best[0]["rejected_by"]
    assert best[0]["score"] == max(row["score"] for row in rows if not row["rejected_by"])


def test_a_head_that_turns_too_far_is_flagged_and_one_without_a_pose_is_not(shards):
    detected(
        shards,
        [detection(0, n, "face", (15 + 48 * n, 40, 43 + 48 * n, 70)) for n in range(3)],
        {"v-000000-00-face": (-61.0, 0.0, 0.0), "v-000000-01-face": (59.0, 0.0, 0.0)},
    )
    rows = measured(shards)
    assert [row["yaw"] for row in rows] == [-61, 59, None]
    assert [row["rejected_by"] for row in rows] == ["yaw", None, None]
    limits = json.loads((shards / "limits.json").read_text())
    assert limits["yaw"] == [-60, 60] and limits["pitch"] == [-90, 90] and limits["roll"] == [-180, 180]


def test_the_limits_in_force_are_written(shards):
    measured(shards)
    limits = json.loads((shards / "limits.json").read_text())
    assert limits["blur"] == [None, 0.05] and limits["size_px"] == [20, None]


def test_an_even_face_is_as_blurred_as_it_is_wide(shards):
    frames_of([np.full((120, 160, 3), 128, np.uint8)], shards / "frames")
    detected(shards, [detection(0, 0, "face", (10, 10, 50, 60))])
    (row,) = measured(shards)
    assert row["blur"] == 1 and row["blur_px"] == 40 and row["rejected_by"] == "blur"


def test_the_same_bytes_again(shards):
    measured(shards, "a")
    measured(shards, "b")
    assert (shards / "a" / "quality.parquet").read_bytes() == (shards / "b" / "quality.parquet").read_bytes()


def test_no_faces_are_no_rows(shards):
    detected(shards, [])
    assert measured(shards) == []


def test_a_missing_shard_is_one_clear_line(shards, tmp_path):
    with pytest.raises(MissingError, match="detections.parquet: there is no such file.*stage detect@nothing makes it"):
        run(
            PARAMS, shards / "frames", tmp_path / "nothing", shards / "landmarks", tmp_path / "out", tmp_path / "limits"
        )
    assert not (tmp_path / "out").exists()
