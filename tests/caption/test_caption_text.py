import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.caption.text import core_tags, escaped, spoken, without_overlaps, written

tags = st.lists(
    st.lists(st.sampled_from(["long", "hair", "ears", "tears", "bow"]), min_size=1).map(" ".join), unique=True
)


def test_whole_words_overlap_and_letters_do_not():
    assert without_overlaps(["hair", "long hair", "ears", "tears", "bow", "elbow gloves"]) == [
        "long hair",
        "ears",
        "tears",
        "bow",
        "elbow gloves",
    ]
    assert without_overlaps(["long hair", "very long hair", "long dark hair"]) == ["very long hair", "long dark hair"]


@given(tags)
def test_what_an_overlap_takes_is_still_said(listed):
    left = without_overlaps(listed)
    assert [tag for tag in listed if tag in left] == left
    assert all(any(set(tag.split()) <= set(other.split()) for other in left) for tag in listed)
    assert without_overlaps(left) == left


def test_core_tags_are_frequent_and_of_looks():
    solo = [["red hair", "forest", "twintails"], ["red hair", "forest"], ["red hair", "blue hair"]]
    assert core_tags(solo, 0.5, ["hair", "twintails"]) == {"red hair"}
    assert core_tags(solo, 0.3, ["hair", "twintails"]) == {"red hair", "blue hair", "twintails"}
    assert core_tags([], 0.5, ["hair"]) == set()


def test_core_tags_are_found_by_whole_words():
    assert core_tags([["tears", "cat ears"]], 0.5, ["ears"]) == {"cat ears"}


@pytest.mark.parametrize(
    "tag, weights, escape, text",
    [
        ("smile", {}, True, "smile"),
        ("smile", {"smile": 1.2}, False, "(smile:1.2)"),
        ("ada (film)", {}, False, "ada (film)"),
        ("ada (film)", {}, True, r"ada \(film\)"),
        ("ada (film)", {"ada (film)": 0.5}, True, r"(ada \(film\):0.5)"),
        (":[", {}, True, r":\["),
        (r"\o/", {}, True, r"\\o/"),
    ],
)
def test_written(tag, weights, escape, text):
    assert written(tag, weights, escape) == text


@given(st.text())
def test_escapes_can_be_taken_back(text):
    letters, back = iter(escaped(text)), ""
    for letter in letters:
        back += next(letters) if letter == "\\" else letter
    assert back == text


def test_spoken():
    assert spoken("winter-coat_2") == "winter coat 2"
