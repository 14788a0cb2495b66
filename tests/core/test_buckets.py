import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dramatis.core.buckets import (
    bucket_name,
    bucket_of,
    bucket_sizes,
    cut_of,
    cut_share,
    fit,
    holds,
    nearest_bucket,
    placed,
)

small = st.integers(1, 200)
SIZES = bucket_sizes(512, 64, (192, 1024))
pictures = st.tuples(st.integers(20, 900), st.integers(20, 900))


@st.composite
def faces(draw):
    """A picture and a box in it."""
    width, height = draw(pictures)
    x0, y0 = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return (width, height), [x0, y0, draw(st.integers(x0 + 1, width)), draw(st.integers(y0 + 1, height))]


def test_worked_example():
    sizes = bucket_sizes(512, 64, (256, 1024))
    assert (512, 512) in sizes
    assert (256, 1024) in sizes
    assert (384, 640) in sizes
    assert nearest_bucket((300, 500), sizes) == (384, 640)
    assert nearest_bucket((100, 100), sizes) == (512, 512)
    assert bucket_of(bucket_name((384, 640))) == (384, 640)


def test_a_cut_is_in_the_middle_and_moves_to_hold_the_face():
    assert cut_of((100, 200), (50, 50)) == (50, 100, 0, 25)
    assert cut_of((100, 200), (50, 50), [0, 60, 100, 90]) == (50, 100, 0, 25)  # it lies in the middle anyway
    assert cut_of((100, 200), (50, 50), [0, 10, 100, 60]) == (50, 100, 0, 5)
    assert cut_of((100, 200), (50, 50), [0, 120, 100, 180]) == (50, 100, 0, 40)
    assert cut_of((100, 200), (50, 50), [0, -20, 100, 40]) == (50, 100, 0, 0)  # no further than the picture
    assert cut_of((100, 200), (50, 50), [0, 0, 100, 160]) == (50, 100, 0, 15)  # too long: middle on middle
    assert cut_share((100, 200), (50, 50)) == 0.5 and cut_share((100, 100), (50, 50)) == 0


def test_a_bucket_that_cannot_hold_the_face_is_not_taken_as_long_as_another_can():
    tall = (100, 150)
    assert nearest_bucket(tall, [(64, 64), (32, 128)]) == (64, 64)
    assert not holds(tall, (64, 64), [0, 0, 100, 140])
    assert nearest_bucket(tall, [(64, 64), (32, 128)], [35, 0, 65, 140]) == (32, 128)
    assert nearest_bucket(tall, [(64, 64)], [35, 0, 65, 140]) == (64, 64)


def test_one_size_and_none():
    assert bucket_sizes(64, 64, (64, 64)) == [(64, 64)]
    assert bucket_sizes(64, 64, (128, 256)) == []


@given(small, small, small, small)
def test_sizes_obey(resolution, step, a, b):
    low, high = sorted((a, b))
    for width, height in bucket_sizes(resolution, step, (low, high)):
        assert width * height <= resolution**2
        assert low <= min(width, height)
        assert max(width, height) <= high
        assert width % step == height % step == 0


@given(small, small)
def test_a_turned_picture_has_the_turned_bucket(width, height):
    assume(width != height)
    assert nearest_bucket((height, width), SIZES) == nearest_bucket((width, height), SIZES)[::-1]


@given(faces())
def test_the_face_is_always_inside_when_some_bucket_can_hold_it(drawn):
    size, face = drawn
    bucket = nearest_bucket(size, SIZES, face)
    inside = holds(size, bucket, face)
    assert inside == any(holds(size, other, face) for other in SIZES)
    x0, y0, x1, y1 = placed(face, size, bucket, face)
    if inside:
        assert min(x0, y0) > -1 and x1 < bucket[0] + 1 and y1 < bucket[1] + 1
    assert 0 <= cut_share(size, bucket) < 1


@given(pictures, st.sampled_from(SIZES))
def test_a_cut_lies_in_the_picture_and_wastes_nothing_across(size, bucket):
    wide, high, left, top = cut_of(size, bucket)
    assert 0 <= left <= wide - bucket[0] and 0 <= top <= high - bucket[1]
    assert wide == bucket[0] or high == bucket[1]


@given(st.integers(20, 90), st.integers(20, 90), st.sampled_from([(64, 64), (48, 96), (96, 48)]), st.floats(0.1, 0.9))
def test_a_box_goes_where_its_pixels_go(width, height, bucket, along):
    """A white square somewhere in a picture, after the same scaling and cutting as the picture."""
    image = np.zeros((height, width, 3), np.uint8)
    x, y = (min(max(round(along * side), 6), side - 6) for side in (width, height))
    image[y - 5 : y + 5, x - 5 : x + 5] = 255
    face = [x - 5, y - 5, x + 5, y + 5]
    found = fit(image, bucket, face)
    assert found.shape == (bucket[1], bucket[0], 3)
    seen = found[..., 0] > 127
    x0, y0, x1, y1 = placed(face, (width, height), bucket, face)
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    shown = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    assert shown == pytest.approx([max(x0, 0), max(y0, 0), min(x1, bucket[0]), min(y1, bucket[1])], abs=2)
