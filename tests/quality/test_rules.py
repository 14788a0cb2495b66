from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dramatis.core.params import load_params
from dramatis.quality.params import QualityParams
from dramatis.quality.rules import bounds_of, broken, first_broken, own_limit

PARAMS = QualityParams(
    weights=Path("models/pocket/blur"),
    min_size_px=20,
    max_blur=0.05,
    min_luma=0.1,
    max_luma=0.9,
    min_contrast=0.05,
    max_clipped=0.5,
    max_truncation=0.4,
    max_occlusion=0.5,
    max_yaw=60,
    max_pitch=30,
    max_roll=45,
    deviations=3,
    best_per_track=2,
)
GOOD = {
    "size_px": 20,
    "blur": 0.05,
    "luma": 0.1,
    "contrast": 0.05,
    "clipped": 0.5,
    "truncation": 0.4,
    "occlusion": 0.5,
    "yaw": -60.0,
    "pitch": 30.0,
    "roll": -45.0,
}
BOUNDS = bounds_of([GOOD], PARAMS)


def test_bounds_themselves_are_kept():
    assert first_broken(GOOD, BOUNDS) is None
    assert first_broken({**GOOD, "yaw": None}, BOUNDS) is None


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("size_px", 19),
        ("blur", 0.051),
        ("luma", 0.09),
        ("luma", 0.91),
        ("contrast", 0.04),
        ("clipped", 0.51),
        ("truncation", 0.41),
        ("occlusion", 0.51),
        ("yaw", 60.1),
        ("yaw", -60.1),
        ("pitch", -30.1),
        ("roll", 45.1),
    ],
)
def test_one_broken_rule_is_named(measure, value):
    assert first_broken({**GOOD, measure: value}, BOUNDS) == measure


def test_the_first_of_several_is_named():
    bad = {**GOOD, "yaw": 61, "luma": 0, "occlusion": 1}
    assert first_broken(bad, BOUNDS) == "luma" and broken(bad, BOUNDS) == ["luma", "occlusion", "yaw"]


def test_an_own_limit_by_hand():
    values = np.exp([0.0, 1, 2, 3, 4])  # of the logarithms the median is 2, the median distance from it 1
    assert own_limit(values, 0, 1e9, 2) == pytest.approx(np.exp(2 + 2 * 1.4826))
    assert own_limit(values, 0, 1e9, -1) == pytest.approx(np.exp(2 - 1.4826))
    assert own_limit(values, 0, 5, 2) == 5 and own_limit(values, 500, 1000, 2) == 500
    assert own_limit(np.array([]), 0.1, 0.2, 2) == 0.2 and own_limit(np.array([]), 0.1, 0.2, -2) == 0.1


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0, 1), st.floats(0, 1), st.floats(-9, 9))
def test_an_own_limit_lies_within_the_range(values, a, b, deviations):
    least, most = sorted((a, b))
    assert least <= own_limit(np.array(values), least, most, deviations) <= most


def test_a_few_blurred_faces_among_sharp_ones_are_outliers_and_a_soft_film_is_not_flagged_as_a_whole():
    ranged = PARAMS.model_copy(update={"max_blur": (0.03, 0.08)})
    rng = np.random.default_rng(0)
    for middle, limit in ((0.01, 0.03), (0.03, 0.055)):
        faces = [{**GOOD, "blur": middle * np.exp(rng.normal(0, 0.2))} for _ in range(200)]
        blurred = [{**GOOD, "blur": 0.1}] * 20
        bounds = bounds_of(faces + blurred, ranged)
        assert bounds["blur"][1] == pytest.approx(limit, rel=0.15)
        assert all(first_broken(face, bounds) == "blur" for face in blurred)
        assert np.mean([first_broken(face, bounds) is None for face in faces]) > 0.97


def test_one_number_is_a_fixed_limit_and_two_are_a_range():
    assert PARAMS.max_blur == (0.05, 0.05)
    for wrong in ((0.2, 0.1), (0.1, 0.2, 0.3), (0.5, 1.5), "much"):
        with pytest.raises(ValidationError):
            QualityParams(**{**PARAMS.model_dump(), "max_blur": wrong})


def test_bounds_that_no_face_can_meet_are_refused():
    with pytest.raises(ValidationError, match="no face would be kept"):
        QualityParams(**{**PARAMS.model_dump(), "min_luma": 0.95})


def test_the_committed_parameters_are_valid():
    load_params("quality", QualityParams)
