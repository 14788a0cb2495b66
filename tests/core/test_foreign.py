"""What libraries raise, in our words."""

import pytest

from dramatis.core.errors import InputError, MissingError
from dramatis.core.foreign import refused_as


def refusal(said):
    return InputError("weights", f"not whole ({said})", "Fetch them again")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Exception("Error while initializing BPE:\n line 3."), "Error while initializing BPE: line 3"),
        (KeyError("config"), "'config'"),
        (AssertionError(), "AssertionError"),
        (ValueError("a" * 999), "a" * 160),
    ],
)
def test_whatever_it_is_is_quoted_in_short(error, said):
    with pytest.raises(InputError) as raised, refused_as(refusal):
        raise error
    assert str(raised.value) == f"weights: not whole ({said}). Fetch them again"


@pytest.mark.parametrize("error", [MissingError("a", "b", "c"), KeyboardInterrupt(), SystemExit()])
def test_our_own_errors_and_stops_pass(error):
    with pytest.raises(type(error)) as raised, refused_as(refusal):
        raise error
    assert raised.value is error
