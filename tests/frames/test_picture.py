from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from clips import scene
from hypothesis import given
from hypothesis import strategies as st

from dramatis.frames.picture import sharpness, square, to_rgb, upright
from dramatis.frames.tone import HLG, PQ, WHITE_NITS, nits_to_pq, pq_to_nits, roll_off, tone_map
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


def test_pq_has_its_published_values():
    assert pq_to_nits(np.array([0.0, 0.5081, 0.5807, 1.0])) == pytest.approx([0, 100, 203, 10000], rel=2e-3, abs=1e-6)


@given(st.floats(0, 10000))
def test_pq_there_and_back(nits):
    assert pq_to_nits(nits_to_pq(np.array(nits))) == pytest.approx(nits, rel=1e-3, abs=1e-3)


def test_roll_off_keeps_shadows_rises_and_never_passes_white():
    nits = np.geomspace(0.01, 10000, 400)
    shown = roll_off(nits)
    assert np.all(np.diff(shown) >= -1e-9) and shown.max() <= WHITE_NITS * 1.001
    assert shown[nits < 40] == pytest.approx(nits[nits < 40], rel=1e-3)


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_greys_stay_grey_and_in_order(transfer):
    ramp = np.repeat(np.linspace(0, 65535, 256).astype(np.uint16)[None, :, None], 3, axis=2)
    shown = tone_map(ramp, transfer)[0].astype(int)
    assert np.abs(shown - shown[:, :1]).max() <= 1
    assert np.all(np.diff(shown[:, 0]) >= 0) and shown[0, 0] == 0 and shown[-1, 0] >= 250


def picture_at(file, index):
    with open_video(file) as video:
        picture = next(picture for picture in read_pictures(video, False) if picture.index == index)
        return to_rgb(picture.frame, video.stream.sample_aspect_ratio, str(file))


@pytest.mark.parametrize("clip", ["tos_hdr10.mp4", "tos_hlg.mp4"])
def test_hdr_looks_like_the_ordinary_version(media, clip):
    shown = picture_at(media / "broken/derived" / clip, 10)
    ordinary = picture_at(media / "broken/derived/tos_rotated90_displaymatrix.mp4", 10)
    assert shown.shape == ordinary.shape
    assert np.abs(shown.mean((0, 1)) - ordinary.mean((0, 1))).max() < 12
    assert shown.std() > 0.8 * ordinary.std()  # washed out, it would be about half


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
        ((64, 64), BT709, FULL, (125, 72, 186)),
    ],
)
def test_colours_are_those_that_were_coded(size, matrix, span, coded):
    frame = av.VideoFrame(*size, "yuv444p")
    for plane, value in zip(frame.planes, coded, strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.colorspace, frame.color_range = matrix, span
    assert to_rgb(frame, None, "test")[5, 5].tolist() == pytest.approx([216, 108, 20], abs=4)
