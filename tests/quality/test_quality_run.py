import cv2
import numpy as np
import pytest
from shards import frames_of

from dramatis.core.errors import MissingError
from dramatis.core.tables import read_rows, stored_box, write_table
from dramatis.detect.schema import DETECTIONS
from dramatis.quality.params import QualityParams
from dramatis.quality.run import run

PARAMS = QualityParams(
    min_size_px=20,
    min_sharpness=0.4,
    min_luma=0.1,
    max_luma=0.9,
    min_contrast=0.05,
    max_clipped=0.5,
    max_truncation=0.4,
    max_occlusion=0.5,
    max_yaw=1,
)


def detection(frame, figure, kind, sides, landmarks=None):
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
        "landmarks": landmarks,
        "track_id": "v-0000-000",
    }


@pytest.fixture
def shards(tmp_path):
    board = np.kron(np.indices((12, 16)).sum(0) % 2, np.ones((10, 10)))[..., None].repeat(3, 2)
    sharp = (60 + 120 * board).astype(np.uint8)  # squares of 10 px, of 60 and 180
    frames_of([sharp, cv2.GaussianBlur(sharp, (0, 0), 3), (sharp * 0.1).astype(np.uint8)], tmp_path / "frames")
    rows = [
        detection(0, 0, "face", (60, 40, 100, 80), [70, 50, 90, 50, 85, 60, 72, 70, 88, 70]),
        detection(0, 0, "head", (55, 30, 105, 85)),
        detection(0, 1, "face", (100, 40, 140, 80)),
        detection(0, 2, "face", (10, 100, 25, 115)),
        detection(0, 2, "person", (60, 40, 140, 80)),
        detection(1, 0, "face", (60, 40, 100, 80)),
        detection(2, 0, "face", (60, 40, 100, 80)),
    ]
    write_table(rows, DETECTIONS, tmp_path / "detections" / "detections.parquet")
    return tmp_path


def measured(folder, name="out"):
    run(PARAMS, folder / "frames", folder / "detections", folder / name)
    return read_rows(folder / name / "quality.parquet", "quality")


def test_every_face_is_measured_and_none_is_dropped(shards):
    rows = measured(shards)
    assert [row["detection_id"] for row in rows] == [
        f"v-{frame}-face" for frame in ("000000-00", "000000-01", "000000-02", "000001-00", "000002-00")
    ]
    assert [row["rejected_by"] for row in rows] == [None, None, "size_px", "sharpness", "luma"]
    first, second = rows[:2]
    assert first["size_px"] == 40 and first["luma"] == pytest.approx(120 / 255, abs=0.01)
    assert first["contrast"] == pytest.approx(60 / 255, abs=0.01) and first["clipped"] == 0
    assert first["occlusion"] == 0 and second["occlusion"] == pytest.approx(5 / 40)  # a head, no whole person
    assert first["yaw"] == pytest.approx(5 / 9) and second["yaw"] is None


def test_the_same_bytes_again(shards):
    measured(shards, "a")
    measured(shards, "b")
    assert (shards / "a" / "quality.parquet").read_bytes() == (shards / "b" / "quality.parquet").read_bytes()


def test_no_faces_are_no_rows(shards):
    write_table([], DETECTIONS, shards / "detections" / "detections.parquet")
    assert measured(shards) == []


def test_a_missing_shard_is_one_clear_line(shards, tmp_path):
    with pytest.raises(MissingError, match="detections.parquet: there is no such file.*stage detect@nothing makes it"):
        run(PARAMS, shards / "frames", tmp_path / "nothing", tmp_path / "out")
    assert not (tmp_path / "out").exists()
