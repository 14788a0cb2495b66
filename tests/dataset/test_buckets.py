from hypothesis import assume, given
from hypothesis import strategies as st

from dramatis.dataset.buckets import bucket_sizes, nearest_bucket

small = st.integers(1, 200)


def test_worked_example():
    sizes = bucket_sizes(512, 64, (256, 1024))
    assert (512, 512) in sizes
    assert (256, 1024) in sizes
    assert (384, 640) in sizes
    assert nearest_bucket(300, 500, sizes) == (384, 640)
    assert nearest_bucket(100, 100, sizes) == (512, 512)


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
    sizes = bucket_sizes(512, 64, (192, 1024))
    assert nearest_bucket(height, width, sizes) == nearest_bucket(width, height, sizes)[::-1]
