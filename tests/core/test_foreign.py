"""What libraries raise, in our words."""

import errno

import pytest

from dramatis.core.errors import InputError, MissingError
from dramatis.core.foreign import check_whole, read_configuration, refused_as

FULL = "DefaultCPUAllocator: can't allocate memory: you tried"


def refusal(said):
    return InputError("weights", f"not whole ({said})", "Fetch them again")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Exception("Error while initializing BPE:\n line 3."), "Error while initializing BPE: line 3"),
        (KeyError("config"), "'config'"),
        (AssertionError(), "AssertionError"),
        (ValueError("a" * 999), "a" * 240),
    ],
)
def test_whatever_it_is_is_quoted_in_short(error, said):
    with pytest.raises(InputError) as raised, refused_as(refusal):
        raise error
    assert str(raised.value) == f"weights: not whole ({said}). Fetch them again"


def test_a_library_that_is_not_there_is_no_damage():
    with pytest.raises(InputError, match=r"a library: it is missing .*\(No module named 'x'\)"), refused_as(refusal):
        raise ModuleNotFoundError("No module named 'x'")


@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.EMFILE, "Too many open files"), RuntimeError(FULL)])
def test_what_the_machine_lacks_is_no_damage(error):
    with pytest.raises(type(error)), refused_as(refusal):
        raise error


@pytest.mark.parametrize("error", [MissingError("a", "b", "c"), KeyboardInterrupt(), SystemExit()])
def test_our_own_errors_and_stops_pass(error):
    with pytest.raises(type(error)) as raised, refused_as(refusal):
        raise error
    assert raised.value is error


@pytest.mark.parametrize(("text", "said"), [("", "no JSON"), ("[" * 99_999, "no JSON"), ("[1]", "no JSON object")])
def test_a_configuration_that_is_none(tmp_path, text, said):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(InputError, match=f"config.json: .*{said}"):
        read_configuration(tmp_path / "config.json")


def test_tensors_that_no_file_has():
    check_whole([], "model", "Fetch it")
    with pytest.raises(InputError, match="model: no tensor a and 2 more in its files. Fetch it"):
        check_whole({"b", "c", "a"}, "model", "Fetch it")
