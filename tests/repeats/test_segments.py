import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.repeats.segments import Film, Part, Rules, common_parts, kind_of, on_grid

RULES = Rules(max_distance=8, min_s=5, min_share=0.8, min_pictures=3)


def random_hashes(seed, count, each=2):
    """Hashes of shots of `each` quarters of a second."""
    drawn = np.random.default_rng(seed).integers(0, 2**63, -(-count // each)).astype(np.uint64)
    return np.repeat(drawn, each)[:count]


def film(hashes):
    return Film(hashes, np.ones(len(hashes), bool))


def noisy(hashes, bits, seed=0):
    """The same with so many bits of each turned."""
    rng = np.random.default_rng(seed)
    turned = [sum(1 << int(bit) for bit in rng.choice(63, bits, replace=False)) for _ in hashes]
    return hashes ^ np.array(turned, np.uint64)


def test_fingerprints_lie_on_quarters_of_a_second():
    found = on_grid(np.array([0.0, 0.26, 1.0]), np.array([5, 6, 7], np.uint64), np.array([0.2, 0.2, 0.0], np.float32))
    assert found.hashes.tolist() == [5, 6, 0, 0, 7] and found.told.tolist() == [True, True, False, False, False]


def test_a_common_opening_at_another_place():
    opening = random_hashes(1, 40)
    a = film(np.concatenate([opening, random_hashes(2, 100)]))
    b = film(np.concatenate([random_hashes(3, 12), noisy(opening, 6), random_hashes(4, 120)]))
    (part,) = common_parts(a, b, RULES)
    assert part[:3] == (0, 12, 40) and part.share == 1


def test_two_parts_and_their_kinds():
    opening, ending = random_hashes(1, 40), random_hashes(5, 30)
    a = film(np.concatenate([opening, random_hashes(2, 200), ending]))
    b = film(np.concatenate([random_hashes(3, 20), opening, random_hashes(4, 150), ending]))
    parts = common_parts(a, b, RULES)
    assert [part[:3] for part in parts] == [(0, 20, 40), (240, 210, 30)]
    assert [kind_of(part, len(a.hashes), len(b.hashes)) for part in parts] == ["opening", "ending"]
    assert kind_of(Part(100, 100, 40, 1.0), 270, 240) == "other"


def test_a_place_that_is_looked_at_for_long_is_no_opening():
    still = np.full(60, 12345, np.uint64)
    assert common_parts(film(still), film(still), RULES) == []


def test_short_and_unlike_parts_are_none():
    a, short = random_hashes(2, 100), random_hashes(1, 16)
    assert (
        common_parts(film(np.concatenate([short, a])), film(np.concatenate([short, random_hashes(3, 99)])), RULES) == []
    )
    assert common_parts(film(a), film(noisy(a, 12)), RULES) == []
    assert common_parts(film(a[:0]), film(a), RULES) == []


def test_flat_pictures_say_nothing():
    part = random_hashes(1, 40)
    dark = Film(part, np.arange(40) % 4 == 0)
    (found,) = common_parts(dark, dark, RULES)
    assert found.share == 1
    assert common_parts(Film(part, np.zeros(40, bool)), film(part), RULES) == []


@given(st.integers(0, 40), st.integers(0, 40), st.integers(24, 60), st.integers(0, 5))
def test_a_part_is_found_wherever_it_is_and_in_either_order(before, other, length, bits):
    part = random_hashes(1, length)
    a = film(np.concatenate([random_hashes(2, before), part, random_hashes(3, 50)]))
    b = film(np.concatenate([random_hashes(4, other), noisy(part, bits), random_hashes(5, 50)]))
    (found,) = common_parts(a, b, RULES)
    assert abs(found.start - before) <= 1 and abs(found.other - other) <= 1 and abs(found.length - length) <= 2
    (back,) = common_parts(b, a, RULES)
    assert (back.other, back.start, back.length) == (found.start, found.other, found.length)
