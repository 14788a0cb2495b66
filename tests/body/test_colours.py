import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dramatis.body.colours import face_pixels, quantiles

pictures = arrays(np.uint8, st.tuples(st.integers(1, 40), st.just(3)))


def test_worked_example():
    pixels = np.array([[0, 10, 5], [100, 20, 5], [200, 30, 5]], np.uint8)
    assert quantiles(pixels, (0.0, 0.5, 1.0)).tolist() == [[0, 10, 5], [100, 20, 5], [200, 30, 5]]


def test_the_middle_of_a_face():
    image = np.zeros((40, 40, 3), np.uint8)
    image[10:30, 10:30] = 200
    assert (face_pixels(image, (10, 10, 30, 30)) == 200).all()
    assert len(face_pixels(image, (10, 10, 30, 30))) == 17 * 16
    assert len(face_pixels(image, (39, 39, 40, 40))) == 1


@given(pictures)
def test_quantiles_ascend_within_the_colours(pixels):
    found = quantiles(pixels, (0.1, 0.5, 0.9))
    assert (np.diff(found, axis=0) >= 0).all()
    assert (found >= pixels.min(0) - 0.01).all() and (found <= pixels.max(0) + 0.01).all()


@given(pictures.map(lambda pixels: pixels // 2))
def test_twice_the_light_is_twice_the_quantiles(pixels):
    levels = (0.1, 0.5, 0.9)
    np.testing.assert_allclose(quantiles(pixels * 2, levels), 2 * quantiles(pixels, levels), atol=0.02)
