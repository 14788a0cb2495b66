"""Changes: there and back, and what others did meanwhile."""

from conftest import TOP
from hypothesis import given
from hypothesis import strategies as st

from dramatis.cast import edit
from dramatis.review.changes import Change, change, compare, conflicts, fill, flatten, inverse, write_changes

moments = st.integers(0, 9).map(lambda n: f"v@{n}.000:0.5,0.5")
keys = (
    st.tuples(st.just("pins"), moments, st.sampled_from(["ada", "bela"]))
    | st.tuples(st.just("reject"), moments.map(lambda key: key.replace("v@", "w@")), st.just(True))
    | st.tuples(st.just("merge"), st.sampled_from(["a1", "a2"]), st.sampled_from(["ada", "bela"]))
    | st.tuples(st.just("characters"), st.sampled_from(["ada", "bela"]), st.sampled_from([{}, {"display": "A B"}]))
)
flats = st.lists(keys, max_size=8).map(lambda rows: {(section, key): value for section, key, value in rows})


def test_worked_example():
    before, after = {("pins", "k"): "ada", ("merge", "a"): "b"}, {("pins", "k"): "bela"}
    changes = compare(before, after)
    assert changes == [Change("merge", "a", "b", None), Change("pins", "k", "ada", "bela")]
    assert change(before, changes) == after and change(after, inverse(changes)) == before
    assert conflicts({("pins", "k"): "cyrus"}, inverse(changes)) == [Change("pins", "k", "bela", "ada")]


@given(flats, flats)
def test_the_text_follows_and_leads_back(before, after):
    empty = (TOP / "cast.yaml").read_text()
    text = write_changes(empty, compare({}, before))
    assert flatten(edit.decided(text)) == before
    changed = write_changes(text, compare(before, after))
    assert flatten(edit.decided(changed)) == after and flatten(fill(after, edit.decided(changed))) == after
    assert write_changes(changed, inverse(compare(before, after))) == text
    assert not conflicts(before, compare(before, after))
