"""Shards: sorted, documented, byte for byte the same, and whole or not there."""

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.errors import InputError, MissingError
from dramatis.core.tables import (
    BOX,
    column,
    iter_rows,
    open_rows,
    read_json,
    read_rows,
    read_table,
    whole_file,
    whole_folder,
    write_json,
    write_rows,
    write_table,
)

PEOPLE = pa.schema(
    [
        column("name", pa.string(), "Key."),
        column("size_px", pa.int32(), "Size [px]."),
        column("box", BOX, "Where [px]; null if nowhere.", nullable=True),
    ]
)
BOX_1 = {"x0": 1, "y0": 2, "x1": 3, "y1": 4}
rows = st.dictionaries(st.text(max_size=6), st.integers(-(2**31), 2**31 - 1), max_size=8).map(
    lambda pairs: [{"name": name, "size_px": size, "box": None} for name, size in pairs.items()]
)


def test_worked_example(tmp_path):
    file = tmp_path / "new" / "people.parquet"
    write_table([{"name": "b", "size_px": 2, "box": BOX_1}, {"name": "a", "size_px": 1}], PEOPLE, file)
    assert read_rows(file, "people") == [
        {"name": "a", "size_px": 1, "box": None},
        {"name": "b", "size_px": 2, "box": BOX_1},
    ]
    assert read_table(file, "people", ["size_px"]).column_names == ["size_px"]
    assert pq.read_schema(file).field("size_px").metadata[b"doc"] == b"Size [px]."


@given(rows=rows, order=st.randoms())
def test_the_order_of_rows_changes_no_byte(tmp_path_factory, rows, order):
    folder = tmp_path_factory.mktemp("shards")
    write_table(rows, PEOPLE, folder / "a.parquet")
    again = list(rows)
    order.shuffle(again)
    write_table(pa.Table.from_pylist(again, PEOPLE), PEOPLE, folder / "b.parquet")
    assert (folder / "a.parquet").read_bytes() == (folder / "b.parquet").read_bytes()
    assert {row["name"]: row["size_px"] for row in read_rows(folder / "a.parquet", "x")} == {
        row["name"]: row["size_px"] for row in rows
    }


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([{"name": "a", "size_px": None}], "column size_px has empty values"),
        ([{"name": "a", "size_px": 1}, {"name": "a", "size_px": 2}], "column name has equal keys"),
    ],
)
def test_bad_rows_leave_no_file(tmp_path, bad, said):
    with pytest.raises(ValueError, match=said):
        write_table(bad, PEOPLE, tmp_path / "people.parquet")
    assert not list(tmp_path.iterdir())


def test_a_missing_table_names_the_stage_that_makes_it(tmp_path):
    with pytest.raises(MissingError, match=r"none\.parquet: there is no such file\. .*cast"):
        read_table(tmp_path / "none.parquet", "cast")


def test_json_is_sorted_and_rounded(tmp_path):
    write_json({"b": [0.12345678, (1, 2)], "a": {"é": 1e-9}, "n": None, "s": 1.23456789e-6}, tmp_path / "m" / "x.json")
    text = (tmp_path / "m" / "x.json").read_text()
    assert json.loads(text) == {"a": {"é": 1e-9}, "b": [0.123457, [1, 2]], "n": None, "s": 1.23457e-6}
    assert text.index('"a"') < text.index('"b"') and text.endswith("}\n")


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    out = tmp_path / "out"
    for content in ("first", "second"):
        with whole_folder(out) as scratch:
            (scratch / content).write_text(content)
        assert [file.name for file in out.iterdir()] == [content]


def test_a_failure_leaves_what_was_there_and_no_scratch(tmp_path):
    out = tmp_path / "out"
    with whole_folder(out) as scratch:
        (scratch / "good").write_text("good")
    with pytest.raises(KeyError), whole_folder(out) as scratch:
        (scratch / "half").write_text("ha")
        raise KeyError
    assert [file.name for file in tmp_path.iterdir()] == ["out"]
    assert [file.name for file in out.iterdir()] == ["good"]


