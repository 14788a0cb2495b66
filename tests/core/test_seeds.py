"""Seeds depend on the item alone."""

from hypothesis import given
from hypothesis import strategies as st

from dramatis.core import seeds

items = st.lists(st.one_of(st.text(max_size=5), st.integers()), max_size=3)


def test_the_same_on_every_machine():
    assert seeds.derive(7, "e01-000001") == 4662326100347977489
    assert seeds.rng(7, "e01-000001").integers(1000) == seeds.rng(7, "e01-000001").integers(1000)


def test_items_do_not_run_into_each_other():
    assert seeds.derive(7, "ab", "c") != seeds.derive(7, "a", "bc")
    assert len({seeds.derive(seed, n) for seed in range(20) for n in range(50)}) == 1000


@given(st.integers(), items)
def test_fits_a_torch_generator(seed, item):
    assert 0 <= seeds.derive(seed, *item) < 2**63
    assert seeds.derive(seed, *item) == seeds.derive(seed, *item)
