"""Results that outlive the stage that made them."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dramatis.core.params import Params
from dramatis.core.resume import FOLDER, resumable
from dramatis.core.workers import map_in_order

OUT = Path("data/tags/e01")


class Some(Params):
    number: int


class Cut(Exception):
    """Stands for whatever ends a stage."""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def tenfold(model, item):
    with Path("looked").open("a") as stream:
        stream.write(f"{item} ")
    return {"item": item, "vector": np.full(2, item * model, np.float32)}


def look(items, *about, until=None):
    """The vectors' first numbers of so many items; then it is cut."""
    found = []
    with resumable("tag", OUT, *about) as kept:
        for result in map_in_order(lambda: 10, tenfold, items, kept=kept):
            found.append(float(result["vector"][0]))
            if len(found) == until:
                raise Cut
    return found


def looked():
    text = Path("looked").read_text().split()
    Path("looked").unlink()
    return [int(number) for number in text]


def test_a_stage_that_is_cut_goes_on_where_it_was():
    with pytest.raises(Cut):
        look(range(5), "as it is", until=3)
    assert looked() == [0, 1, 2]
    assert look(range(5), "as it is") == [0.0, 10.0, 20.0, 30.0, 40.0]
    assert looked() == [3, 4]
    assert not list(FOLDER.iterdir())


def test_it_begins_anew_if_anything_that_decides_has_changed():
    weights = Path("weights")
    weights.write_text("old")
    with pytest.raises(Cut):
        look(range(3), Some(number=1), weights, until=2)
    assert looked() == [0, 1]
    weights.write_text("new")
    with pytest.raises(Cut):
        look(range(3), Some(number=1), weights, until=1)
    assert looked() == [0]
    look(range(3), Some(number=2), weights)
    assert looked() == [0, 1, 2]


def test_other_code_of_the_stage_begins_anew():
    Path("data/programs").mkdir(parents=True)
    program = Path("data/programs/tag.json")
    program.write_text("{}")
    with pytest.raises(Cut):
        look(range(3), until=2)
    program.write_text('{"src/dramatis/tag/run.py": "other"}')
    looked()
    look(range(3))
    assert looked() == [0, 1, 2]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-7], lambda data: data[:-7] + b"x" + data[-6:], lambda data: data + b"\0" * 9]
)
def test_what_is_damaged_is_done_again(damage):
    with pytest.raises(Cut):
        look(range(4), until=3)
    [file] = FOLDER.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    looked()
    assert look(range(4)) == [0.0, 10.0, 20.0, 30.0]
    assert looked() == ([3] if damage(whole).startswith(whole) else [2, 3])


KEYS = st.text().filter(lambda key: key != "__array__")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    | arrays.arrays(st.sampled_from([np.float32, np.uint8, np.int64]), arrays.array_shapes(max_dims=3, max_side=3)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(VALUES)
def test_values_come_back_bit_for_bit(value):
    with pytest.raises(Cut), resumable("tag", OUT) as kept:
        kept.add(value)
        raise Cut
    with resumable("tag", OUT) as kept:
        [back] = kept.before()
    np.testing.assert_equal(back, value)
    assert json.dumps(back, default=_told) == json.dumps(value, default=_told)


def _told(array):
    return [str(array.dtype), array.shape, array.tobytes().hex()]


def test_a_number_of_numpy_keeps_its_type():
    with pytest.raises(Cut), resumable("tag", OUT) as kept:
        kept.add([np.float32(0.1), (1, 2)])
        raise Cut
    with resumable("tag", OUT) as kept:
        [[number, pair]] = kept.before()
    assert type(number) is np.float32 and number == np.float32(0.1) and pair == [1, 2]


def test_what_cannot_be_kept_is_a_fault_of_the_program():
    with pytest.raises(TypeError, match="set cannot be kept"), resumable("tag", OUT) as kept:
        kept.add({1, 2})
