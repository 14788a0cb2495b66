import numpy as np
from builders import picture
from hypothesis import given
from hypothesis import strategies as st

from dramatis.crops.scale import limited, moved, reduced


def test_only_what_is_larger_is_scaled():
    assert limited(3840, 2160, 1200) == (2133, 1200)
    assert limited(1200, 1900, 1200) == (1200, 1900)
    assert limited(3840, 2160, None) == (3840, 2160)


def test_a_picture_that_is_small_enough_is_the_same():
    image = picture(1, 80, 60)
    assert reduced(image, 60) is image
    assert reduced(image, 30).shape == (30, 40, 3)


def test_fine_stripes_become_grey_and_no_false_pattern():
    stripes = np.tile(np.array([0, 255], np.uint8)[None, :, None], (90, 60, 3))
    small = reduced(stripes, 60)[5:-5, 5:-5]
    assert np.abs(small.astype(int) - 127).max() <= 16


def test_a_box_follows():
    assert moved([110, 60, 130, 90], (100, 50), 0.5, 40, 40).tolist() == [5, 5, 15, 20]
    assert moved([90, 60, 300, 90], (100, 50), 1.0, 40, 60).tolist() == [0, 10, 40, 40]


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 2000))
def test_the_shorter_side_obeys_and_the_aspect_stays(width, height, limit):
    got = limited(width, height, limit)
    assert min(got) == min(width, height, limit)
    assert abs(got[0] * height - got[1] * width) <= max(width, height)
