import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.outfit.difference import differences, lab
from dramatis.outfit.light import BLACK, gains, logs, relit

FACE = np.array([[40, 30, 20], [120, 90, 70], [200, 150, 120], [230, 200, 190]], float)


def test_shots_in_one_light_have_no_gain():
    np.testing.assert_allclose(gains(np.stack([FACE] * 3)), 0, atol=1e-12)


def test_half_the_light_is_half_the_gain():
    """Of three shots the darker one is the exception."""
    dark = (FACE + BLACK) / 2 - BLACK
    found = gains(np.stack([FACE, FACE, dark]))
    np.testing.assert_allclose(found, [[0] * 3, [0] * 3, [-np.log(2)] * 3], atol=1e-9)


@given(st.floats(0.6, 1), st.floats(0.6, 1), st.floats(0.6, 1))
def test_tinted_light_comes_out_of_the_clothes(red, green, blue):
    tint = np.array([red, green, blue])
    coat = np.array([90.0, 40, 160])
    shots = [FACE, FACE, FACE, (FACE + BLACK) * tint - BLACK]
    gain = gains(np.stack(shots))
    seen = relit(np.stack([coat, (coat + BLACK) * tint - BLACK]), gain[[0, 3]])
    np.testing.assert_allclose(seen[0], seen[1], rtol=1e-6)


def test_a_face_that_is_hardly_lit_says_nothing_of_the_tint():
    dark = np.stack([FACE, FACE, np.minimum(FACE * 0.05, 12) * [1, 0.2, 1]])
    assert np.ptp(gains(dark)[2]) == pytest.approx(0)


def test_spectacles_and_hair_change_little():
    """A few of the quantiles are of something else."""
    other = FACE.copy()
    other[0] = 250
    assert np.abs(gains(np.stack([FACE, FACE, FACE, other]))).max() < 0.2


@given(st.floats(0, 255), st.floats(-1, 1))
def test_relit_undoes_itself(value, gain):
    colour = np.full(3, value)
    again = np.exp(logs(colour) - gain) - BLACK
    np.testing.assert_allclose(np.exp(logs(again) + gain) - BLACK, colour, atol=1e-9)


def test_lab_of_known_colours():
    """White, black, and red by the 1976 formulas under D65."""
    np.testing.assert_allclose(lab([[255, 255, 255], [0, 0, 0]]), [[100, 0, 0], [0, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(lab([255, 0, 0]), [53.2, 80.1, 67.2], atol=0.2)


def test_differences_are_over_bands_that_both_show():
    """Three shots with two bands; the third shows only the lower one, where it is 20 from the first."""
    clothes = np.zeros((3, 2, 1, 3))
    clothes[1, 0, :, 0] = 10
    clothes[2, 1, :, 0] = 20
    clothes[2, 0] = np.nan
    seen = np.array([[1, 1], [1, 1], [0, 0.5]])
    apart = differences(clothes, seen, np.array([1.0, 3.0]), 99)
    assert apart.tolist() == [[0, 2.5, 20], [2.5, 0, 20], [20, 20, 0]]


def test_shots_that_share_no_band_have_the_difference_of_the_unknown():
    clothes = np.zeros((2, 2, 1, 3))
    clothes[0, 1] = clothes[1, 0] = np.nan
    apart = differences(clothes, np.array([[1, 0], [0, 1.0]]), np.ones(2), 30)
    assert apart.tolist() == [[0, 30], [30, 0]]
