"""Captions as tags: examples by hand, and what holds of any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.review.captions.tags import (
    Count,
    adding,
    counted,
    folded,
    folded_tags,
    have_all,
    removing,
    replacing_tag,
    replacing_text,
    tags_of,
    tidy,
)

words = st.text("ab AB_\\()é🙂,", max_size=12)
tag = words.filter(folded_tags)


def test_tags_of_a_caption():
    assert tags_of("ada, 1girl ,, red  hair,") == ["ada", "1girl", "red hair"]
    assert folded(r"Red_Hair") == folded("red  hair") == "red hair" and folded(r"ada \(pilot\)") == "ada (pilot)"


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (adding("smile"), "ada, head", "ada, head, smile"),
        (adding("Red_Hair"), "ada, red hair", "ada, red hair"),
        (adding("smile, red hair"), "ada, red hair", "ada, red hair, smile"),
        (adding("smile"), "ada stands here.", "ada stands here., smile"),
        (removing("red hair"), "ada, Red_hair, dark red hair, smile", "ada, dark red hair, smile"),
        (removing("hair"), "ada, red hair", "ada, red hair"),
        (removing("ada"), "ada", ""),
        (replacing_tag("red hair", "auburn hair"), "ada, red hair, smile", "ada, auburn hair, smile"),
        (replacing_tag("red hair", "smile"), "ada, red hair, smile", "ada, smile"),
        (replacing_tag("smile", "grin, teeth"), "ada, smile, red hair", "ada, grin, teeth, red hair"),
        (replacing_tag("red hair", ""), "ada, red hair, smile", "ada, smile"),
        (replacing_tag("hair", "wig"), "ada, red hair", "ada, red hair"),
        (replacing_text("hair", "wig"), "ada, red hair, Hair", "ada, red wig, Hair"),
        (replacing_text("hair", "wig", match_case=False), "ada, red hair, Hair", "ada, red wig, wig"),
        (replacing_text("red hair", ""), "ada, red hair, smile", "ada, smile"),
        (replacing_text("a.b", r"\1"), "a.b axb", r"\1 axb"),
        (replacing_text("", "x"), "ada", "ada"),
    ],
)
def test_worked_examples(change, before, after):
    assert change(before) == after and change(after) == after


def test_the_most_used_tags_in_the_way_that_is_written_most():
    assert counted(["ada, Smile", "ada, smile", "bela, smile, smile", "ada"]) == [
        Count("ada", 3), Count("smile", 3), Count("bela", 1),
    ]  # fmt: skip
    assert have_all("smile", ["a, smile", "Smile"]) and not have_all("smile", ["a"])


def test_tidy():
    assert tidy("  ada ,smile\n red ") == "ada ,smile red" and tidy(", ada,, b ,") == "ada, b"
    assert tidy("She said: yes, no.") == "She said: yes, no."


@given(words, tag)
def test_adding_and_removing(caption, tag):
    added = adding(tag)(caption)
    assert folded_tags(added) == folded_tags(caption) | folded_tags(tag)
    assert folded_tags(removing(tag)(added)) == folded_tags(caption) - folded_tags(tag)


@given(words, tag.filter(lambda tag: "," not in tag), words)
def test_a_tag_is_replaced_by_another(caption, old, new):
    after = folded_tags(replacing_tag(old, new)(caption))
    if folded(old) in folded_tags(caption):
        assert after == folded_tags(caption) - {folded(old)} | folded_tags(new)
    else:
        assert after == folded_tags(caption)
