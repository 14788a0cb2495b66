"""The benchmark of points and poses, on a few faces."""

import numpy as np
import pytest
from conftest import TOP

from dramatis.backends.detect import load_detect
from dramatis.backends.landmarks import Landmarks, load_landmarks
from dramatis.bench import landmarks as bench
from dramatis.bench.landmark_faces import FACE_OF_CROP, Seen, film_faces, photos, posed, turned
from dramatis.bench.landmark_page import page
from dramatis.bench.landmark_picture import CELL_PX, COLUMNS, LINE_PX, sheet
from dramatis.core.params import load_params
from dramatis.landmark.params import LandmarkParams
from dramatis.landmark.pose import Pose, shown
from dramatis.landmark.templates import TEMPLATES

PARAMS = load_params("landmark", LandmarkParams, TOP / "params.yaml")
FEW = 60


@pytest.fixture(scope="module")
def finder():
    return load_landmarks("heatmap_onnx", TOP / "models/pocket/landmarks")


def mean_points(yaw):
    flat = shown(TEMPLATES["drawn"].solid, np.array([yaw]), np.zeros(1))[0] * 30 + 60 + 60j
    return np.stack([flat.real, flat.imag], -1)


def seen(yaw, true, kind="front", sure=0.9):
    found = Landmarks(mean_points(yaw), np.full(68, sure))
    return Seen(
        np.full((120, 120, 3), 99, np.uint8), np.array([20.0, 20, 100, 100]), found, posed(found, PARAMS), true, kind
    )


def test_a_pose_counts_only_if_the_points_are_sure_and_fit():
    assert posed(Landmarks(mean_points(20), np.full(68, 0.9)), PARAMS).yaw == pytest.approx(20, abs=2)
    assert posed(Landmarks(mean_points(20), np.full(68, 0.1)), PARAMS) is None
    noise = np.random.default_rng(0).uniform(0, 100, (68, 2))
    assert posed(Landmarks(noise, np.full(68, 0.9)), PARAMS) is None


def test_figures_of_films_by_hand():
    faces = [seen(10, 10.0), seen(10, 14.0), seen(50, 50.0, "profile"), seen(0, 0.0, "three-quarter", sure=0.01)]
    faces += [seen(0, 0.0, "three-quarter"), seen(0, None, "nobody", sure=0.01), seen(0, None, "nobody")]
    found = bench.film_figures(faces)
    assert found["all"]["faces"] == 5 and found["front"]["yaw_error"] == pytest.approx(2, abs=0.5)
    assert found["three-quarter"]["without_pose"] == 0.5 and found["nobody"] == {"faces": 2, "with_pose": 1}


def test_angles_are_compared_round_the_circle():
    assert bench._mean_error([359, -2, 180]) == pytest.approx((1 + 2 + 180) / 3)


def test_the_first_frames_of_a_film(finder, monkeypatch):
    monkeypatch.setattr("dramatis.bench.landmark_faces.EPISODES", ("e01",))
    monkeypatch.setattr("dramatis.bench.landmark_faces.FILM_FRAMES", 220)
    detector = load_detect("yolo_onnx", TOP / "models/pocket/detect", {"face": 0.4}, 0.6, 480)
    faces = list(film_faces(3, detector, finder, PARAMS))
    shown = [face for face in faces if face.yaw is not None]
    away = [abs(face.pose.yaw - face.yaw) for face in shown if face.pose]
    assert len(shown) > 20 and len(away) > 0.9 * len(shown) and np.mean(away) < 5


def test_drawn_faces_have_points_and_poses(finder, monkeypatch):
    monkeypatch.setattr(bench, "DRAWN", FEW)
    found = bench.drawn_figures(finder, PARAMS)
    assert found["over eye distance"] < 0.15 and found["yaw_error"] < 8 and found["roll_error"] < 6
    assert found["nobody_with_pose"] < 0.3


def test_a_turned_picture_is_turned_clockwise():
    image = np.zeros((101, 101, 3), np.uint8)
    image[10, 50] = 255  # above the middle
    assert turned(image, 90)[50, 90].max() > 200  # now right of it


def test_real_faces(media):
    finder = load_landmarks("openseeface", media / "weights" / bench.OPENSEEFACE)
    faces = photos(media)[::9]
    found = bench.photo_figures(finder, PARAMS.model_copy(update=bench.REAL), faces)
    assert found["faces"] == len(faces) and found["over_eye_distance"] < 0.2 and found["roll_when_turned"] < 3
    assert all((face.five > 20).all() and (face.five < 140).all() for face in faces) and FACE_OF_CROP.mean() == 80


def test_the_page_and_the_picture(finder):
    group = {"faces": 2, "yaw_error": 1.0, "yaw_error_95": 2.0, "pitch_error": 1.0, "without_pose": 0.0}
    film = dict.fromkeys(("all", "front", "three-quarter", "profile"), group)
    drawn = dict.fromkeys(("over eye distance", "median over eye distance", "over face size"), 0.07)
    drawn |= dict.fromkeys(("yaw_error", "pitch_error", "roll_error", "without_pose", "nobody_with_pose"), 0.5)
    photo = dict.fromkeys(("over_eye_distance", "over_box", "without_pose"), 0.1)
    photo |= dict.fromkeys(("roll_to_labelled_eyes", "roll_when_turned", "yaw_when_mirrored", "no_profile"), 3)
    text = page(
        {
            "drawn": drawn | {"faces": 9},
            "film": film | {"nobody": {"faces": 5, "with_pose": 0}},
            "photo": photo | {"faces": 4},
        }
    )
    assert "| front | 2 | 1.0° |" in text and "There are 5 detections" in text
    picture = sheet([seen(10, 12.0), seen(-30, None, "nobody")], rows=2)
    assert picture.shape == (CELL_PX + LINE_PX, COLUMNS * CELL_PX, 3)
    assert (picture == [0, 255, 90]).all(-1).sum() > 100
    assert isinstance(seen(10, 12.0).pose, Pose)
