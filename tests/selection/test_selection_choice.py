import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.selection.choice import Traits, difference, line_up, merged

ALL = dict.fromkeys(("identity", "yaw", "light", "outfit", "distance", "shot", "stage"), 1.0)


def traits(**columns):
    """Pictures that differ only in the given columns."""
    count = len(next(iter(columns.values())))
    same = {
        "vectors": np.tile([1.0, 0.0], (count, 1)).astype(np.float32),
        "yaw": np.zeros(count),
        "luma": np.full(count, 0.5),
        "sharpness": np.ones(count),
        **{name: np.zeros(count, int) for name in ("outfit", "shot", "distance", "stage")},
    }
    return Traits(**same | {name: np.asarray(values) for name, values in columns.items()})


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("vectors", np.array([[1, 0], [1, 0], [0.8, 0.6], [0, 1]], np.float32), [0, 0, 0.5, 1]),
        ("yaw", [0, 45, -90, np.nan], [0, 0.5, 1, 0.5]),
        ("luma", [0.2, 0.2, 0.45, 0.9], [0, 0, 0.5, 1]),
        ("outfit", [0, 0, 1, 2], [0, 0, 1, 1]),
        ("shot", [5, 5, 3, 5], [0, 0, 1, 0]),
        ("distance", [0, 0, 1, 2], [0, 0, 0.5, 1]),
        ("stage", [0, 0, 1, 2], [0, 0, 0.5, 1]),
    ],
)
def test_each_trait_counts_up_to_one(column, values, expected):
    got = difference(traits(**{column: values}), 0, threshold=0.2, spread=ALL)
    assert got == pytest.approx(np.array(expected) / 7, abs=1e-6)


def test_weights_decide_what_counts():
    found = traits(outfit=[0, 1, 0], stage=[0, 0, 2])
    assert difference(found, 0, 0.2, {"outfit": 3, "stage": 1}).tolist() == [0, 0.75, 0.25]


def test_worked_example():
    found = traits(yaw=[0, 10, 80, 40], sharpness=[0.9, 1, 0.9, 0.9])
    rows, gains = line_up(found, 4, 0.2, {"yaw": 1})
    assert rows == [1, 2, 3, 0]  # the sharpest, the farthest from it, the one between, the rest
    assert gains == [np.inf, pytest.approx(0.9 * 70 / 90), pytest.approx(0.9 * 30 / 90), pytest.approx(0.9 * 10 / 90)]
    assert line_up(found, 2, 0.2, {"yaw": 1})[0] == [1, 2]


def test_what_may_be_somebody_else_is_no_farther_than_the_threshold():
    vectors = np.array([[1, 0], [0.8, 0.6], [-1, 0]], np.float32)  # differences 0.1 and 1
    assert line_up(traits(vectors=vectors), 3, 0.1, {"identity": 1})[0] == [0, 1, 2]


def test_lines_are_merged_by_gain():
    lines = [(["a1", "a2", "a3"], [np.inf, 0.5, 0.1]), (["b1", "b2"], [np.inf, 0.3]), ([], [])]
    assert merged(lines, 4) == ["a1", "b1", "a2", "b2"]
    assert merged(lines, 9) == ["a1", "b1", "a2", "b2", "a3"]


pictures = st.lists(
    st.tuples(st.integers(-90, 90), st.integers(0, 3), st.integers(0, 2), st.integers(1, 5)), min_size=1, max_size=25
)


def of(rows):
    yaw, outfit, stage, sharpness = (np.array(column) for column in zip(*rows, strict=True))
    return traits(yaw=yaw.astype(float), outfit=outfit, stage=stage, sharpness=sharpness / 5)


@given(pictures, st.integers(1, 30))
def test_fewer_are_the_start_of_more_and_gains_never_rise(rows, most):
    order, gains = line_up(of(rows), len(rows), 0.2, ALL)
    assert sorted(order) == list(range(len(rows)))
    assert all(a >= b for a, b in zip(gains, gains[1:], strict=False))
    assert line_up(of(rows), most, 0.2, ALL) == (order[:most], gains[:most])


@given(st.lists(pictures, min_size=2, max_size=4), st.integers(1, 30))
def test_another_video_only_shortens_what_is_taken_of_the_others(videos, most):
    lines = []
    for n, rows in enumerate(videos):
        order, gains = line_up(of(rows), most, 0.2, ALL)
        lines.append(([f"{n}-{row:02d}" for row in order], gains))
    before, after = set(merged(lines[:-1], most)), set(merged(lines, most))
    assert {key for key in after if not key.startswith(f"{len(videos) - 1}-")} <= before
    assert len(after) == min(most, sum(map(len, videos)))
