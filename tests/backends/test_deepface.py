"""The library deepface with real weights under the names that it wants, and without any."""

import os
import shutil
import socket

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from tiny_onnx import corner_arcface, deepface_arcface, mean_colour_ccip

from dramatis.backends.detect import load_detect
from dramatis.backends.embed import Face, load_embed
from dramatis.backends.embed.align import TEMPLATE
from dramatis.backends.embed.deepface import MODELS, placing
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import read_image

YUNET = "face_detection_yunet_2023mar.onnx"


@pytest.fixture(scope="module")
def yunet(media, tmp_path_factory):
    return shutil.copy(media / "weights/yunet_s_640_640.onnx", tmp_path_factory.mktemp("detect") / YUNET)


@pytest.fixture(scope="module")
def arcface(media, tmp_path_factory):
    file = tmp_path_factory.mktemp("embed") / "arcface_weights.onnx"
    return deepface_arcface(media / "weights/MobileFaceNet.onnx", file)


def detector(weights, score=0.7, input_px=None):
    return load_detect("deepface", weights, {"face": score}, 0.3, input_px)


def embedder(weights, **changes):
    return load_embed("deepface", weights, 0.2625, "head", {}, "imagenet", **changes)


def test_yunet_through_deepface_finds_what_yunet_finds(yunet, media):
    for name in ("signer_A", "signer_B", "signer_C"):
        image = read_image(media / "faces/cc_by_faces" / name / "00.png")
        ours = load_detect("yunet", media / "weights/yunet_s_640_640.onnx", {"face": 0.7}, 0.3, None).detect(image)
        theirs = detector(yunet).detect(image)
        assert len(theirs) == len(ours) == 1 and theirs[0].landmarks is None
        assert np.abs(theirs[0].box - ours[0].box).max() <= 4  # whole pixels, of a picture of 640 px at the most