def test_what_a_killed_process_left_goes_and_a_living_one_keeps_its_own(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, living = tmp_path / f".out.{ended.pid}.part", tmp_path / ".out.1.part"
    for folder in (left, living):
        folder.mkdir()
    with whole_folder(tmp_path / "out") as scratch:
        (scratch / "good").write_text("good")
    assert not left.exists() and living.exists()


def test_rows_written_as_they_come_read_as_a_table(tmp_path):
    schema = pa.schema([column("key", pa.string(), "Key."), column("n", pa.int32(), "Number.")])
    rows = [{"key": f"{n:03d}", "n": n} for n in range(10)]
    write_rows(iter(rows), schema, tmp_path / "a.parquet", group=4)
    assert read_rows(tmp_path / "a.parquet", "x") == rows
    assert pq.read_schema(tmp_path / "a.parquet").equals(schema, check_metadata=True)
    with pytest.raises(ValueError, match="does not follow"):
        write_rows(reversed(rows), schema, tmp_path / "b.parquet")
    with pytest.raises(ValueError, match="empty values"):
        write_rows([{"key": "1", "n": None}], schema, tmp_path / "c.parquet")


def test_two_tables_grow_at_once(tmp_path):
    schema = pa.schema([column("key", pa.string(), "Key."), column("n", pa.int32(), "Number.")])
    rows = [{"key": f"{n:03d}", "n": n} for n in range(150)]
    with open_rows(schema, tmp_path / "a.parquet") as add, open_rows(schema, tmp_path / "b.parquet") as add_b:
        for n in range(0, 150, 7):
            add(rows[n : n + 7])
            add_b(row for row in rows[n : n + 7] if row["n"] % 2)
    assert read_rows(tmp_path / "a.parquet", "test") == rows
    assert read_rows(tmp_path / "b.parquet", "test") == rows[1::2]
    write_rows(iter(rows), schema, tmp_path / "c.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "c.parquet").read_bytes()


def damaged(file, change):
    data = bytearray(file.read_bytes())
    change(data)
    file.write_bytes(data)


@pytest.mark.parametrize("share", [0, 0.3, 0.99])
def test_a_table_cut_off_is_one_line_that_names_its_stage(tmp_path, share):
    file = tmp_path / "a.parquet"
    write_table([{"name": "ada", "size_px": 3, "box": BOX_1}], PEOPLE, file)
    damaged(file, lambda data: data.__delitem__(slice(int(share * len(data)), None)))
    for read in (read_table, lambda *args: list(iter_rows(*args))):
        with pytest.raises(InputError, match="cannot be read.*stage frames@e01 makes it again") as told:
            read(file, "frames@e01")
        assert "\n" not in str(told.value)


def test_a_flipped_bit_of_the_values_is_seen(tmp_path):
    """Of a table of random bytes, which no later stage would find fault with."""
    file, rng = tmp_path / "a.parquet", np.random.default_rng(7)
    schema = pa.schema([column("key", pa.string(), "Key."), column("image", pa.binary(), "Bytes.")])
    write_table([{"key": f"{n:03d}", "image": rng.bytes(2000)} for n in range(20)], schema, file)
    whole = file.read_bytes()
    footer = int.from_bytes(whole[-8:-4], "little")
    for place in rng.integers(4, len(whole) - 8 - footer, 40):
        damaged(file, lambda data, place=place: data.__setitem__(place, data[place] ^ 1))
        with pytest.raises(InputError, match="cannot be read"):
            read_table(file, "frames@e01")
        file.write_bytes(whole)


def test_json_cut_off_is_one_line_that_names_its_stage(tmp_path):
    (tmp_path / "model.json").write_text('{"threshold": 0.')
    with pytest.raises(InputError, match="model.json.*stage embed@e01 makes it again"):
        read_json(tmp_path / "model.json", "embed@e01")


def test_a_file_is_replaced_as_a_whole(tmp_path):
    out = tmp_path / "a" / "out.json"
    write_json({"a": 1}, out)
    with pytest.raises(KeyError), whole_file(out) as part:
        part.write_text("ha")
        raise KeyError
    assert json.loads(out.read_text()) == {"a": 1}
    assert [file.name for file in out.parent.iterdir()] == ["out.json"]
