import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from tiny_onnx import corner_arcface

from dramatis.backends.embed import Face, load_embed
from dramatis.backends.embed.arcface_onnx import TEMPLATE, aligned, similarity
from dramatis.core.errors import InputError
from dramatis.core.images import read_image


def load(weights, normalisation="imagenet"):
    return load_embed("arcface_onnx", weights, 0.25, "head", {}, normalisation)


def moved(points, degrees, scale, shift):
    turn = np.radians(degrees)
    return scale * points @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + shift


def test_similarity_by_hand():
    # a square of side 1 onto one of side 2, turned by a quarter, its first corner at (10, 20)
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    target = np.array([[10, 20], [10, 22], [8, 22], [8, 20]], float)
    assert similarity(square, target) == pytest.approx(np.array([[0, -2, 10], [2, 0, 20]]), abs=1e-12)


def test_umeyamas_own_example():
    # Umeyama 1991, section III: the best match of these mirrored triangles, without a mirror image
    points = np.array([[0, 0], [1, 0], [0, 2]], float)
    target = np.array([[0, 0], [-1, 0], [0, 2]], float)
    expected = np.array([[0.832, 0.555, 0], [-0.555, 0.832, 0]]) * 0.721
    expected[:, 2] = [-0.800, 0.400]
    assert similarity(points, target) == pytest.approx(expected, abs=1e-3)


@given(st.floats(-180, 180), st.floats(0.1, 5), st.floats(-200, 200), st.floats(-200, 200))
def test_any_turn_scale_and_shift_is_found(degrees, scale, x, y):
    points = moved(TEMPLATE, degrees, scale, [x, y])
    back = similarity(points, TEMPLATE)
    assert points @ back[:, :2].T + back[:, 2] == pytest.approx(TEMPLATE, abs=1e-6)


def test_the_face_stands_upright_on_the_template():
    points = moved(TEMPLATE, 30, 1.5, [60, 10])
    image = np.zeros((240, 260, 3), np.uint8)
    for value, (x, y) in enumerate(points, 1):
        image[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3] = value * 50
    upright = aligned(Face(image, {}, points), "model")
    assert upright.shape == (112, 112, 3)
    for value, (x, y) in enumerate(TEMPLATE, 1):
        assert abs(int(upright[round(y), round(x), 0]) - value * 50) < 12


@pytest.mark.parametrize("landmarks", [None, np.full((5, 2), 7.0)])
def test_a_face_without_landmarks_is_one_clear_line(landmarks, tmp_path):
    model = load(corner_arcface(tmp_path / "m.onnx"))
    with pytest.raises(InputError, match="needs the five landmarks of every face.* Use `detect.backend: yunet`"):
        model.embed([Face(np.zeros((9, 9, 3), np.uint8), {"face": [0, 0, 9, 9]}, landmarks)])


@pytest.mark.parametrize("channels_first", [True, False])
@pytest.mark.parametrize(
    ("normalisation", "mean", "deviation"),
    [
        ("arcface", [127.5] * 3, [127.5] * 3),
        ("imagenet", [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]),
    ],
)
def test_the_vector_by_hand(channels_first, normalisation, mean, deviation, tmp_path):
    image = np.zeros((112, 112, 3), np.uint8)
    image[:, :56], image[:, 56:] = [255, 0, 51], [0, 102, 204]
    model = load(corner_arcface(tmp_path / "m.onnx", channels_first), normalisation)
    left, right = (np.array(colour) for colour in ([255, 0, 51], [0, 102, 204]))
    expected = (left - mean) / np.array(deviation) + (right - mean) / np.array(deviation)  # the corner and its mirror
    vector = model.embed([Face(image, {}, TEMPLATE)])[0]
    assert vector == pytest.approx(expected / np.linalg.norm(expected), abs=1e-5)


def test_mobilefacenet_tells_real_people_apart(media):
    with (media / "faces" / "cc_by_faces.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = ["rex", "rey", "lex", "ley", "nx", "ny", "rmx", "rmy", "lmx", "lmy"]
    faces = [
        Face(
            read_image(media / "faces" / row["file"]), {}, np.array([float(row[name]) for name in names]).reshape(5, 2)
        )
        for row in rows
    ]
    vectors = load(media / "weights" / "MobileFaceNet.onnx").embed(faces)
    one, other = np.triu_indices(len(rows), 1)
    cosine = (vectors @ vectors.T)[one, other]
    who = np.array([row["identity"] for row in rows])
    same = who[one] == who[other]
    accuracy = ((cosine >= 0.475) == same).mean()
    assert roc_auc_score(same, cosine) >= 0.98 and accuracy >= 0.97
