"""Scalars as DVC reads them."""

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML, YAMLError

from dramatis.core.errors import ParameterError
from dramatis.state.yaml12 import load


def ours(text, folder):
    file = folder / "a.yaml"
    file.write_text(text)
    return load(file)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2e-06", 2e-06), ("yes", "yes"), ("on", "on"), ("010", 10), ("0o10", 8), ("1:30", "1:30"), ("0x1F", 31),
     ("true", True), ("1_000", 1000), ("~", None), (".inf", math.inf), ("1.", 1.0), ("+1", 1),
     ("2020-01-01", datetime.date(2020, 1, 1))],
)  # fmt: skip
def test_scalars(tmp_path, text, value):
    found = ours(f"a: {text}", tmp_path)["a"]
    assert found == value and type(found) is type(value)


@given(st.text("0123456789.eE+-_xobnainfty~TF", min_size=1, max_size=7))
def test_as_the_reader_of_dvc(tmp_path_factory, scalar):
    text = f"a: {scalar}\n"
    try:
        theirs = YAML(typ="safe").load(text)
    except (YAMLError, ValueError):
        return
    found = ours(text, tmp_path_factory.mktemp("yaml"))
    assert repr(found) == repr(theirs)


def test_a_fault_names_its_line(tmp_path):
    with pytest.raises(ParameterError, match=r"a.yaml:3: this is not valid YAML"):
        ours("a: 1\nb: [\n", tmp_path)
