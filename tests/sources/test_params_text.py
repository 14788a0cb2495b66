"""Entries in and out of `params.yaml`: only their lines change."""

import difflib

import pytest
import yaml
from conftest import TOP
from hypothesis import given, settings
from hypothesis import strategies as st

from dramatis.sources.params_text import (
    held_out,
    renamed_entry,
    with_entries,
    with_value,
    without_entries,
    without_videos,
)

REAL = (TOP / "params.yaml").read_text()
SHAPES = (
    "videos:   # all\n  # first\n  a:\n    source: x  # X\n\n  # second\n  b: {source: y}   # Y\n# end\nother: 1\n",
    "videos: {a: {source: x}, b: {source: y}}   # all\nother: 1",
    'other: 1\nvideos:\n  "a": {source: x}\n  b: {source: y}',
)


def changed(before, after):
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_a_new_video_is_one_line():
    after = with_entries(REAL, "videos", {"s01": ({"source": "raw/s01.mkv"}, " Pilot\n of “it” ")})
    assert changed(REAL, after) == ["+  s01: {source: raw/s01.mkv}   # Pilot of “it”"]


def test_out_and_in_again():
    entry = {"source": "data/film/sample/e02.mp4"}
    assert with_entries(without_entries(REAL, "videos", ["e02"]), "videos", {"e02": (entry, "")}) == REAL


def test_the_last_one_leaves_an_empty_map():
    after = without_entries(REAL, "videos", ["e01", "e02"])
    assert yaml.safe_load(after)["videos"] == {}
    assert "videos: {}                     # id: source." in after


@pytest.mark.parametrize("text", SHAPES)
def test_shapes(text):
    both = yaml.safe_load(text)["videos"]
    added = with_entries(text, "videos", {"c": ({"source": "z: ,"}, "")})
    assert yaml.safe_load(added) == {"other": 1, "videos": both | {"c": {"source": "z: ,"}}}
    assert yaml.safe_load(without_entries(text, "videos", ["a"])) == {"other": 1, "videos": {"b": both["b"]}}
    assert yaml.safe_load(without_entries(text, "videos", ["a", "b"])) == {"other": 1, "videos": {}}
    assert list(yaml.safe_load(renamed_entry(text, "videos", "a", "q"))["videos"]) == ["q", "b"]
    for comment in ("# all", "# first", "# second", "# end"):
        assert (comment in text) == (comment in without_entries(text, "videos", ["a", "b"]))
    assert without_entries(text, "videos", ["nobody"]) == text
    assert renamed_entry(text, "videos", "nobody", "x") == text


@pytest.mark.parametrize(
    "text", ("other: 1\n", "videos:\nother: 1\n", "videos: {}  # none\nother: 1\n", "other: 1\nvideos: {}")
)
def test_the_first_one(text):
    after = with_entries(text, "videos", {"a": ({"source": "x"}, "")})
    assert yaml.safe_load(after) == {"other": 1, "videos": {"a": {"source": "x"}}}
    assert ("# none" in text) == ("# none" in after)


@pytest.mark.parametrize("held", ("[a, b]  # c", "[a,\n    b]  # c", "\n    - a\n    - b", "\n  - a\n  - b"))
def test_held_out_videos(held):
    text = f"selection:\n  seed: 7\n  validation_videos: {held}\n  more: 1\nvideos:\n  a: {{source: x}}\n"
    after = yaml.safe_load(held_out(text, {"a": "q", "b": "b"}.get))
    assert after["selection"] == {"seed": 7, "validation_videos": ["q", "b"], "more": 1}
    assert yaml.safe_load(without_videos(text, ["a"]))["selection"]["validation_videos"] == ["b"]


def test_a_value_keeps_its_comment():
    after = with_value(REAL, ("film", "titles"), [])
    assert changed(REAL, after)[1] == "+  titles: []          # [] if all videos are your own"
    assert with_value(REAL, ("film", "nothing"), 1) == REAL


keys = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)


@settings(max_examples=25)
@given(
    st.dictionaries(keys, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=9), min_size=1, max_size=3)
)
def test_any_entries_come_and_go(sources):
    sources = {f"v-{key}": value for key, value in sources.items()}
    after = with_entries(SHAPES[0], "videos", {key: ({"source": value}, value) for key, value in sources.items()})
    videos = yaml.safe_load(after)["videos"]
    assert {key: videos[key]["source"] for key in sources} == sources
    assert without_entries(after, "videos", list(sources)) == SHAPES[0]
