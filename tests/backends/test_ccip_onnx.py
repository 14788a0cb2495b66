import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tiny_onnx import mean_colour_ccip

from dramatis.backends.embed import Face, load_embed
from dramatis.backends.embed.ccip_onnx import MEAN, STD, region, tensor, triangle

EXPAND = {"face": 2.0, "head": 1.5, "person": 1.0}


def test_halving_by_hand():
    # the triangle of a step of 2 reaches two pixels to each side: weights 1, 3, 3, 1 eighths, less at the ends
    assert triangle(4, 2).tolist() == pytest.approx(np.array([[3, 3, 1, 0], [0, 1, 3, 3]]) / 7)
    assert triangle(2, 4).tolist() == pytest.approx(np.array([[1, 0], [0.75, 0.25], [0.25, 0.75], [0, 1]]))
    assert triangle(3, 3).tolist() == np.eye(3).tolist()


@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 60), st.integers(0, 99))
def test_squashes_as_pillow_does(width, height, side, seed):
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    expected = np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BILINEAR), np.float32)
    pixels = (tensor(image, side)[0].transpose(1, 2, 0) * STD + MEAN) * 255
    assert np.abs(pixels - expected).max() <= 1.01  # Pillow rounds between the two directions


def test_the_region_by_hand():
    face = Face(np.zeros((1, 1, 3), np.uint8), {"face": [40, 40, 60, 70], "head": [20, 20, 80, 100]}, None)
    assert region(face, "head", EXPAND).tolist() == [5, 0, 95, 120]
    assert region(face, "face", EXPAND).tolist() == [30, 25, 70, 85]
    assert region(face, "person", EXPAND).tolist() == [30, 25, 70, 85]  # no person: by the face


def test_the_vector_by_hand(tmp_path):
    image = np.zeros((90, 90, 3), np.uint8)
    image[30:60, 45:60] = 255  # the right half of the head
    face = Face(image, {"face": [0, 0, 9, 9], "head": [30, 30, 60, 60]}, None)
    model = load_embed("ccip_onnx", mean_colour_ccip(tmp_path / "m.onnx"), 0.2, "head", {"head": 1.0}, "imagenet")
    black, white = -MEAN / STD, (1 - MEAN) / STD
    expected = np.column_stack([black, white]).ravel()  # channel by channel, left and right
    assert model.width == 6
    assert model.embed([face])[0] == pytest.approx(expected / np.linalg.norm(expected), abs=0.02)


def test_a_model_of_any_size_gets_384(tmp_path):
    file = mean_colour_ccip(tmp_path / "m.onnx", None)
    assert load_embed("ccip_onnx", file, 0.2, "head", EXPAND, "arcface").width == 6
