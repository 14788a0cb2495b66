"""What section `control` refuses."""

import pytest
from conftest import TOP

from dramatis.control.params import ControlParams
from dramatis.core.errors import ParameterError
from dramatis.core.params import read_yaml, validate

VALUES = read_yaml(TOP / "params.yaml")["control"]


def checked(**changes):
    return validate(VALUES | changes, ControlParams, "params.yaml", "control")


def test_the_default_is_allowed_and_so_are_no_kinds():
    assert checked().kinds and checked(kinds=[]).kinds == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kinds": ["pose", "pose"]}, "control.kinds.*must name each kind once"),
        ({"kinds": ["depth"]}, "control.kinds.0 = 'depth'.*'canny', 'landmarks' or 'pose'"),
        ({"canny": {"low": 50, "high": None, "spread": 0.3}}, "control.canny.*must both be numbers, or both null"),
        ({"canny": {"low": 90, "high": 50, "spread": 0.3}}, "90 is above 50"),
        ({"line_width": 0}, "control.line_width = 0: .*greater than 0"),
        ({"segmentation": "facemesh"}, "control.segmentation"),
        ({"colour": "white"}, "control.colour: unknown key, allowed are kinds, draw, colours"),
    ],
)
def test_a_wrong_value_is_one_clear_line(changes, said):
    with pytest.raises(ParameterError, match=said) as raised:
        checked(**changes)
    assert "\n" not in str(raised.value)
