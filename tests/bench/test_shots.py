import numpy as np
import pytest
from clips import PARAMS, film, scene, with_mark, write_clip

from dramatis.bench.shot_clips import HEIGHT, WIDTH, Transition
from dramatis.bench.shot_clips import write_clip as write_made
from dramatis.bench.shots import Clip, matched, ours, scdet, scores


def test_worked_example():
    truth = [Transition("cut", 23, 24), Transition("dissolve", 47, 60), Transition("fade", 95, 110)]
    found = [(1.0, "cut"), (2.2, "cut"), (2.3, "dissolve"), (6.0, "cut")]
    counts = matched(Clip("", None, 24.0, truth), found)
    assert (counts["hit cut"], counts["hit dissolve"], counts["hit fade"]) == (1, 1, 0)
    assert (counts["right kind"], counts["false"]) == (2, 2)
    got = scores(counts)
    assert (got["recall"], got["precision"]) == (pytest.approx(2 / 3), 0.5)
    assert got["f1"] == pytest.approx(4 / 7) and got["fade_recall"] == 0 and got["kind"] == 1


def test_nothing_found_where_nothing_is_is_right():
    got = scores(matched(Clip("", None, 24.0, []), []))
    assert got["precision"] == 1 and got["true"] == 0


def test_a_made_clip_has_its_transitions_where_it_says(tmp_path):
    takes = [np.stack([with_mark(scene(n, HEIGHT, WIDTH), 2 * k) for k in range(48)]) for n in range(8)]
    truth = write_made(takes, 1, "test", tmp_path / "made.mp4")
    assert len(truth) == 7 and {one.kind for one in truth} == {"dissolve", "fade"}
    got = scores(matched(Clip("", None, 24.0, truth), ours(tmp_path / "made.mp4", PARAMS)))
    assert got["f1"] >= 0.9 and got["kind"] == 1


def test_the_filter_of_ffmpeg_finds_cuts(tmp_path):
    file = write_clip(tmp_path / "film.mp4", film()[0])
    assert any(time_s == pytest.approx(1, abs=0.05) for time_s, _ in scdet(file))
