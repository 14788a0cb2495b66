"""The benchmark of naming: counts small enough to check by hand, and its bars in a quick form."""

import numpy as np
import pytest

from dramatis.bench import naming as bench
from dramatis.bench.naming import SIGNERS, Tally, Trial, halves, signers_trials, summary, total, tried
from dramatis.bench.naming_scenes import STRANGER, Scene, film_references, film_scene, load_models
from dramatis.bench.projects import TOP
from dramatis.cast.params import CastParams
from dramatis.cast.references import NoFaceError, look
from dramatis.core.images import read_image
from dramatis.core.params import PARAMS, load_params
from dramatis.film.head import Pose
from dramatis.film.run import draw_reference
from dramatis.film.story import CAST

PARAMETERS = load_params("cast", CastParams, TOP / PARAMS)


def on_circle(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


def scene(degrees, who, clusters=None):
    names = [str(n) for n in range(len(who))]
    return Scene(on_circle(*degrees), names, names, clusters or [None] * len(who), who, 0.1)


def test_worked_example():
    """Ada twice right, a stranger near her named wrongly, Bela without reference left alone."""
    faces = scene([0, 10, 20, 90], ["ada", "ada", STRANGER, "bela"])
    found = tried(faces, Trial({"ada": [on_circle(0)[0]]}, np.ones(4, bool)), PARAMETERS)
    assert found == Tally(named=3, right=2, asked=2)
    assert found.precision == pytest.approx(2 / 3) and found.recall == 1
    some = tried(faces, Trial({"ada": [on_circle(0)[0]]}, np.array([True, False, False, True])), PARAMETERS)
    assert some == Tally(1, 1, 1) and total([found, some]) == Tally(4, 3, 3)
    assert Tally(0, 0, 3).precision == 1 and Tally(0, 0, 3).recall == 0


def test_halves():
    assert len(halves("abcdef")) == 20 and {len(half) for half in halves("abcdef")} == {3}
    assert len(halves("abcde")) == 20 and {len(half) for half in halves("abcde")} == {2, 3}


def test_faces_of_the_shots_that_references_come_from_do_not_count():
    shots = [0, 0, 1, 1, 2, 2, 3, 3]
    faces = scene([0, 1, 90, 91, 2, 3, 92, 93], ["a", "a", "b", "b", "a", "a", "b", STRANGER])
    trials = signers_trials(faces, shots, 1, half=False)
    assert [trial.judged.tolist() for trial in trials[:2]] == [[False] * 4 + [True] * 4, [True] * 4 + [False] * 4]
    assert all(list(trial.references) == ["a", "b"] for trial in trials)
    assert np.array_equal(trials[0].references["b"], faces.vectors[2:3])


def test_the_summary_is_of_the_worse_group_and_of_the_worst_scene():
    found = {
        (name, count, half): Tally(100, right, 100)
        for name, right in (("film 1", 100), ("film 2", 98), (SIGNERS, 99))
        for count in (1, 3, 10)
        for half in (False, True)
    }
    figures = summary(found)
    assert figures["naming_precision"] == figures["naming_recall"] == 0.99
    assert figures["naming_least_precision"] == figures["naming_least_recall_half"] == 0.98


def test_the_plot_is_drawn(tmp_path):
    found = {
        (name, count, half): Tally(100, 90 + count, 100)
        for name in ("film 1", "film 2", SIGNERS)
        for count in (1, 3, 10)
        for half in (False, True)
    }
    bench.draw(found, tmp_path / "naming.png")
    assert read_image(tmp_path / "naming.png").shape[1] > 800
    assert bench.table(found).row_count == 9


def test_three_references_name_the_cast_and_no_stranger():
    """A quick form of the bar: pictures in other poses, each a track of its own; strangers are another film's cast."""
    finder, model = load_models(TOP)
    tracks, who, vectors = [], [], []
    references = {}
    for seed, strangers in ((31, False), (32, True)):
        for name in CAST:
            poses = [Pose(yaw, roll) for yaw in (-0.4, -0.2, 0.0, 0.2, 0.4) for roll in (0, 6)]
            for n, pose in enumerate(poses if not strangers else poses[::4]):
                try:
                    vector = look("", "", draw_reference(seed, name, pose), finder, model).vector
                except NoFaceError:
                    continue
                if not strangers and n in (1, 4, 9):
                    references.setdefault(name, []).append(vector)
                else:
                    vectors.append(vector)
                    who.append(STRANGER if strangers else name)
                    tracks.append(f"{seed}-{name}-{n}")
    faces = Scene(np.array(vectors), tracks, tracks, [None] * len(who), who, model.threshold)
    for names in (CAST, CAST[::2]):
        some = {name: references[name] for name in names}
        found = tried(faces, Trial(some, np.ones(len(who), bool)), PARAMETERS)
        assert found.precision >= 0.99 and found.recall >= 0.95, (names, found)


@pytest.mark.slow
def test_a_film_from_nothing(tmp_path):
    from dramatis.bench.projects import film_project

    film_project(tmp_path / "film", 31)
    faces, pool = film_scene(tmp_path / "film" / "data"), film_references(tmp_path / "film")
    assert set(pool) == set(CAST) and {"extra-1", "ada"} <= set(faces.who)
    found = total(tried(faces, trial, PARAMETERS) for trial in bench.film_trials(faces, pool, 3, half=False))
    assert found.precision >= 0.97 and found.recall >= 0.95
