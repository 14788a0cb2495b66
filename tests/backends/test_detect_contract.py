"""What every detector promises, on the same pictures."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from tiny_onnx import constant_yolo, red_cells_yolo

from dramatis.backends.detect import load_detect
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.images import read_image

REAL = {
    "yunet": "yunet_n_640_640.onnx",
    "lbp_anime": "lbpcascade_animeface.xml",
    "deepface": "yunet_s_640_640.onnx",
}
DEEPFACE = "face_detection_yunet_2023mar.onnx"
MIN_SCORE = {"face": 0.6, "head": 0.5, "halfbody": 0.5, "person": 0.5}


@pytest.fixture(scope="session")
def weights(request, tmp_path_factory):
    def of(backend):
        folder = tmp_path_factory.mktemp("detect")
        if backend in REAL:
            file = request.getfixturevalue("media") / "weights" / REAL[backend]
            return shutil.copy(file, folder / DEEPFACE) if backend == "deepface" else file
        red_cells_yolo(folder / "face.onnx")
        constant_yolo(
            folder / "head.onnx", [[160, 150, 90, 200, 0.8, 0.1], [300, 10, 90, 90, 0.6, 0.9]], {0: "head", 1: "person"}
        )
        return folder

    return of


@pytest.fixture(scope="session", params=["yolo_onnx", *REAL])
def detector(request, weights):
    return load_detect(request.param, weights(request.param), MIN_SCORE, 0.3, None)


@pytest.fixture(scope="session", params=["real", "drawn"])
def image(request, media):
    if request.param == "real":
        return read_image(media / "faces" / "cc_by_faces" / "signer_B" / "00.png")
    return read_image(media / "anime" / "sprites" / "eileen happy.png")


def test_boxes_lie_inside_and_the_surest_come_first(detector, image):
    found = detector.detect(image)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    for each in found:
        x0, y0, x1, y1 = each.box
        assert 0 <= x0 < x1 <= image.shape[1] and 0 <= y0 < y1 <= image.shape[0]
        assert MIN_SCORE[each.kind] <= each.score <= 1
        assert each.landmarks is None or each.landmarks.shape == (5, 2) and each.kind == "face"


@pytest.mark.parametrize(
    ("backend", "file"),
    [
        ("yunet", "faces/cc_by_faces/signer_B/00.png"),
        ("deepface", "faces/cc_by_faces/signer_B/00.png"),
        ("lbp_anime", "anime/sprites/eileen happy.png"),
    ],
)
def test_the_face_is_found(backend, file, weights, media):
    found = load_detect(backend, weights(backend), MIN_SCORE, 0.3, None).detect(read_image(media / file))
    assert [each.kind for each in found] == ["face"]


def test_the_same_picture_gives_the_same_boxes_and_is_left_alone(detector, image):
    before = image.copy()
    first = detector.detect(image)
    detector.detect(cv2.resize(image, (97, 61)))
    again = detector.detect(image)
    assert np.array_equal(image, before) and len(first) == len(again)
    for one, other in zip(first, again, strict=True):
        assert (one.kind, one.score) == (other.kind, other.score) and np.array_equal(one.box, other.box)


def test_several_pictures_together_give_what_each_gives_alone(detector, image):
    images = [image, cv2.resize(image, (320, 240)), image[:, ::-1].copy(), cv2.resize(image, (320, 240))]
    together = detector.detect_batch(images)
    assert detector.detect_batch([]) == [] and len(together) == 4
    for found, each in zip(together, images, strict=True):
        alone = detector.detect(each)
        assert [one.kind for one in found] == [one.kind for one in alone]
        for one, other in zip(found, alone, strict=True):
            assert one.box == pytest.approx(other.box, abs=1e-2) and one.score == pytest.approx(other.score, abs=1e-4)


def test_an_unknown_provider_is_one_clear_line(weights):
    for backend in ("yolo_onnx", *REAL):
        with pytest.raises(ParameterError, match="params.yaml: detect.providers: CUDAExecutionProvider") as raised:
            load_detect(backend, weights(backend), MIN_SCORE, 0.3, None, 1, ["CUDAExecutionProvider"])
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize("size", [(40, 30), (31, 200), (1, 1), (700, 400)])
def test_pictures_of_any_size_are_fine(detector, size):
    detector.detect(np.full((size[1], size[0], 3), 90, np.uint8))


@pytest.mark.parametrize("backend", ["yolo_onnx", *REAL])
def test_bad_weights_are_one_clear_line(backend, tmp_path):
    with pytest.raises(InputError, match="absent: there is no such weight file or folder. Put .* `detect.weights`"):
        load_detect(backend, tmp_path / "absent", MIN_SCORE, 0.3, None)
    bad = tmp_path / Path(REAL.get(backend, "bad.onnx")).with_stem("bad").name
    bad.write_bytes(b"not a model")
    with pytest.raises(InputError, match="bad.*: not .* that .* can (run|read)") as raised:
        load_detect(backend, bad, MIN_SCORE, 0.3, None)
    assert "\n" not in str(raised.value)
