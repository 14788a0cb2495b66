"""Ids and file names out of titles of any kind."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dramatis.core.params import Key, validate
from dramatis.sources.naming import LONGEST, id_of, natural, stem_and_suffix


@pytest.mark.parametrize(
    ("name", "key"),
    (
        ("Show.Name.S01E02.1080p", "show-name-s01e02-1080p"),
        ("-pilot %d: a\nb", "pilot-d-a-b"),
        ("Zoë & Łukasz, ß", "zoe-lukasz-ss"),
        ("Привет, мир", "privet-mir"),
        ("Ёлка", "elka"),
        ("Ελλάδα 2", "ellada-2"),
        ("ガンダム 03", "gandamu-03"),
        ("강남", "gangnam"),
        ("第1話", "v1"),
        ("2001", "v2001"),
        ("1e3", "v1e3"),
        ("No", "vno"),
        ("千と千尋", "to"),
        ("千", "video"),
        ("../../etc/passwd", "etc-passwd"),
        ("@{}$", "video"),
        ("", "video"),
        ("x" * 300, "x" * LONGEST),
    ),
)
def test_examples(name, key):
    assert id_of(name, ()) == key


def test_a_taken_id_gets_a_number():
    assert id_of("Pilot", {"pilot", "pilot-2"}) == "pilot-3"


@given(
    st.text(max_size=20) | st.from_regex(r"[0-9xe_-]{1,6}", fullmatch=True),
    st.sets(st.sampled_from(["video", "a", "1"])),
)
def test_every_name_gives_a_free_id(name, taken):
    key = id_of(name, taken)
    assert key not in taken and validate(key, Key, "test") == key
    assert yaml.safe_load(key) == YAML(typ="safe").load(key) == key


@given(st.text(max_size=40))
def test_endings_are_plain(name):
    stem, suffix = stem_and_suffix(name)
    assert suffix == "" or re.fullmatch(r"\.[a-z0-9]{1,8}", suffix)
    assert "/" not in stem


def test_people_count():
    assert sorted(["e10", "e9", "E1", "f", "1"], key=natural) == ["1", "E1", "e9", "e10", "f"]
