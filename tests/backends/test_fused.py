import numpy as np
import pytest
from tiny_onnx import two_models

from dramatis.backends.embed import Face, load_embed
from dramatis.backends.embed.align import TEMPLATE
from dramatis.core.errors import InputError

EXPAND = {"face": 1.5, "head": 1.0, "person": 1.0}


def load(backend, weights, threshold=0.2):
    return load_embed(backend, weights, threshold, "head", EXPAND, "imagenet")


def face(seed):
    image = np.random.default_rng(seed).integers(0, 256, (150, 210, 3)).astype(np.uint8)
    return Face(image, {"face": [60, 40, 110, 100], "head": [45, 15, 125, 110]}, TEMPLATE / 2 + [55, 40])


def test_differences_count_in_units_of_the_threshold(tmp_path):
    fused = load("fused", two_models(tmp_path), None)
    colour = load("ccip_onnx", tmp_path / "colour.onnx", 0.1)
    corner = load_embed("arcface_onnx", tmp_path / "corner", 0.3, "head", EXPAND, "arcface")
    faces = [face(0), face(1)]

    def apart(model):
        one, other = model.embed(faces)
        return (1 - float(one @ other)) / 2 / model.threshold

    assert fused.width == colour.width + corner.width
    assert fused.threshold == pytest.approx(2 / (1 / 0.1 + 1 / 0.3))  # the harmonic mean, 0.15
    assert apart(fused) == pytest.approx((apart(colour) + apart(corner)) / 2, abs=1e-4)


def test_what_an_entry_does_not_say_is_as_in_the_section(tmp_path):
    two_models(tmp_path)
    wide = "- {backend: ccip_onnx, weights: colour.onnx, threshold: 0.1, crop: face, expand: {face: 3.0}}\n"
    same = "- {backend: ccip_onnx, weights: colour.onnx, threshold: 0.1}\n"
    (tmp_path / "fused.yaml").write_text(wide + same)
    left, right = np.split(load("fused", tmp_path).embed([face(0)])[0], 2)
    plain = load("ccip_onnx", tmp_path / "colour.onnx").embed([face(0)])[0]
    assert right * np.sqrt(2) == pytest.approx(plain, abs=1e-6)
    assert left * np.sqrt(2) != pytest.approx(plain, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- {backend: ccip_onnx, weights: colour.onnx}\n", "fused.yaml: 1 entries. Write a list of at least two"),
        ("backend: ccip_onnx\n", "fused.yaml: Input should be a valid list. Write a list"),
        ("- {weights: colour.onnx}\n- {}\n", "fused.yaml: 0.backend: Field required. Write a list"),
        ("- [\n", "fused.yaml:2: .* Write a list of at least two"),
        ("- {backend: ccip_onnx, weights: ../a}\n- {backend: ccip_onnx, weights: b}\n", "a leads out of the folder"),
        ("- {backend: ccip_onnx, weights: a}\n- {backend: fused, weights: b}\n", "fused models of fused models"),
        ("- {backend: nothing, weights: a}\n- {backend: ccip_onnx, weights: b}\n", "'nothing' is no backend"),
    ],
)
def test_a_wrong_list_is_one_clear_line(tmp_path, text, problem):
    two_models(tmp_path)
    (tmp_path / "fused.yaml").write_text(text)
    with pytest.raises(InputError, match=problem) as raised:
        load("fused", tmp_path)
    assert "\n" not in str(raised.value)


def test_a_folder_without_a_list(tmp_path):
    with pytest.raises(InputError, match="fused.yaml: there is no such file. Make `embed.weights` a folder with it"):
        load("fused", tmp_path)
