"""Pictures and their bytes."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.errors import InputError
from dramatis.core.images import cut, decode, encode_jpeg, encode_png, read_image, resize
from dramatis.core.seeds import rng

sizes = st.integers(1, 40)


def noise(width: int, height: int) -> np.ndarray:
    return rng(7, width, height).integers(0, 256, (height, width, 3), np.uint8)


def test_red_stays_red():
    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 255
    assert (decode(encode_png(red)) == red).all()
    assert np.abs(decode(encode_jpeg(red)).astype(int) - red).max() <= 3


@given(sizes, sizes)
def test_png_is_lossless_and_always_the_same_bytes(width, height):
    image = noise(width, height)
    assert (decode(encode_png(image)) == image).all()
    assert encode_png(image) == encode_png(image.copy())
    assert encode_jpeg(image) == encode_jpeg(image.copy())


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff"])
def test_bytes_that_are_no_picture_name_their_place(data):
    with pytest.raises(
        InputError, match=rf"^shard\.parquet: e01-000001: {len(data)} bytes that are no readable picture"
    ):
        decode(data, "shard.parquet: e01-000001")


def test_grey_and_transparent_files_become_rgb(tmp_path):
    for name, image in {
        "grey.png": noise(9, 5)[..., 0],
        "clear.png": np.dstack([noise(9, 5), noise(9, 5)[..., :1]]),
    }.items():
        cv2.imwrite(str(tmp_path / name), image)
        assert read_image(tmp_path / name).shape == (5, 9, 3)


def test_cut_repeats_the_border_outside_the_picture():
    image = noise(4, 3)
    assert (cut(image, np.array([1, 0, 3, 2])) == image[0:2, 1:3]).all()
    outside = cut(image, np.array([-2, 0, 2, 3]))
    assert outside.shape == (3, 4, 3) and (outside[:, 0] == image[:, 0]).all()


@given(sizes, sizes, st.integers(-9, 30), st.integers(-9, 30), sizes, sizes)
def test_cut_has_the_size_of_its_box_where_they_meet(width, height, x0, y0, w, h):
    box = np.array([min(x0, width - 1), min(y0, height - 1), min(x0, width - 1) + w + 9, min(y0, height - 1) + h + 9])
    assert cut(noise(width, height), box).shape == (h + 9, w + 9, 3)


@given(sizes, sizes, sizes, sizes)
def test_resize_keeps_a_flat_colour(width, height, new_width, new_height):
    flat = np.full((height, width, 3), (10, 120, 250), np.uint8)
    resized = resize(flat, new_width, new_height)
    assert resized.shape == (new_height, new_width, 3) and (resized == (10, 120, 250)).all()
