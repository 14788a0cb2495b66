import av
import cv2
import numpy as np
import pytest
from clips import scene
from hypothesis import given
from hypothesis import strategies as st

from dramatis.frames.best import best_of_moments, choose
from dramatis.frames.luma import detail, thumbnail
from dramatis.frames.video import Picture

ALL = np.arange(4)
TIMES = np.arange(4) / 12


def never(_):
    return False


def clip(images, fps=24):
    """Decoded pictures of brightness."""
    frames = [av.VideoFrame.from_ndarray(image, format="gray") for image in images]
    return [Picture(n, n / fps, 1 / fps, False, thumbnail(frame), frame) for n, frame in enumerate(frames)]


def blurred(image, sigma):
    return cv2.GaussianBlur(image, (0, 0), sigma) if sigma else image


GREY = cv2.cvtColor(scene(1, 180, 320), cv2.COLOR_RGB2GRAY)


def test_the_picture_that_lacks_least_is_chosen():
    tiles = np.array([[4, 4], [5, 5], [6, 4.5], [5, 5]], np.float32)  # they lack 2+1, 1+0, 0+0.5, 1+0
    assert choose(tiles, TIMES, ALL, 1, (1, 2)) == [2]
    assert choose(tiles, TIMES, np.array([0, 1]), 1, (1, 2)) == [1]
    assert choose(tiles, TIMES, np.array([], int), 1, (1, 2)) == []


def test_of_equals_the_first_is_chosen():
    assert choose(np.array([[5, 5], [5.2, 5.1], [5, 5], [5, 5]], np.float32), TIMES, ALL, 1, (1, 2)) == [0]


def test_what_is_blurred_in_it_is_taken_a_second_time():
    tiles = np.full((4, 20), 5, np.float32)
    tiles[:, :4] = [[0], [2], [2], [5]]  # a face, sharp in the last
    tiles[:, 4:] = [[5], [5], [5], [1]]  # all else is blurred there
    assert choose(tiles, TIMES, ALL, 0.1, (1, 20)) == [1, 3]
    assert choose(tiles, TIMES, ALL, 0.2, (1, 20)) == [1]  # too near
    tiles[3, :4] = 3
    assert choose(tiles, TIMES, ALL, 0.1, (1, 20)) == [1]  # not worth it


def test_what_only_moved_is_not_taken_again():
    tiles = np.zeros((4, 20), np.float32)
    tiles[[0, 1, 2, 3], [8, 8, 9, 9]] = 9
    assert choose(tiles, TIMES, ALL, 0.1, (1, 20)) == [0]


def test_the_sharp_picture_of_each_moment_is_kept():
    sigmas = [2, 2, 0, 2, 2, 2, 2, 2, 2, 0, 2, 2, 0, 1, 2, 2, 2, 2]
    kept = [p.index for p in best_of_moments(clip([blurred(GREY, s) for s in sigmas]), 4, never)]
    assert kept == [2, 9, 12]


def test_a_sharp_face_in_a_still_picture_is_kept():
    images = []
    for sigma in [3, 3, 3, 3, 0, 3]:
        image = GREY.copy()
        image[60:120, 100:160] = blurred(GREY, sigma)[60:120, 100:160]
        images.append(image)
    assert [p.index for p in best_of_moments(clip(images), 4, never)] == [4]


def test_black_pictures_are_passed_over_unless_there_is_nothing_else():
    shot = clip([GREY] * 12)
    assert [p.index for p in best_of_moments(shot, 4, lambda p: p.index < 4)] == [4, 10]
    assert [p.index for p in best_of_moments(shot, 4, lambda _: True)] == [0]


@given(st.lists(st.sampled_from([0, 0, 1, 2, 4]), min_size=1, max_size=60), st.sampled_from([2, 4, 8]))
def test_pictures_stand_neither_too_near_nor_too_far(sigmas, fps):
    soft = {sigma: blurred(GREY[:90, :160], sigma) for sigma in (0, 1, 2, 4)}
    kept = np.array([p.index for p in best_of_moments(clip([soft[s] for s in sigmas]), fps, never)])
    gaps = np.diff([*kept, len(sigmas)]) / 24 * fps
    assert len(kept) and kept[0] < 24 / fps
    assert (gaps[:-1] >= 0.5 - 1e-6).all() and (gaps <= 2).all()
    assert (gaps[:-1] <= 1.5 + 1e-6).all()


def test_a_long_moment_is_looked_at_in_places(monkeypatch):
    looked = []
    monkeypatch.setattr("dramatis.frames.best.detail", lambda frame: looked.append(frame) or detail(frame))
    images = [np.roll(GREY, 7 * n, axis=1) for n in range(96)]
    assert len(list(best_of_moments(clip(images), 0.25, never))) <= 2 and len(looked) == 16


def test_blur_takes_detail_away_where_it_is():
    image = GREY.copy()
    image[:, :160] = blurred(GREY, 2)[:, :160]
    sharp, half = (detail(av.VideoFrame.from_ndarray(i, format="gray")) for i in (GREY, image))
    assert half[:, :6].sum() < 0.2 * sharp[:, :6].sum()
    assert half[:, 10:] == pytest.approx(sharp[:, 10:])


def test_ten_bits_have_the_detail_of_eight():
    eight = av.VideoFrame.from_ndarray(GREY, format="gray")
    ten = av.VideoFrame.from_ndarray(GREY.astype(np.uint16) << 2, format="gray10le")
    assert detail(ten) == pytest.approx(detail(eight))
