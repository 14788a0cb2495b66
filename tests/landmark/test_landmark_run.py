"""Stage landmark on drawn faces and on tables of a detector with five points."""

import numpy as np
import pytest
from builders import figure_rows, frame_row
from conftest import TOP
from shards import frames_of

from dramatis.backends.landmarks import load_landmarks
from dramatis.core.errors import InputError, MissingError
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows, write_table
from dramatis.detect.schema import DETECTIONS
from dramatis.film.head import LARGEST_TURN
from dramatis.landmark.params import LandmarkParams
from dramatis.landmark.pose import five_of
from dramatis.landmark.run import run
from dramatis.landmark.templates import TEMPLATES
from dramatis.pocket.landmarks_samples import sample

PARAMS = load_params("landmark", LandmarkParams, TOP / "params.yaml")
POCKET = TOP / "models/pocket/landmarks"
FACES = 12


@pytest.fixture
def shards(tmp_path):
    """Frames with one drawn face each, the first six of faces, the others of nobody or heads from behind."""
    drawn = [sample(9, "run", index, nobody=0.5) for index in range(60)]
    shown = [face for face in drawn if face.points is not None and face.eyes_px > 25]
    others = [face for face in drawn if face.points is None and face.eyes_px > 25]
    chosen = shown[: FACES // 2] + others[: FACES // 2]
    frames_of([face.image for face in chosen], tmp_path / "frames")
    rows = []
    for index, face in enumerate(chosen):
        box = np.clip(face.box.round().astype(int), 0, None)
        rows += figure_rows(frame_row(index), face=tuple(box), head=None, halfbody=None, person=None)
    write_table(rows, DETECTIONS, tmp_path / "detections" / "detections.parquet")
    return tmp_path, chosen


def landmarks_of(folder, name="out", **changes):
    params = PARAMS.model_copy(update={"weights": POCKET, **changes})
    run(params, folder / "frames", folder / "detections", folder / name)
    return read_rows(folder / name / "landmarks.parquet", "landmark")


def test_faces_have_points_and_poses_and_heads_from_behind_have_neither_pose_nor_five_points(shards):
    folder, chosen = shards
    rows = landmarks_of(folder)
    assert [row["detection_id"] for row in rows] == [f"v-{index:06d}-00-face" for index in range(FACES)]
    for row, face in zip(rows, chosen, strict=True):
        points = np.reshape(row["points"], (68, 2))
        assert len(row["confidence"]) == 68 and row["residual"] > 0
        if face.points is None:
            assert row["yaw"] is row["pitch"] is row["roll"] is row["five"] is None
        else:
            assert np.linalg.norm(points - face.points, axis=1).mean() < 0.2 * face.eyes_px
            assert row["five"] == pytest.approx(five_of(points).ravel().tolist(), abs=0.01)
            assert row["yaw"] == pytest.approx(LARGEST_TURN * face.pose.yaw, abs=15)
            assert row["roll"] == pytest.approx(face.pose.roll, abs=10)


def test_the_same_bytes_again_and_with_more_workers(shards):
    folder, _ = shards
    for name, workers in (("a", 1), ("b", 1), ("c", 2)):
        landmarks_of(folder, name, workers=workers)
    assert len({(folder / name / "landmarks.parquet").read_bytes() for name in "abc"}) == 1


def test_a_pose_that_fits_badly_is_none_but_its_residual_stays(shards):
    rows = landmarks_of(shards[0], max_residual=1e-6)
    assert all(row["yaw"] is None and row["residual"] > 1e-6 for row in rows)
    assert any(row["five"] for row in rows)


def five_points(folder, landmarks):
    rows = [row | {"landmarks": landmarks} for row in figure_rows(frame_row(0), head=None, halfbody=None, person=None)]
    write_table(rows, DETECTIONS, folder / "detections" / "detections.parquet")


def test_without_a_model_the_pose_comes_from_the_five_points_of_the_detector(shards):
    folder, _ = shards
    front = five_of(TEMPLATES["drawn"].solid)[:, :2] * 30 + 100
    five_points(folder, front.ravel().tolist())
    (row,) = landmarks_of(folder, backend=None)
    assert row["points"] is row["confidence"] is None
    assert row["five"] == pytest.approx(front.ravel(), abs=1e-4)
    assert [row[angle] for angle in ("yaw", "pitch", "roll")] == pytest.approx([0, 0, 0], abs=1)


def test_without_model_and_points_there_is_nothing(shards):
    folder, _ = shards
    five_points(folder, None)
    (row,) = landmarks_of(folder, backend=None)
    assert set(row) - {"detection_id"} and all(row[name] is None for name in row if name != "detection_id")


def test_no_faces_are_no_rows(shards):
    folder, _ = shards
    write_table([], DETECTIONS, folder / "detections" / "detections.parquet")
    assert landmarks_of(folder) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_missing_weights_are_one_clear_line_and_no_output(shards, workers):
    folder, _ = shards
    with pytest.raises(InputError, match="absent: there is no such weight file or folder.*`landmark.weights`"):
        landmarks_of(folder, weights=folder / "absent", workers=workers)
    assert not (folder / "out").exists() and not list(folder.glob(".*"))


def test_a_missing_shard_is_one_clear_line(shards):
    folder, _ = shards
    with pytest.raises(MissingError, match="detections.parquet: there is no such file.*stage detect@nothing makes it"):
        run(PARAMS, folder / "frames", folder / "nothing", folder / "out")


def test_the_committed_weights_are_found():
    assert load_landmarks(PARAMS.backend, TOP / PARAMS.weights)
