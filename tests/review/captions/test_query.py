"""Search by tags with signs, by text, and by what pictures are."""

import pytest
from gallery_desk import CAPTIONS
from hypothesis import given
from hypothesis import strategies as st

from dramatis.review.captions.query import Query, choices, find, parse

IDS = list(CAPTIONS)


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("", Query()),
        ("scarf", Query(("scarf",))),
        ("+red hair -smile", Query((), ("red hair",), ("smile",))),
        ("Ada  Scarf +Red_Hair, beach -t-shirt", Query(("ada", "scarf", "beach"), ("red hair",), ("t-shirt",))),
        ("t-shirt a+b", Query(("t-shirt", "a+b"))),
        ("+a +b,-c", Query((), ("a", "b"), ("c",))),
        ("+ - ", Query(("+", "-"))),
    ],
)
def test_what_is_typed(said, query):
    assert parse(said) == query


def found(session, said="", **wanted):
    pictures = session.gallery.pictures
    return [pictures[n].id for n in find(pictures, session.captions, session.origins, parse(said), wanted)]


def test_by_tag_and_text(session, hashes):
    assert found(session) == IDS
    assert found(session, "+red hair -smile") == IDS[1:2]
    assert found(session, "+red *") == IDS[:3] and found(session, "+red") == []
    assert found(session, "red") == IDS[:3] and found(session, "RED scarf") == IDS[2:3]
    assert found(session, "+t-shirt") == IDS[3:4] and found(session, "-*ada*") == IDS[2:4]
    assert found(session, "000004") == IDS[4:5] and found(session, hashes[IDS[5]][:9]) == IDS[5:6]
    assert found(session, "+[abc]?") == []


def test_by_what_they_are(session, hashes):
    assert found(session, character="ada") == [*IDS[:2], *IDS[4:]]
    assert found(session, stage="composite") == IDS[5:] and found(session, video="v") == IDS[:5]
    assert found(session, split="validation") == IDS[:1] and found(session, split="left out") == IDS[3:4]
    assert found(session, "+smile", character="bela", split="train") == IDS[6:]
    session.act("x", lambda: {hashes[IDS[2]]: "ada, mine"})
    assert found(session, origin="human") == IDS[2:3] and found(session, "mine", origin="") == IDS[2:3]
    values = choices(session.gallery.pictures, session.origins)
    assert values["origin"] == [("auto", 6), ("human", 1)] and ("ada", 5) in values["character"]
    assert sum(count for _, count in values["stage"]) == len(IDS)


@given(st.text("+-, ab*[?\\", max_size=15))
def test_anything_may_be_typed(said):
    query = parse(said)
    assert all(query.has) and all(query.lacks) and all(query.text)
