import csv

import cv2
import numpy as np
import pytest
from clips import pictures, scene, with_mark
from hypothesis import given
from hypothesis import strategies as st

from dramatis.frames.luma import HEIGHT, WIDTH
from dramatis.frames.shots import change, cut_score, is_black, label_shots
from dramatis.frames.video import open_video, read_pictures

A, B, WIDE = (cv2.cvtColor(scene(n, HEIGHT, w), cv2.COLOR_RGB2GRAY) / 255 for n, w in ((1, 80), (2, 80), (3, 400)))
BLACK = np.zeros((HEIGHT, WIDTH))


def starts(thumbs, **params):
    """First frame and transition of each shot."""
    rules = {"cut_threshold": 0.25, "black_level": 0.05, "min_shot_s": 0.4} | params
    shots = dict.fromkeys(shot for shot, _ in label_shots(pictures(thumbs), **rules))
    return [(shot.start_frame, shot.transition) for shot in shots]


def test_hard_cut():
    assert starts([A] * 20 + [B] * 20) == [(0, "start"), (20, "cut")]


def test_every_picture_passes_once_in_order():
    passed = [picture.index for _, picture in label_shots(pictures([A] * 7 + [B] * 2), 0.25, 0.05, 0)]
    assert passed == list(range(9))


def test_pan_is_one_shot():
    assert starts([WIDE[:, x : x + WIDTH] for x in range(0, 320, 8)]) == [(0, "start")]


def test_flash_is_no_cut():
    assert starts([A] * 12 + [np.ones_like(A)] + [A] * 12) == [(0, "start")]


def test_fade_from_and_to_black():
    ramp = np.linspace(0, 1, 12)
    faded = [A * g for g in ramp[::-1]] + [BLACK] * 6 + [B * g for g in ramp]
    assert starts([A] * 12 + faded + [B] * 12) == [(0, "start"), (31, "fade")]  # 12 + 12 + 6, and one at black level


def test_black_that_is_cut_to_belongs_to_what_follows():
    assert starts([A] * 20 + [BLACK] * 4 + [B] * 20) == [(0, "start"), (20, "cut")]


def test_black_film_is_one_shot():
    assert starts([BLACK] * 30) == [(0, "start")]


def test_figure_that_turns_round_is_no_cut():
    other = A.copy()
    other[10:35, 30:42] = 1 - other[10:35, 30:42]
    assert starts([A] * 20 + [other] * 20) == [(0, "start")]


def test_dark_shots_are_cut_too():
    assert starts([A * 0.2] * 20 + [B * 0.2] * 20) == [(0, "start"), (20, "cut")]


def test_shots_have_a_least_length():
    assert starts([A] * 20 + [B] * 6 + [A] * 20) == [(0, "start"), (20, "cut")]
    assert starts([A] * 20 + [B] * 6 + [A] * 20, min_shot_s=0.2) == [(0, "start"), (20, "cut"), (26, "cut")]


@given(st.integers(0, 50), st.integers(0, 50))
def test_change_is_bounded_and_symmetric(a, b):
    x, y = (cv2.cvtColor(scene(n, HEIGHT, WIDTH), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255 for n in (a, b))
    assert change(x, x) == pytest.approx(0, abs=1e-3)
    assert 0 <= change(x, y) <= 2
    assert change(x, y) == pytest.approx(change(y, x))
    assert 0 <= cut_score([x, x], [y, y]) <= 1


def test_black_is_black():
    lit = BLACK.copy()
    lit[:5] = 1
    assert is_black(BLACK, 0.05) and not is_black(lit, 0.05) and not is_black(A * 0.2, 0.05)


def cuts_of(file):
    with open_video(file) as video:
        labelled = label_shots(read_pictures(video, False), 0.25, 0.05, 0.4)
        return list(dict.fromkeys((shot.start_frame, round(shot.start_s, 3), shot.transition) for shot, _ in labelled))


@pytest.mark.parametrize(
    "clip, table",
    [
        ("videos/signers_20shots.mp4", "videos/signers_shots.csv"),
        ("anime/anime_cast.mp4", "anime/anime_shots.csv"),
    ],
)
def test_cuts_of_labelled_clips(media, clip, table):
    with open(media / table, newline="") as rows:
        truth = [float(row["start_s"]) for row in csv.DictReader(rows)]
    assert [start_s for _, start_s, _ in cuts_of(media / clip)] == pytest.approx(truth, abs=0.002)


@pytest.mark.parametrize(
    "clip, truth",  # by eye, frame by frame; a dissolve in Tears of Steel is left in one shot
    [
        ("videos/tears_of_steel_10s.mp4", [0, 21, 65, 185]),
        ("videos/sintel_10s.mp4", [0, 58, 76, 96, 118, 140, 176, 209]),
        ("videos/caminandes_10s.mp4", [0]),
    ],
)
def test_cuts_of_real_films(media, clip, truth):
    assert [start for start, _, _ in cuts_of(media / clip)] == truth


def test_fades_of_a_real_file(media):
    found = cuts_of(media / "broken/psd_fades.mp4")
    assert [transition for _, _, transition in found] == ["start", "fade", "fade"]
    assert [start for start, _, _ in found] == pytest.approx([0, 86, 170], abs=5)


def test_a_mark_that_walks_is_no_cut():
    walk = [cv2.cvtColor(with_mark(scene(1), 6 * n), cv2.COLOR_RGB2GRAY)[::2, ::2] / 255 for n in range(20)]
    assert starts(walk) == [(0, "start")]
