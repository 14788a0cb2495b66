import numpy as np
from builders import picture
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.phash import phash
from dramatis.repeats.copies import Copy, alike, copies, reduced_grey

LOOKS = {n: reduced_grey(picture(n)) for n in range(12)}


def found(shown, sources, distance=4, shapes=None):
    """Copies among pictures, given by their seeds."""
    hashes = np.array([phash(picture(n)) for n in shown], np.uint64)
    shapes = np.ones(len(shown)) if shapes is None else np.array(shapes)
    return list(copies(sources, hashes, shapes, lambda a, b: alike(LOOKS[shown[a]], LOOKS[shown[b]]), distance))


def test_worked_example():
    assert found([1, 2, 1, 3, 2, 2], "aabbcc") == [Copy(2, 0, 0), Copy(4, 1, 0), Copy(5, 1, 0)]


def test_repetitions_inside_a_source_are_not_its_concern():
    assert found([1, 1, 2], "aaa") == []


def test_another_shape_is_no_copy():
    assert found([1, 1], "ab", shapes=[1, 1.5]) == []


def test_equal_hashes_of_unlike_pictures_are_no_copies():
    assert not alike(LOOKS[1], LOOKS[2])
    assert list(copies("ab", np.array([7, 7], np.uint64), np.ones(2), lambda a, b: False, 4)) == []


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 3)), max_size=30))
def test_each_copy_is_of_an_original_in_an_earlier_source(rows):
    rows = sorted(rows, key=lambda row: row[1])
    shown, sources = [n for n, _ in rows], [str(source) for _, source in rows]
    said = found(shown, sources, distance=0)
    rest = {copy.row for copy in said}
    assert all(copy.of not in rest and sources[copy.of] < sources[copy.row] for copy in said)
    assert all(shown[copy.row] == shown[copy.of] for copy in said)
    firsts = {}
    for n, source in zip(shown, sources):
        firsts.setdefault(n, source)
    assert rest == {row for row, (n, source) in enumerate(zip(shown, sources)) if firsts[n] != source}