def test_the_smallest_score_and_the_size_are_ours_to_say(yunet, media):
    image = read_image(media / "faces/cc_by_faces/signer_B/00.png")
    score = detector(yunet).detect(image)[0].score
    assert detector(yunet, score + 0.01).detect(image) == [] and len(detector(yunet, score - 0.01).detect(image)) == 1
    small = detector(yunet, 0.5, max(image.shape) // 2).detect(image)
    assert len(small) == 1 and np.abs(small[0].box - detector(yunet).detect(image)[0].box).max() < 0.1 * max(
        image.shape
    )


def faces(media, finder):
    """Two pictures of each of several people, with the landmarks of YuNet."""
    found = []
    for folder in sorted((media / "faces/cc_by_faces").iterdir()):
        for file in sorted(folder.glob("*.png"))[:4]:
            image = read_image(file)
            for face in finder.detect(image)[:1]:
                found.append((folder.name, Face(image, {"face": face.box}, face.landmarks)))
    return found


def test_people_are_told_apart_with_and_without_landmarks(arcface, media):
    finder = load_detect("yunet", media / "weights/yunet_n_640_640.onnx", {"face": 0.7}, 0.3, None)
    names, shown = zip(*faces(media, finder), strict=True)
    one, other = np.triu_indices(len(names), 1)
    same = np.array(names)[one] == np.array(names)[other]
    model = embedder(arcface)
    vectors = model.embed(shown)
    assert model.width == 128 and vectors.shape == (len(names), 128)
    assert roc_auc_score(same, (vectors @ vectors.T)[one, other]) >= 0.98
    plain = model.embed([face._replace(landmarks=None) for face in shown])
    assert roc_auc_score(same, (plain @ plain.T)[one, other]) >= 0.9


def test_the_vectors_are_those_of_the_same_model_without_deepface(arcface, media):
    image = read_image(media / "faces/cc_by_faces/signer_B/00.png")
    finder = load_detect("yunet", media / "weights/yunet_n_640_640.onnx", {"face": 0.7}, 0.3, None)
    face = finder.detect(image)[0]
    shown = Face(image, {"face": face.box}, face.landmarks)
    direct = load_embed("arcface_onnx", media / "weights/MobileFaceNet.onnx", 0.2625, "head", {}, "imagenet")
    assert float((embedder(arcface).embed([shown]) @ direct.embed([shown]).T)[0, 0]) > 0.97  # that one adds the mirror


def test_batches_change_nothing(arcface):
    rng = np.random.default_rng(7)
    image = rng.integers(0, 255, (200, 200, 3)).astype(np.uint8)
    shown = [Face(image, {"face": [x, 20, x + 90, 130]}, None) for x in range(0, 70, 10)]
    assert embedder(arcface, batch_size=3).embed(shown) == pytest.approx(embedder(arcface).embed(shown), abs=1e-5)


def test_where_a_face_is_laid_by_hand():
    # a box of 40 x 20 px about (100, 60) in an input of 80: the longer side fills it, so the scale is 2
    upright = placing(Face(None, {"face": [80, 50, 120, 70]}, None), (80, 80), on_template=False)
    assert upright == pytest.approx(np.array([[2, 0, -160], [0, 2, -80]]))
    # eyes one above the other: a quarter turn about the middle of the box
    points = np.array([[100, 50], [100, 60], [105, 55], [110, 50], [110, 60]], float)
    turned = placing(Face(None, {"face": [80, 40, 120, 80]}, points), (40, 40), on_template=False)
    eyes = points[:2] @ turned[:, :2].T + turned[:, 2]
    assert eyes == pytest.approx(np.array([[10, 20], [20, 20]]))
    assert turned[:, :2] @ [100, 60] + turned[:, 2] == pytest.approx([20, 20])
    at = placing(Face(None, {"face": [0, 0, 1, 1]}, TEMPLATE + 7), (224, 224), on_template=True)
    assert (TEMPLATE + 7) @ at[:, :2].T + at[:, 2] == pytest.approx(TEMPLATE * 2)


def test_a_missing_file_is_one_line_that_names_it_and_nothing_is_fetched(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise AssertionError("something asked the network")

    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(socket.socket, "connect", refused)
    absent = tmp_path / "facenet512_weights.onnx"
    with pytest.raises(MissingError, match="facenet512_weights.onnx: there is no such weight file or folder. Put the"):
        embedder(absent)
    with pytest.raises(MissingError, match="one file of arcface_weights.onnx, .* is needed here, and there is none"):
        embedder(tmp_path)
    cascade = tmp_path / "haarcascade_frontalface_default.xml"
    cascade.write_text("<opencv_storage/>")
    with pytest.raises(MissingError, match="haarcascade_eye.xml: haarcascade_frontalface_default.xml does not work"):
        detector(cascade)
    assert sorted(path.name for path in tmp_path.iterdir()) == [cascade.name]


def test_files_that_are_no_such_models(tmp_path):
    with pytest.raises(InputError, match="m.onnx: not a name that deepface can read a model by: it knows arcface_w"):
        embedder(corner_arcface(tmp_path / "m.onnx"))
    for name in ("arcface_weights.onnx", "face_recognition_sface_2021dec.onnx"):
        (tmp_path / name).write_bytes(b"no model")
        with pytest.raises(InputError, match=f"{name}: not a model that deepface can run as {MODELS[name]}") as raised:
            embedder(tmp_path / name)
        assert "\n" not in str(raised.value)
    with pytest.raises(InputError, match="one file of .* is needed here, and there is arcface_weights.onnx, face_rec"):
        embedder(tmp_path)
    with pytest.raises(InputError, match=r"arcface_weights.onnx: input .* not that of ArcFace, \(N, 112, 112, 3\)"):
        embedder(mean_colour_ccip(tmp_path / "arcface_weights.onnx"))
    (tmp_path / YUNET).write_bytes(b"no model")
    with pytest.raises(InputError, match=f"{YUNET}: not a model that deepface can run as yunet"):
        detector(tmp_path / YUNET)


def test_the_environment_is_left_as_it_was(arcface, yunet, media):
    before = dict(os.environ)
    detector(yunet).detect(read_image(media / "faces/cc_by_faces/signer_B/00.png"))
    embedder(arcface).embed([Face(np.zeros((90, 90, 3), np.uint8), {"face": [10, 10, 60, 70]}, None)])
    assert dict(os.environ) == before
