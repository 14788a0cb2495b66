import numpy as np
import pytest

from dramatis.detect.appearance import appearance, distance


def picture(top, bottom):
    image = np.zeros((60, 60, 3), np.uint8)
    image[:30], image[30:] = top, bottom
    return image


HEAD = np.array([0, 0, 60, 60])
RED, BLUE, SKIN = (200, 30, 30), (30, 30, 200), (230, 180, 150)


def test_other_hair_is_half_of_the_picture():
    red, blue = (appearance(picture(hair, SKIN), HEAD) for hair in (RED, BLUE))
    assert distance(red[None], red[None])[0, 0] == pytest.approx(0, abs=1e-3)
    # hair is half of the head; its lightness bins may differ or not, its chroma bins always do
    assert 0.5 <= distance(red[None], blue[None])[0, 0] <= np.sqrt(0.5) + 1e-6


def test_hair_and_face_are_told_apart_by_place():
    upright, upside_down = appearance(picture(RED, SKIN), HEAD), appearance(picture(SKIN, RED), HEAD)
    assert distance(upright[None], upside_down[None])[0, 0] > 0.6


def test_the_vector_has_length_one_wherever_the_head_lies():
    for head in ([0, 0, 60, 60], [-30, -30, 20, 20], [100, 100, 130, 130], [-50, -50, -10, -10], [10, 10, 10, 10]):
        vector = appearance(picture(RED, SKIN), np.array(head, float))
        assert vector.shape == (144,) and np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_size_hardly_matters():
    image = np.random.default_rng(1).integers(0, 255, (8, 8, 3)).astype(np.uint8).repeat(16, 0).repeat(16, 1)
    small = image[::2, ::2]
    large, half = appearance(image, np.array([0, 0, 128, 128])), appearance(small, np.array([0, 0, 64, 64]))
    assert distance(large[None], half[None])[0, 0] < 0.05
