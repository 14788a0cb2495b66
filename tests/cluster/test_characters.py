"""The clustering as a whole; the names of the first tests are faults of other tools that must not come back."""

import numpy as np
import pytest
from builders import CLUSTER as PARAMS
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist
from sklearn.metrics import adjusted_rand_score

from dramatis.bench.bank import Bank, around, bank, random_unit
from dramatis.cluster.assign import Limits, assign, stands_out
from dramatis.cluster.characters import characters
from dramatis.cluster.linkage import average_linkage, kept, without_outsiders
from dramatis.cluster.tracks import normalised

THRESHOLD = 0.3


def run(data: Bank, used=None, threshold=THRESHOLD, **changes):
    used = np.ones(len(data.who), bool) if used is None else used
    params = PARAMS.model_copy(update=changes)
    return characters(data.vectors, data.tracks, data.frames, data.boxes, used, threshold, params)


def of_people(*people, width=64, spread=0.85, seed=0):
    """A bank with the given numbers of single-face tracks for each person."""
    rng = np.random.default_rng(seed)
    centres = [random_unit(width, rng) for _ in people]
    who = np.repeat(np.arange(len(people)), people)
    vectors = normalised(np.array([around(centres[n], spread, rng) for n in who]))
    return Bank(vectors, [f"t{n:03d}" for n in range(len(who))], [f"f{n:03d}" for n in range(len(who))], who)


METHODS = pytest.mark.parametrize("method", ["average_linkage", "hdbscan"])


@METHODS
@pytest.mark.parametrize("count", [12, 30, 100, 300])
@pytest.mark.parametrize("width", [64, 128, 768])
def test_unrelated_faces_give_no_character(count, width, method):
    assert run(of_people(*[1] * count, width=width), method=method).max() == -1


