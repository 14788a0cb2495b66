import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.measure.names import Judged, name_figures, named_in, right_order

TRIGGERS = {"ada": "ada", "ada lovelace": "lovelace", "b3la": "bela", "Дора (film)": "dora"}


@pytest.mark.parametrize(
    "caption, named",
    [
        ("ada, 1person, head", ["ada"]),
        ("ada lovelace, ada, forest", ["lovelace", "ada"]),
        ("b3la/ada/COMPOSITE, red hair", ["bela", "ada"]),
        ("b3la with ada and Дора (film)", ["bela", "ada", "dora"]),
        (r"Дора \(film\), b3la", ["dora", "bela"]),
        ("adam, Ada, b3la2", []),
        ("ada, ada", ["ada", "ada"]),
        ("", []),
    ],
)
def test_named_in(caption, named):
    assert named_in(caption, TRIGGERS) == named
    assert named_in(caption, {}) == []


@pytest.mark.parametrize(
    "named, first, there, perhaps, right",
    [
        (["ada"], "ada", ["ada"], ["ada"], True),
        (["bela"], "ada", ["ada"], ["ada"], False),
        (["bela", "ada"], "bela", ["ada", "bela"], ["ada", "bela"], True),
        (["ada", "bela"], "bela", ["ada", "bela"], ["ada", "bela"], False),  # whom the crop shows comes first
        (["bela", "cyrus", "ada"], "bela", ["ada", "bela", "cyrus"], ["ada", "bela", "cyrus"], False),
        (["ada", "bela"], None, ["ada", "bela"], ["ada", "bela"], True),
        (["bela", "ada"], None, ["ada", "bela"], ["ada", "bela"], False),
        (["ada"], None, ["ada", "bela"], ["ada", "bela"], False),
        (["ada"], "ada", ["ada"], ["bela", "ada"], True),  # bela is hidden, and may be named or not
        (["ada", "bela"], "ada", ["ada"], ["bela", "ada"], True),
        (["ada", "ada"], "ada", ["ada"], ["ada"], False),
        (["ada"], None, [], [], False),
    ],
)
def test_right_order_by_hand(named, first, there, perhaps, right):
    assert right_order(Judged(named, first, there, perhaps)) is right


def test_figures_by_hand():
    judged = [
        Judged(["ada"], "ada", ["ada"], ["ada"]),
        Judged(["ada", "bela"], None, ["ada", "bela"], ["ada", "bela"]),
        Judged(["bela", "ada"], None, ["ada", "bela"], ["ada", "bela"]),
        Judged([], None, ["ada"], ["ada"]),
        Judged([], None, [], []),
    ]
    assert name_figures(judged) == {
        "name_order": pytest.approx(2 / 3),
        "captions": 3,
        "name_order_several": 0.5,
        "captions_of_several": 2,
        "unnamed": 1,
    }
    assert name_figures([])["name_order"] == 1.0


people = st.lists(st.sampled_from(["ada", "bela", "cyrus"]), unique=True)


@given(people, st.data())
def test_who_must_be_named_is_who_is_named(there, data):
    first = data.draw(st.sampled_from([None, *there]))
    named = ([first] if first else []) + [name for name in there if name != first]
    assert right_order(Judged(named, first, there, there))
    if len(named) > 1:
        assert not right_order(Judged(named[::-1], first, there, there))
        assert not right_order(Judged(named[:-1], first, there, there))
