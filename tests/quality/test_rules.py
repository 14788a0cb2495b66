import pytest
from pydantic import ValidationError

from dramatis.core.params import load_params
from dramatis.quality.params import QualityParams
from dramatis.quality.rules import first_broken

PARAMS = QualityParams(
    min_size_px=20,
    min_sharpness=0.3,
    min_luma=0.1,
    max_luma=0.9,
    min_contrast=0.05,
    max_clipped=0.5,
    max_truncation=0.4,
    max_occlusion=0.5,
    max_yaw=0.8,
)
GOOD = {
    "size_px": 20,
    "sharpness": 0.3,
    "luma": 0.1,
    "contrast": 0.05,
    "clipped": 0.5,
    "truncation": 0.4,
    "occlusion": 0.5,
    "yaw": -0.8,
}


def test_bounds_themselves_are_kept():
    assert first_broken(GOOD, PARAMS) is None
    assert first_broken({**GOOD, "yaw": None}, PARAMS) is None


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("size_px", 19),
        ("sharpness", 0.29),
        ("luma", 0.09),
        ("luma", 0.91),
        ("contrast", 0.04),
        ("clipped", 0.51),
        ("truncation", 0.41),
        ("occlusion", 0.51),
        ("yaw", 0.81),
        ("yaw", -0.81),
    ],
)
def test_one_broken_rule_is_named(measure, value):
    assert first_broken({**GOOD, measure: value}, PARAMS) == measure


def test_the_first_of_several_is_named():
    assert first_broken({**GOOD, "yaw": 1, "luma": 0, "occlusion": 1}, PARAMS) == "luma"


def test_bounds_that_no_face_can_meet_are_refused():
    with pytest.raises(ValidationError, match="no face would be kept"):
        QualityParams(**{**PARAMS.model_dump(), "min_luma": 0.95})


def test_the_committed_parameters_are_valid():
    load_params("quality", QualityParams)
