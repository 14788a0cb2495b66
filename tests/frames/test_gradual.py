import cv2
import numpy as np
import pytest
from clips import pictures, scene, with_mark
from hypothesis import given, settings
from hypothesis import strategies as st

from dramatis.frames.gradual import Dissolves, Fades, line_between
from dramatis.frames.luma import HEIGHT, WIDTH
from dramatis.frames.shots import is_black

A, B, WIDE = (
    cv2.cvtColor(scene(n, HEIGHT, w), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    for n, w in ((1, WIDTH), (2, WIDTH), (3, 400))
)

GRASS = WIDE + cv2.GaussianBlur(np.random.default_rng(5).normal(0, 0.5, WIDE.shape).astype(np.float32), (0, 0), 1.5)


def mixed(a, b, frames, ease=False):
    shares = np.arange(1, frames + 1) / (frames + 1)
    shares = shares * shares * (3 - 2 * shares) if ease else shares
    return [a * (1 - share) + b * share for share in shares]


def found(thumbs):
    dissolves = Dissolves()
    for picture in pictures(thumbs):
        dissolves.add(picture)
    dissolves.close()
    return dissolves.found


def test_worked_example():
    line = np.array([[0, 9, 0, 9], [0, 9, 0, 9], [3, 6, 0, 9], [6, 3, 0, 9], [9, 0, 0, 9]], np.float32) / 10
    line = np.concatenate([line, line[-1:]])
    line = np.insert(line, 3, (line[2] + line[3]) / 2, axis=0)
    clear, faint = np.eye(4, dtype=np.float32), np.eye(4, dtype=np.float32) / 2
    before, after, _ = line_between(line, [clear, clear, faint, faint, faint, clear, clear])
    assert (before, after) == (1, 5)
    assert line_between(line, [clear] * 7) is None  # the edges stay as they are: something moves
    assert line_between(line[[0, 0, 0, 5, 5, 5]], [clear] * 6) is None  # a cut


@settings(max_examples=20, deadline=None)
@given(st.integers(5, 40), st.integers(0, 7), st.booleans())
def test_dissolves_of_any_length_are_found(frames, still, ease):
    (one,) = found([A] * (20 + still) + mixed(A, B, frames, ease and frames > 9) + [B] * 20)
    slack = 1 + frames * 0.15
    assert one.before == pytest.approx(19 + still, abs=slack)
    assert one.after == pytest.approx(20 + still + frames, abs=slack)
    assert one.before < one.middle < one.after and one.holds(one.middle) and not one.holds(one.before)


def test_two_dissolves_in_one_take():
    first = found([A] * 24 + mixed(A, B, 12) + [B] * 24 + mixed(B, A, 12) + [A] * 24)
    assert [d.middle for d in first] == pytest.approx([30, 66], abs=2)


def test_a_dissolve_at_the_end_of_the_take():
    assert len(found([A] * 24 + mixed(A, B, 12) + [B] * 6)) == 1


@pytest.mark.parametrize(
    "thumbs",
    [
        [A] * 60,
        [A] * 30 + [B] * 30,  # a cut
        [GRASS[:, x : x + WIDTH] for x in range(0, 320, 4)],  # a pan
        [A] * 12 + [A * g for g in np.linspace(1, 0.4, 24)] + [A * 0.4] * 12,  # the light goes down
        [A] * 12 + [np.where(np.arange(WIDTH) < 4 * n, B, A) for n in range(20)] + [B] * 12,  # a wipe
        [cv2.cvtColor(with_mark(scene(1), 3 * n), cv2.COLOR_RGB2GRAY)[::2, ::2] / np.float32(255) for n in range(40)],
        [A] * 20 + mixed(A, np.zeros_like(A), 12) + [np.zeros_like(A)] * 10,  # a fade
        [cv2.GaussianBlur(A, (0, 0), 0.1 + 0.1 * n) for n in range(30)],  # out of focus
    ],
)
def test_what_is_no_dissolve(thumbs):
    assert found(np.asarray(thumbs, np.float32)) == []


def test_what_was_part_of_a_fade_is_forgotten():
    dissolves = Dissolves()
    for picture in pictures([A] * 24 + mixed(A, B, 12) + [B] * 24):
        dissolves.add(picture)
    dissolves.cancel(10)
    assert len(dissolves.found) == 1
    dissolves.cancel(1)
    assert dissolves.found == []


def test_memory_is_that_of_a_few_seconds():
    dissolves = Dissolves()
    for picture in pictures([A] * 400):
        dissolves.add(picture)
    assert len(dissolves.held) <= 62 and dissolves.settled_s == pytest.approx(400 / 24 - 2.5, abs=0.1)


def test_a_fade_has_a_beginning_and_an_end():
    ramp = np.linspace(0, 1, 13)[1:]
    fades = Fades()
    seen = []
    for picture in pictures([A] * 12 + [A * g for g in ramp[-2::-1]] + [A * 0] * 6 + [B * g for g in ramp] + [B] * 12):
        black = is_black(picture.thumb, 0.05)
        if black and not fades.rising:
            seen.append(fades.fall_s * 24)
        fades.add(picture, black)
    assert seen == pytest.approx([12], abs=1)
    assert fades.rise_s * 24 == pytest.approx(40, abs=LATE) and not fades.rising


LATE = 4
"""Frames after which the light is known to rise no more."""
