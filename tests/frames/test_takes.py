import cv2
import numpy as np
import pytest
from clips import pictures, scene

from dramatis.frames.gradual import Fades
from dramatis.frames.luma import HEIGHT, WIDTH
from dramatis.frames.sampling import Candidate, black_at
from dramatis.frames.shots import Shot
from dramatis.frames.takes import Take, takes

A, B, C = (cv2.cvtColor(scene(n, HEIGHT, WIDTH), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255 for n in (1, 2, 4))


def mixed(a, b, frames):
    return [a * (1 - share) + b * share for share in np.arange(1, frames + 1) / (frames + 1)]


def taken(thumbs, every=1, first=None, min_shot_s=0.4):
    """The take, and the frames of each of its shots that stay, of every so many."""
    seen = pictures(thumbs)
    shot = first or Shot(5, 0, 0.0, "cut")
    take = Take(shot, seen, Fades(), black_at(0.05), min_shot_s)
    made = (Candidate(p.index, p.time_s, 0, 1.0, 160, 90, p.thumb, b"") for p in take if p.index % every == 0)
    kept: dict[int, list[Candidate]] = {}
    for number, candidate in take.in_shots(made):
        kept.setdefault(number, []).append(candidate)
    return take, kept


def test_a_dissolve_divides_a_take():
    take, kept = taken([A] * 30 + mixed(A, B, 11) + [B] * 30)
    assert [shot.transition for shot in take.shots] == ["cut", "dissolve"]
    after = take.shots[1]
    assert (after.number, after.start_frame) == (6, pytest.approx(35, abs=1))
    assert (after.from_s * 24, after.to_s * 24) == pytest.approx((29, 41), abs=1)
    assert take.last.index == 70
    assert kept.keys() == {5, 6}
    assert [c.index for c in kept[5]] == list(range(30)) and [c.index for c in kept[6]] == list(range(41, 71))


def test_a_take_without_a_dissolve_is_one_shot():
    take, kept = taken([A] * 90)
    assert take.shots == [Shot(5, 0, 0.0, "cut")] and [c.index for c in kept[5]] == list(range(90))


def test_a_shot_between_two_dissolves_that_has_only_mixed_frames_keeps_the_best_of_them():
    take, kept = taken([A] * 30 + mixed(A, B, 23) + [B] * 8 + mixed(B, C, 23) + [C] * 30, every=22)
    assert [shot.transition for shot in take.shots] == ["cut", "dissolve", "dissolve"]
    (only,) = kept[6]
    assert only.flag == "dissolve" and only.index == 66
    assert all(c.flag is None for c in kept[5] + kept[7])


def test_shots_between_dissolves_have_a_least_length():
    take, kept = taken([A] * 30 + mixed(A, B, 11) + [B] * 30, min_shot_s=2)
    assert len(take.shots) == 1 and len(kept[5]) == 60  # mixed frames are left out all the same


def test_a_fade_says_how_long_it_lasts():
    ramp = np.linspace(0, 1, 13)[1:]
    fades, first = Fades(), [A] * 12 + [A * g for g in ramp[-2::-1]] + [A * 0] * 6
    seen = pictures(first + [B * g for g in ramp] + [B] * 12)
    black = black_at(0.05)
    assert len(list(Take(Shot(0, 0, 0.0, "start"), seen[:29], fades, black, 0.4))) == 29
    take = Take(Shot(1, 29, 29 / 24, "fade"), seen[29:], fades, black, 0.4)
    assert len(list(take)) == 24
    assert (take.shots[0].from_s * 24, take.shots[0].to_s * 24) == pytest.approx((12, 40), abs=4)


def test_the_shots_of_all_takes_are_numbered_through():
    """A dissolve divides the first take; the second begins with a cut."""
    shots = []
    for take in takes(pictures([A] * 30 + mixed(A, B, 11) + [B] * 30 + [C] * 30), 0.3, 0.05, 0.4):
        made = (Candidate(p.index, p.time_s, 0, 1.0, 160, 90, p.thumb, b"") for p in take)
        assert sum(1 for _ in take.in_shots(made)) > 0
        shots += take.shots
    assert [(shot.number, shot.transition) for shot in shots] == [(0, "start"), (1, "dissolve"), (2, "cut")]
    assert shots[2].start_frame == 71
