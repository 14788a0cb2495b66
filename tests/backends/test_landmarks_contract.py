"""What every landmark model promises, on the same pictures; the real one on real faces."""

import cv2
import numpy as np
import pytest
from conftest import TOP
from tiny_onnx import peak_heatmaps, still_openseeface, still_points

from dramatis.backends.landmarks import POINTS, load_landmarks, square_view
from dramatis.core.errors import InputError
from dramatis.core.images import read_image
from dramatis.pocket.landmarks_samples import sample

BACKENDS = ["heatmap_onnx", "pocket", "openseeface", "real", "points_onnx"]
TINY = {"heatmap_onnx": peak_heatmaps, "openseeface": still_openseeface, "points_onnx": still_points}
BOX = np.array([60, 40, 110, 100])


@pytest.fixture(params=BACKENDS)
def landmarker(request, tmp_path):
    if request.param == "pocket":
        return load_landmarks("heatmap_onnx", TOP / "models/pocket/landmarks")
    if request.param == "real":
        return load_landmarks("openseeface", request.getfixturevalue("media") / "weights" / "lm_model0_opt.onnx")
    TINY[request.param](tmp_path / "model.onnx")
    return load_landmarks(request.param, tmp_path)


def picture(seed):
    return cv2.resize(np.random.default_rng(seed).integers(0, 256, (5, 7, 3)).astype(np.uint8), (210, 150))


def test_68_points_with_a_confidence_each(landmarker):
    image = picture(1)
    before = image.copy()
    found = landmarker.find(image, BOX)
    assert found.points.shape == (POINTS, 2) and found.confidence.shape == (POINTS,)
    assert np.isfinite(found.points).all() and (found.confidence >= 0).all() and (found.confidence <= 1).all()
    assert np.array_equal(image, before)


def test_the_same_picture_the_same_points(landmarker):
    first = landmarker.find(picture(1), BOX)
    landmarker.find(picture(2), BOX)
    again = landmarker.find(picture(1), BOX)
    assert np.array_equal(first.points, again.points) and np.array_equal(first.confidence, again.confidence)


def test_a_face_that_lies_elsewhere_has_its_points_there(landmarker):
    image, shift = picture(3), (40, 24)
    moved = cv2.copyMakeBorder(image, shift[1], 0, shift[0], 0, cv2.BORDER_REPLICATE)
    here, there = (landmarker.find(seen, box) for seen, box in ((image, BOX), (moved, BOX + np.tile(shift, 2))))
    assert there.points == pytest.approx(here.points + shift, abs=1)


@pytest.mark.parametrize("box", [[-20, -10, 15, 20], [200, 140, 230, 160], [50, 50, 50.4, 50.2]])
def test_a_box_at_the_edge_or_of_no_size_gives_points(landmarker, box):
    assert np.isfinite(landmarker.find(picture(1), np.array(box, float)).points).all()


def test_it_says_what_it_is(landmarker):
    assert landmarker.engine.startswith("onnxruntime ") and all(file.is_file() for file in landmarker.files)


@pytest.mark.parametrize("backend", TINY)
def test_bad_weights_are_one_clear_line(backend, tmp_path):
    with pytest.raises(InputError, match="absent: there is no such weight file or folder. Put .* `landmark.weights`"):
        load_landmarks(backend, tmp_path / "absent")
    (tmp_path / "bad.onnx").write_bytes(b"not a model")
    with pytest.raises(InputError, match="bad.onnx: not a model that onnxruntime can run") as raised:
        load_landmarks(backend, tmp_path)
    assert "\n" not in str(raised.value)
    (peak_heatmaps if backend == "openseeface" else still_openseeface)(tmp_path / "bad.onnx")
    with pytest.raises(InputError, match="bad.onnx: input .* not \\(N, "):
        load_landmarks(backend, tmp_path)


def test_a_view_is_the_square_about_the_box_by_hand():
    view = square_view(picture(1), np.array([60, 40, 100, 80]), 1.5, 30)
    assert view.pixels.shape == (30, 30, 3)
    assert view.placed(np.array([[0, 0], [15, 15], [30, 30]])).tolist() == [[50, 30], [80, 60], [110, 90]]


def test_the_pocket_model_is_sure_of_faces_only():
    landmarker = load_landmarks("heatmap_onnx", TOP / "models/pocket/landmarks")
    drawn = [sample(3, "contract", index, nobody=0.5) for index in range(60)]
    sure = np.array([landmarker.find(face.image, face.box).confidence.mean() for face in drawn])
    shown = np.array([face.points is not None for face in drawn])
    assert np.median(sure[shown]) > 0.6 and (sure[shown] > 0.5).mean() > 0.9 and (sure[~shown] < 0.5).mean() > 0.9


def test_a_turned_picture_has_turned_points(media):
    """OpenSeeFace finds the same points of a real face that lies on its side."""
    landmarker = load_landmarks("openseeface", media / "weights" / "lm_model0_opt.onnx")
    face = read_image(media / "faces" / "cc_by_faces" / "signer_B" / "00.png")
    box = np.array([33.0, 33, 127, 127])
    upright = landmarker.find(face, box)
    lying = landmarker.find(np.ascontiguousarray(np.rot90(face, -1)), box)  # clockwise: (x, y) to (160 - y, x)
    turned = np.stack([160 - upright.points[:, 1], upright.points[:, 0]], -1)
    assert np.linalg.norm(lying.points - turned, axis=1).mean() < 0.03 * 94
    assert upright.confidence.mean() > 0.7
