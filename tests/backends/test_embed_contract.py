"""What every embedder promises, on the same faces."""

import json

import cv2
import numpy as np
import pytest
from tiny_onnx import corner_arcface, deepface_arcface, mean_colour_ccip, two_models

from dramatis.backends.embed import Face, load_embed
from dramatis.backends.embed.arcface_onnx import TEMPLATE
from dramatis.core.errors import InputError, ParameterError

EXPAND = {"face": 1.5, "head": 1.0, "person": 1.0}
BACKENDS = ["ccip_onnx", "arcface_onnx", "mobilefacenet", "deepface", "fused"]


def load(backend, weights, threshold=0.2, **changes):
    return load_embed(backend, weights, threshold, "head", EXPAND, "imagenet", **changes)


@pytest.fixture(params=BACKENDS)
def model(request, tmp_path):
    """Backend and weights."""
    if request.param in ("mobilefacenet", "deepface"):
        file = request.getfixturevalue("media") / "weights" / "MobileFaceNet.onnx"
        if request.param == "mobilefacenet":
            return "arcface_onnx", file
        return "deepface", deepface_arcface(file, tmp_path / "arcface_weights.onnx")
    if request.param == "fused":
        return "fused", two_models(tmp_path)
    make = mean_colour_ccip if request.param == "ccip_onnx" else corner_arcface
    return request.param, make(tmp_path / "model.onnx")


@pytest.fixture
def embedder(model):
    return load(*model)


def face(seed, head=True):
    image = cv2.resize(np.random.default_rng(seed).integers(0, 256, (5, 7, 3)).astype(np.uint8), (210, 150))
    found = {"face": [60, 40, 110, 100], "head": [45, 15, 125, 110]}
    return Face(image, found if head else {"face": found["face"]}, TEMPLATE / 2 + [55, 40])


def test_vectors_have_length_one(embedder):
    vectors = embedder.embed([face(seed, head=seed % 2) for seed in range(5)])
    assert vectors.shape == (5, embedder.width) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-6)


def test_a_vector_does_not_depend_on_its_neighbours(embedder):
    faces = [face(seed) for seed in range(4)]
    before = [each.image.copy() for each in faces]
    together = embedder.embed(faces)
    assert np.array_equal(together, np.concatenate([embedder.embed([each]) for each in faces]))
    assert np.array_equal(together[::-1], embedder.embed(faces[::-1]))
    assert all(np.array_equal(old, each.image) for old, each in zip(before, faces, strict=True))
    assert len(np.unique(together.round(4), axis=0)) == 4


def test_batches_change_nothing_but_rounding(model):
    faces = [face(seed) for seed in range(7)]
    alone, threes = load(*model).embed(faces), load(*model, batch_size=3).embed(faces)
    assert threes == pytest.approx(alone, abs=1e-5)


def test_an_unknown_provider_is_one_clear_line(model):
    with pytest.raises(
        ParameterError, match="params.yaml: embed.providers: CUDAExecutionProvider is none of"
    ) as raised:
        load(*model, providers=["CUDAExecutionProvider", "CPUExecutionProvider"])
    assert "\n" not in str(raised.value)


def test_no_faces_are_no_vectors(embedder):
    assert embedder.embed([]).shape == (0, embedder.width)


def test_a_face_at_the_edge_is_embedded(embedder):
    edge = face(1)._replace(boxes={"face": [-20, -10, 15, 20], "head": [-30, -30, 25, 25]}, landmarks=TEMPLATE / 3 - 15)
    assert np.isfinite(embedder.embed([edge])).all()


def test_it_says_what_it_is(embedder):
    assert embedder.threshold == 0.2 and embedder.engine.startswith("onnxruntime ")
    assert all(file.is_file() for file in embedder.files)


@pytest.mark.parametrize("backend", ["ccip_onnx", "arcface_onnx"])
def test_bad_weights_are_one_clear_line(backend, tmp_path):
    with pytest.raises(InputError, match="absent: there is no such weight file or folder. Put .* `embed.weights`"):
        load(backend, tmp_path / "absent")
    (tmp_path / "bad.onnx").write_bytes(b"not a model")
    with pytest.raises(InputError, match="bad.onnx: not a model that onnxruntime can run") as raised:
        load(backend, tmp_path)
    assert "\n" not in str(raised.value)
    make = corner_arcface if backend == "ccip_onnx" else mean_colour_ccip
    make(tmp_path / "bad.onnx", *([False] if backend == "ccip_onnx" else []))
    with pytest.raises(InputError, match="bad.onnx: input .* not \\(N, "):
        load(backend, tmp_path)


@pytest.mark.parametrize(("backend", "make"), [("ccip_onnx", mean_colour_ccip), ("arcface_onnx", corner_arcface)])
def test_the_threshold_lies_beside_the_model(backend, make, tmp_path):
    make(tmp_path / "model.onnx")
    with pytest.raises(InputError, match="metrics.json: there is no such file, and `embed.threshold` .* is null"):
        load(backend, tmp_path, None)
    beside = tmp_path / "metrics.json"
    for wrong in ("{", "{}", '{"threshold": "x"}', '{"threshold": 1.5}', "[]"):
        beside.write_text(wrong)
        with pytest.raises(InputError, match="metrics.json: no number between 0 and 1 under the key `threshold`"):
            load(backend, tmp_path, None)
    beside.write_text(json.dumps({"threshold": 0.178475, "f1": 0.9}))
    assert load(backend, tmp_path, None).threshold == 0.178475
    assert load(backend, tmp_path, 0.3).threshold == 0.3
