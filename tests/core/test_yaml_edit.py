import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.errors import ParameterError
from dramatis.core.yaml_edit import with_value_at, without_key

TEXT = """\
# top
stories:
  lost: {line: "a b", runs: [twins, solo]}   # the first
  # another
  found:
    line: x   # said
    picked: {}   # none yet
    edits:
      - a
      - b
  # end
render: {fps: 24}
"""


@pytest.mark.parametrize(
    ("keys", "value", "line"),
    [
        (("stories", "lost", "line"), "c: d", '  lost: {line: "c: d", runs: [twins, solo]}   # the first'),
        (("stories", "lost", "seed"), 7, "  lost: {line: a b, runs: [twins, solo], seed: 7}   # the first"),
        (("stories", "found", "line"), "why", "    line: why   # said"),
        (("stories", "found", "picked"), {2: 77}, "    picked: {2: 77}   # none yet"),
        (("stories", "found", "picked", 2), 77, "    picked: {2: 77}   # none yet"),
        (("stories", "found", "seed"), 7, "    seed: 7"),
        (("stories", "found", "edits"), [1], "    edits: [1]"),
        (("stories", "found", "edits", 1), "c", "      - c"),
        (("stories", "new", "line"), "z", "  new: {line: z}"),
        (("render", "fps"), 12, "render: {fps: 12}"),
        (("panels",), {"fps": 3}, "panels: {fps: 3}"),
    ],
)
def test_one_value_changes_and_all_else_stays(keys, value, line):
    after = with_value_at(TEXT, keys, value)
    there = yaml.safe_load(after)
    for key in keys:
        there = there[key]
    assert there == value
    assert line in after.splitlines()
    for comment in ("# top", "# the first", "  # another", "# said", "# none yet", "  # end"):
        assert comment in after
    assert len(set(TEXT.splitlines()) - set(after.splitlines())) <= 3


def test_an_empty_file_and_one_in_braces_get_lines():
    assert with_value_at("# votes\n{}\n", ("solo",), {"step": 3}) == "# votes\nsolo: {step: 3}\n"
    assert with_value_at("{a: 1}  # x\n", ("b",), 2) == "# x\na: 1\nb: 2\n"
    assert with_value_at("", ("a", "b"), 1) == "a: {b: 1}\n"
    assert with_value_at("# only\n", ("a",), 1) == "# only\na: 1\n"
    assert with_value_at("a:\nb: 2\n", ("a", "c"), 1) == "a: {c: 1}\nb: 2\n"


def test_a_key_goes_with_its_value():
    assert without_key("# v\na: {x: 1}   # why\nb: 2\n", ("a",)) == "# v\nb: 2\n"
    assert without_key("# v\na: 1\n", ("a",)) == "# v\n{}\n"
    assert (
        without_key(TEXT, ("stories", "lost", "line")).splitlines()[2] == "  lost: {runs: [twins, solo]}   # the first"
    )
    assert without_key(TEXT, ("stories", "found", "edits")) == TEXT.replace("    edits:\n      - a\n      - b\n", "")
    assert without_key(TEXT, ("stories", "gone", "x")) == TEXT


@pytest.mark.parametrize("keys", [("render", "fps", "x"), ("stories", "found", "edits", 5)])
def test_a_place_that_cannot_be_is_one_line(keys):
    with pytest.raises(ParameterError, match="there is no such place in it"):
        with_value_at(TEXT, keys, 1)


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(words, st.one_of(words, st.integers(), st.none(), st.lists(words, max_size=2))), max_size=6))
def test_what_is_written_is_read(pairs):
    text, wanted = "# kept\n", {}
    for key, value in pairs:
        text, wanted[key] = with_value_at(text, (key,), value), value
    assert (yaml.safe_load(text) or {}) == wanted and text.startswith("# kept\n")
    for key in list(wanted):
        text = without_key(text, (key,))
        del wanted[key]
        assert (yaml.safe_load(text) or {}) == wanted and text.startswith("# kept\n")
