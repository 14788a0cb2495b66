from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from clips import flat, scene

from dramatis.frames.bars import Area
from dramatis.frames.picture import sharpness, square, to_rgb, upright
from dramatis.frames.video import open_video, read_pictures

IMAGE = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)  # top row: pixels 0 1 2, second row: 3 4 5


def turned(a, b, c, d):
    one = 1 << 16
    matrix = np.array([a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30], np.int32)
    return (upright(IMAGE, matrix)[..., 0] // 3).tolist()


@pytest.mark.parametrize(
    "matrix, seen",
    [
        ((1, 0, 0, 1), [[0, 1, 2], [3, 4, 5]]),
        ((-1, 0, 0, -1), [[5, 4, 3], [2, 1, 0]]),
        ((0, 1, -1, 0), [[3, 0], [4, 1], [5, 2]]),  # x' = -y, y' = x: a quarter turn to the right
        ((0, -1, 1, 0), [[2, 5], [1, 4], [0, 3]]),
        ((-1, 0, 0, 1), [[2, 1, 0], [5, 4, 3]]),
        ((0, 1, 1, 0), [[0, 3], [1, 4], [2, 5]]),
    ],
)
def test_upright(matrix, seen):
    assert turned(*matrix) == seen


def test_square_stretches_the_side_that_is_too_short():
    image = scene(1, 90, 160)
    assert square(image, Fraction(4, 3)).shape == (90, 213, 3)
    assert square(image, Fraction(1, 2)).shape == (180, 160, 3)
    assert square(image, Fraction(1)) is image and square(image, None) is image


def test_blur_lowers_sharpness_and_one_sharp_place_is_enough():
    image = scene(1, 360, 640)
    blurred = cv2.GaussianBlur(image, (0, 0), 4)
    half = np.hstack([image[:, :320], blurred[:, 320:]])
    assert 2 * sharpness(blurred) < sharpness(half) <= sharpness(image)
    assert sharpness(np.zeros((1, 1, 3), np.uint8)) == 0


def picture_at(file, index):
    with open_video(file) as video:
        picture = next(picture for picture in read_pictures(video, False) if picture.index == index)
        return to_rgb(picture.frame, video.stream.sample_aspect_ratio, str(file))


@pytest.mark.parametrize(
    "clip, shape",
    [
        ("decord_video_0.mov", (320, 568)),
        ("decord_video_90.mov", (568, 320)),
        ("decord_video_180.mov", (320, 568)),
        ("decord_video_270.mov", (568, 320)),
        ("am_sample_rotate_and_reflect.mp4", (1080, 720)),
        ("am_dolbyVision-hdr.MOV", (1280, 720)),
        ("derived/tos_rotated90_displaymatrix.mp4", (360, 640)),
        ("tc_h264_10bits.mp4", (200, 200)),
        ("-video-with-dash-.mp4", (1, 1)),
    ],
)
def test_real_pictures_are_upright(media, clip, shape):
    assert picture_at(media / "broken" / clip, 0).shape == (*shape, 3)


BT601, BT709, LIMITED, FULL = 5, 1, 1, 2


@pytest.mark.parametrize(
    "size, matrix, span, coded",  # the same orange in four codings
    [
        ((64, 64), BT601, LIMITED, (128, 73, 182)),
        ((64, 64), 2, LIMITED, (128, 73, 182)),  # nothing said, small
        ((64, 64), BT709, LIMITED, (123, 78, 179)),
        ((1280, 720), 2, LIMITED, (123, 78, 179)),  # nothing said, large
        ((1280, 534), 2, LIMITED, (123, 78, 179)),  # the same without its bars
        ((720, 1280), 2, LIMITED, (123, 78, 179)),  # and upright
        ((720, 576), 2, LIMITED, (128, 73, 182)),
        ((64, 64), BT601, 0, (128, 73, 182)),  # no word on the range: limited
        ((64, 64), BT709, FULL, (125, 72, 186)),
    ],
)
def test_colours_are_those_that_were_coded(size, matrix, span, coded):
    frame = flat(size, "yuv444p", coded)
    frame.colorspace, frame.color_range = matrix, span
    assert to_rgb(frame, None, "test")[5, 5].tolist() == pytest.approx([216, 108, 20], abs=4)


@pytest.mark.parametrize("layout, span, coded, shown", [
    ("gray", LIMITED, 126, 128), ("gray", FULL, 126, 126), ("gray10le", LIMITED, 502, 128), ("yuv420p", FULL, 126, 126),
])  # fmt: skip
def test_grey_is_read_in_its_own_range(layout, span, coded, shown):
    frame = flat((64, 64), layout, (coded, 128, 128))
    frame.color_range = span
    assert to_rgb(frame, None, "test")[5, 5].tolist() == pytest.approx([shown] * 3, abs=1)


@pytest.mark.parametrize("layout", ["rgb24", "gbrp"])
def test_rgb_needs_no_matrix(layout):
    frame = av.VideoFrame.from_ndarray(scene(1), format="rgb24").reformat(format=layout)
    assert np.array_equal(to_rgb(frame, None, "test"), scene(1))


def test_bars_go_before_pixels_become_square():
    frame = av.VideoFrame.from_ndarray(scene(1, 72, 180), format="rgb24")
    assert to_rgb(frame, Fraction(16, 15), "test").shape == (72, 192, 3)
    assert to_rgb(frame, Fraction(16, 15), "test", area=Area(20, 0, 160, 72, 180, 72)).shape == (72, 149, 3)
