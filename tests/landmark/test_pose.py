"""Where a head looks: known turns of a mean face, drawn faces of other shapes, and points that are wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.backends.landmarks import load_landmarks
from dramatis.bench.landmark_faces import FACE_OF_CROP
from dramatis.bench.mean_faces import drawn_face, labelled, mesh_face, real_face
from dramatis.film.head import LARGEST_TURN
from dramatis.landmark.pose import fit, five_of, shown
from dramatis.landmark.templates import TEMPLATES
from dramatis.pocket.landmarks_samples import MIRRORED, sample

SURE, FIVE = np.ones(68), np.ones(5)


def seen(template, yaw, pitch, roll, size=30.0, at=(200, 100)):
    """The points of a mean face in some pose [px]."""
    flat = shown(TEMPLATES[template].solid, np.array([yaw]), np.array([pitch]))[0]
    place = flat * size * np.exp(1j * np.radians(roll))
    return np.stack([place.real, place.imag], -1) + at


def test_from_the_front_a_mean_face_is_what_it_is():
    flat = shown(TEMPLATES["real"].solid, np.zeros(1), np.zeros(1))[0]
    assert np.stack([flat.real, flat.imag], -1) == pytest.approx(TEMPLATES["real"].solid[:, :2])


def test_the_signs_of_yaw_pitch_and_roll_by_hand():
    """The nose goes right with the yaw, up with the pitch; the head leans clockwise with the roll."""
    nose = five_of(seen("real", 0, 0, 0))[2]
    assert five_of(seen("real", 20, 0, 0))[2, 0] > nose[0] + 5
    assert five_of(seen("real", 0, 20, 0))[2, 1] < nose[1] - 5
    right_eye, left_eye = five_of(seen("real", 0, 0, 20))[:2]
    assert left_eye[1] > right_eye[1]  # y is down: the eye on the right of the picture sinks
    for points in (seen("real", 20, 0, 0), seen("real", 0, 20, 0), seen("real", 0, 0, 20)):
        assert sum(angle > 10 for angle in fit(points, SURE, "real")[:3]) == 1


@given(st.floats(-85, 85), st.floats(-20, 20), st.floats(-170, 170), st.floats(5, 300))
def test_a_real_face_in_any_pose_and_size_is_read_back(yaw, pitch, roll, size):
    pose = fit(seen("real", yaw, pitch, roll, size), SURE, "real")
    assert pose.yaw == pytest.approx(yaw, abs=2) and pose.pitch == pytest.approx(pitch, abs=3)
    assert pose.roll == pytest.approx(roll, abs=2) and pose.residual < 0.03


@given(st.floats(-72, 72), st.floats(-60, 60))
def test_a_mirrored_face_looks_the_other_way(yaw, roll):
    points = seen("drawn", yaw, 0, roll)
    one, other = fit(points, SURE, "drawn"), fit(points[MIRRORED] * [-1, 1], SURE, "drawn")
    assert other.yaw == pytest.approx(-one.yaw, abs=0.3) and other.roll == pytest.approx(-one.roll, abs=0.3)
    assert other.pitch == pytest.approx(one.pitch, abs=0.6)


def test_hidden_points_stay_on_the_edge():
    solid = np.array([[1.0, 0, 0.5], [-1.0, 0, 0.5], [0, 0, 1]])
    (row,) = shown(solid, np.array([80.0]), np.array([0.0]))
    assert row.real[0] == pytest.approx(np.hypot(1, 0.5)) and row.real[2] == pytest.approx(np.sin(np.radians(80)))


@pytest.mark.parametrize(("turn", "error"), [((0, 25), 1.5), ((25, 72), 3.0)])
def test_true_points_of_drawn_faces_give_their_pose(turn, error):
    """Faces, brows, eyes and mouths of all shapes against the one mean face."""
    faces = [face for face in (sample(5, "pose", index, 0) for index in range(150)) if face.points is not None]
    faces = [face for face in faces if turn[0] <= LARGEST_TURN * abs(face.pose.yaw) < turn[1]]
    poses = [fit(face.points, SURE, "drawn") for face in faces]
    yaw = [pose.yaw - LARGEST_TURN * face.pose.yaw for pose, face in zip(poses, faces, strict=True)]
    roll = [pose.roll - face.pose.roll for pose, face in zip(poses, faces, strict=True)]
    assert len(faces) > 30 and np.abs(yaw).mean() < error and np.abs(roll).mean() < 1.5
    assert max(pose.residual for pose in poses) < 0.15


def test_five_points_give_a_rough_pose():
    for yaw in (-50, -20, 0, 20, 50):
        pose = fit(five_of(seen("real", yaw, 0, 10)), FIVE, "real")
        assert pose.yaw == pytest.approx(yaw, abs=8) and pose.roll == pytest.approx(10, abs=3)


def test_points_that_are_hardly_sure_hardly_turn_the_head():
    points, sure = seen("real", 25, 5, 10), SURE.copy()
    points[48:] += [8, 6]  # the mouth, a quarter of the distance of the eyes away
    sure[48:] = 0.01
    all_sure, mouth_unsure = (abs(fit(points, each, "real").yaw - 25) for each in (SURE, sure))
    assert mouth_unsure < 4 < all_sure
    assert fit(points, SURE, "real").residual > 0.1 > fit(seen("real", 25, 5, 10), SURE, "real").residual


def test_points_that_are_no_face_fit_badly():
    noise = np.random.default_rng(0).uniform(0, 100, (20, 68, 2))
    assert min(fit(points, SURE, "real").residual for points in noise) > 0.4


def test_points_all_in_one_place_have_no_pose():
    assert fit(np.full((68, 2), 7.0), SURE, "real") is None and fit(np.zeros((5, 2)), FIVE, "drawn") is None


def test_the_drawn_mean_face_is_that_of_the_renderer():
    face = TEMPLATES["drawn"]
    assert np.column_stack([face.solid, face.deviation]) == pytest.approx(drawn_face(), abs=6e-4)


@pytest.mark.slow
def test_the_real_mean_face_is_that_of_the_labelled_faces(media):
    faces = labelled(media)
    finder = load_landmarks("openseeface", media / "weights" / "lm_model0_opt.onnx")
    mesh = mesh_face([image[5:155, 5:155] for _, image in faces], media / "weights" / "face_landmark.tflite")
    found = [(name, finder.find(image, FACE_OF_CROP)) for name, image in faces]
    face = TEMPLATES["real"]
    assert np.column_stack([face.solid, face.deviation]) == pytest.approx(real_face(mesh, found), abs=0.005)


@pytest.mark.parametrize("name", TEMPLATES)
def test_mean_faces_are_symmetric_and_of_eye_distance_1(name):
    solid = TEMPLATES[name].solid
    assert solid[MIRRORED] * [-1, 1, 1] == pytest.approx(solid, abs=0.002)
    eyes = five_of(solid)[:2]
    assert np.linalg.norm(eyes[1] - eyes[0]) == pytest.approx(1, abs=0.03)