@pytest.mark.parametrize("count", [12, 100])
def test_unrelated_tracks_give_no_character(count):
    rng = np.random.default_rng(1)
    vectors = np.concatenate(
        [[around(centre, 0.95, rng) for _ in range(6)] for centre in normalised(rng.standard_normal((count, 128)))]
    )
    tracks = [f"t{n // 6:03d}" for n in range(6 * count)]
    data = Bank(normalised(vectors), tracks, [f"f{n}" for n in range(6 * count)], np.arange(6 * count) // 6)
    assert run(data).max() == -1


def test_four_faces_of_one_person_are_enough():
    assert run(of_people(4)).tolist() == [0, 0, 0, 0]


@METHODS
def test_people_of_many_tracks_are_found(method):
    data = of_people(20, 12, 6, spread=0.9)
    assert adjusted_rand_score(data.who, run(data, method=method)) >= 0.9


@METHODS
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_fewer_faces_are_no_error(count, method):
    label = run(of_people(count), method=method)
    assert label.shape == (count,) and (label == -1).all()


def test_the_first_class_merges_like_any_other():
    means = normalised(np.array([[1, 0.02], [1, 0.03], [0.02, 1], [0.03, 1], [-1, -1]]))
    pairs = np.array([[0, 1], [2, 3]])
    assert average_linkage(means, pairs, [set()] * 5, limit=0.2).tolist() == [0, 0, 1, 1, 2]
    assert average_linkage(means[[0, 1]], pairs[:1], [set()] * 2, limit=0.2).tolist() == [0, 0]


def test_linkage_takes_the_nearest_first_and_bars_the_rest():
    means = normalised(np.array([[1, 0.0], [1, 0.02], [1, 0.05]]))
    pairs = np.array([[0, 1], [1, 2], [0, 2]])
    assert average_linkage(means, pairs, [set(), set(), set()], 0.5).tolist() == [0, 0, 0]
    assert average_linkage(means, pairs, [set(), {2}, {1}], 0.5).tolist() == [0, 0, 1]
    assert average_linkage(means, pairs, [{1}, {0}, set()], 0.5).tolist() == [0, 1, 1]


@given(st.integers(2, 40), st.integers(0, 10**6), st.floats(0.05, 0.6))
def test_linkage_agrees_with_scipy_and_obeys_the_frames(count, seed, limit):
    rng = np.random.default_rng(seed)
    means = normalised(rng.standard_normal((count, 3)))
    every = np.stack(np.triu_indices(count, 1), 1)
    label = average_linkage(means, every, [set()] * count, limit)
    assert (
        adjusted_rand_score(
            fcluster(linkage(pdist(means.astype(float), "cosine") / 2, "average"), limit, "distance"), label
        )
        == 1
    )
    apart = [set() for _ in range(count)]
    for a, b in rng.integers(0, count, (count, 2)):
        if a != b:
            apart[a].add(int(b))
            apart[b].add(int(a))
    label = average_linkage(means, every, apart, limit)
    assert all(label[a] != label[b] for a in range(count) for b in apart[a])


def test_outsiders_leave_and_small_classes_do_not_count():
    means = normalised(np.array([[1, 0], [1, 0.1], [1, -0.1], [0, 1], [-1, 0], [-1, 0.1]]))
    label = without_outsiders(np.array([0, 0, 0, 0, 1, 1]), means, limit=0.3)
    assert label.tolist() == [0, 0, 0, -1, 1, 1]
    faces, tracks = np.array([2, 2, 2, 9, 1, 1]), list("abcdee")
    assert kept(label, means, faces, tracks, 0.3, min_tracks=2, min_faces=4).tolist() == [0, 0, 0, -1, -1, -1]
    assert kept(label, means, faces, tracks, 0.3, min_tracks=1, min_faces=1).tolist() == [0, 0, 0, -1, 1, 1]


def test_rejected_faces_take_no_part_but_follow_their_track():
    data = of_people(4)
    used = np.array([True, True, True, False])
    assert run(data, used, min_faces=3).tolist() == [0, 0, 0, 0]  # near the mean of the others
    assert run(data, used).tolist() == [-1] * 4  # three are too few, however alike the fourth is
    tracks = ["a", "a", "b", "b"]
    assert run(Bank(data.vectors, tracks, data.frames, data.who), used, min_faces=3).tolist() == [0, 0, 0, 0]


def test_a_late_face_never_joins_a_character_that_its_frame_shows_already():
    vectors = normalised(np.array([[1, 0], [1, 0.1], [1, 0.2]]))
    label = assign(np.array([0, 0, -1]), vectors, ["a", "b", "c"], ["f", "g", "g"], Limits(0.3, 0.3, 0.3, 0.01, 0.4))
    assert label.tolist() == [0, 0, -1]
    label = assign(np.array([0, 0, -1]), vectors, ["a", "b", "c"], ["f", "g", "h"], Limits(0.3, 0.3, 0.3, 0.01, 0.4))
    assert label.tolist() == [0, 0, 0]


def test_a_hard_track_joins_the_one_it_stands_out_for():
    axes = np.eye(32)  # 30 characters of two faces, all at right angles

    def label_of(cosine, faces, people=30, second=0.08):
        hard = 0.08 * (-1.0) ** np.arange(32)
        hard[:2], hard[31] = (cosine, second), 0
        hard[31] = np.sqrt(1 - hard @ hard)
        vectors = normalised(np.concatenate([axes[:people].repeat(2, 0), [hard] * faces]))
        known = np.arange(people).repeat(2)
        tracks = [f"t{n}" for n in known] + ["hard"] * faces
        label = np.concatenate([known, [-1] * faces])
        limits = Limits(face=0.25, track=0.2, reach=0.36, chance=0.01, split=0.4)
        return assign(label, vectors, tracks, [f"f{n}" for n in range(len(label))], limits)[2 * people :].tolist()

    assert label_of(0.30, 2) == [0, 0]  # a difference of 0.35, where all others have 0.5
    assert label_of(0.30, 1) == [-1]  # a single face says too little
    assert label_of(0.26, 2) == [-1, -1]  # a difference of 0.37 is out of reach
    assert label_of(0.30, 2, people=20) == [-1, -1]  # too few others to know what strangers do
    assert label_of(0.30, 2, second=0.28) == [-1, -1]  # another one is nearly as near
    assert label_of(0.52, 1, people=2, second=0.5) == [0]  # a difference of 0.24, near enough for a face
    assert label_of(0.52, 2, people=2, second=0.5) == [-1, -1]  # but not for a track, whose mean is surer
    assert label_of(0.62, 2, people=2, second=0.5) == [0, 0]


def test_hardly_a_stranger_stands_out():
    rng = np.random.default_rng(3)
    people = normalised(rng.standard_normal((100, 128)))
    strangers = normalised(rng.standard_normal((4_000, 128)))
    assert np.mean([stands_out(people @ each, 0.05) for each in strangers]) < 0.08
    hard = normalised(np.array([around(people[0].astype(float), 0.4, rng) for _ in range(200)]))
    assert np.mean([stands_out(people @ each, 0.05) for each in hard]) > 0.9


@given(st.integers(0, 10**6), st.floats(0.001, 0.4), st.floats(0.5, 2))
def test_who_stands_out_is_ahead_of_all_others(seed, chance, scale):
    cosine = np.random.default_rng(seed).standard_normal(30)
    ahead = np.sort(cosine)[-1] - np.sort(cosine)[-2]
    assert not stands_out(cosine, chance) or ahead > 0
    assert stands_out(cosine, chance) == stands_out(scale * cosine[::-1] + scale, chance)  # of any unit and order


@METHODS
@pytest.mark.parametrize("seed", range(3))
def test_two_tracks_of_one_frame_are_never_one_character(seed, method):
    data = of_people(10, 10, spread=0.9, seed=seed)
    frames = [f"f{n % 4}" for n in range(20)]
    label = run(Bank(data.vectors, data.tracks, frames, data.who), method=method)
    seen = [(frame, one) for frame, one in zip(frames, label, strict=True) if one >= 0]
    assert len(seen) == len(set(seen)) > 0


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shared", [20, 10])
def test_lookalikes_that_share_frames_stay_two(seed, shared):
    rng = np.random.default_rng(seed)
    one = random_unit(64, rng)
    two = around(one, 0.8, rng)  # far more alike than the threshold
    vectors = normalised(np.array([around(centre, 0.95, rng) for _ in range(10) for centre in (one, two)]))
    tracks = [f"t{n:02d}" for n in range(20)]
    frames = [f"f{n // 2}" if n < shared else f"g{n}" for n in range(20)]
    data = Bank(vectors, tracks, frames, np.arange(20) % 2)
    assert adjusted_rand_score(data.who, run(data)) == 1
    alone = Bank(vectors, tracks, [f"f{n}" for n in range(20)], data.who)
    assert set(run(alone)) == {0}  # without the frames nothing tells them apart


@pytest.mark.parametrize(("width", "threshold"), [(128, 0.30), (768, 0.30)])
def test_a_bank_of_200_people(width, threshold):
    data = bank(6_000, 200, width, seed=5, impure=0.02)
    label = run(data, threshold=threshold)
    known = label >= 0
    strangers = data.who >= 100_000
    assert adjusted_rand_score(data.who[known], label[known]) >= 0.99
    assert label[strangers].max() == -1
    assert known[~strangers].mean() >= 0.8
    assert (label == run(data, threshold=threshold)).all()


def test_an_episode_at_the_end_keeps_who_is_together():
    data = bank(3_000, 40, seed=2)
    first = np.array([track[0] == "v" and int(track[2:]) < 250 for track in data.tracks])
    part = Bank(
        data.vectors[first],
        [t for t, keep in zip(data.tracks, first, strict=True) if keep],
        [f for f, keep in zip(data.frames, first, strict=True) if keep],
        data.who[first],
    )
    before, after = run(part), run(data)[first]
    both = (before >= 0) & (after >= 0)
    assert adjusted_rand_score(before[both], after[both]) >= 0.99
