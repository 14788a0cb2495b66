import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.selection.near import BLOCK, Limits, Looks, echoes, repeats

E1, E2 = [1.0, 0.0], [0.0, 1.0]
LIMITS = Limits(distance=1, same_distance=3, difference=0.01)
CLOSE = [np.cos(0.1), np.sin(0.1)]  # (1 - cosine) / 2 of about 0.0025


def looks(*rows):
    hashes, vectors, names = zip(*rows, strict=True) if rows else ((), np.zeros((0, 2)), ())
    return Looks(np.array(hashes, np.uint64), np.array(vectors, np.float32).reshape(-1, 2), names)


def found(training, held, **limits):
    return repeats(looks(*training), looks(*held), LIMITS._replace(**limits))


def test_worked_example():
    held = [(0b0, E1, "ada"), (0xFF00, E2, "bela"), (0xFF0000, [0, 0], "")]
    training = [
        (0b1, E2, "bela"),  # the pictures are alike, whoever is named
        (0b111, CLOSE, "ada"),  # less alike, but the same person looks the same way
        (0b111, E2, "ada"),  # …or another way
        (0b111, CLOSE, "bela"),  # …or it is another person
        (0b1111, E1, "ada"),  # an equal vector is no proof
        (0xFF0001, [0, 0], ""),  # a scene
        (0xFF0111, [0, 0], ""),
    ]
    assert found(training, held).tolist() == [True, True, False, False, False, True, False]


def test_nothing_is_near_nothing():
    assert found([(0, E1, "ada")], []).tolist() == [False]
    assert found([], [(0, E1, "ada")]).tolist() == []


@given(st.lists(st.integers(0, 2**64 - 1), max_size=20), st.lists(st.integers(0, 2**64 - 1), max_size=20))
def test_as_one_by_one(training, held):
    got = found([(n, E1, "ada") for n in training], [(n, CLOSE, "ada") for n in held], distance=26, same_distance=29)
    assert got.tolist() == [any((a ^ b).bit_count() <= 29 for b in held) for a in training]
    got = found([(n, E1, "ada") for n in training], [(n, E2, "ada") for n in held], distance=26, same_distance=29)
    assert got.tolist() == [any((a ^ b).bit_count() <= 26 for b in held) for a in training]


def test_what_is_lost_if_a_unit_is_held_out():
    rows = looks(
        (0b0, E1, "ada"),  # unit 0
        (0b1, E1, "ada"),
        (0b11, CLOSE, "ada"),  # unit 1: near to both
        (0xFF00, E1, "ada"),  # unit 1: near to nothing
        (0b0, E1, "bela"),  # unit 2: somebody else
        (0b111, E2, "ada"),  # unit 2: near to 0b11, and for its vector to no other
    )
    assert echoes(rows, np.array([0, 0, 1, 1, 2, 2]), LIMITS).tolist() == [1, 3, 1]
    assert echoes(looks(), np.array([], int), LIMITS).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 4)), max_size=30))
def test_echoes_are_what_repeats_finds(pairs):
    rows = looks(*((bits, E1, "ada") for bits, _ in pairs))
    units = np.array([unit for _, unit in pairs], int)
    for unit, count in enumerate(echoes(rows, units, LIMITS)):
        own, others = ([pair for n, pair in enumerate(pairs) if (units[n] == unit) == same] for same in (True, False))
        split = [looks(*((bits, E1, "ada") for bits, _ in part)) for part in (others, own)]
        assert repeats(*split, LIMITS).sum() == count


def test_twenty_thousand_pictures_take_seconds():
    rng = np.random.default_rng(7)

    def many(count):
        vectors = rng.normal(size=(count, 64)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return Looks(rng.integers(0, 2**63, count).astype(np.uint64), vectors, ["ada"] * count)

    training, held = many(10 * BLOCK), many(4000)
    training.hashes[7:20000:500] = held.hashes[:40]
    start = time.process_time()
    near = repeats(training, held, Limits(4, 8, 0.005))
    assert np.flatnonzero(near).tolist() == list(range(7, 20000, 500))
    assert time.process_time() - start < 30  # on one old core it takes 2
