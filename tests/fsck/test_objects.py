"""Objects against their names: by hand, for any bytes, and in every kind of store."""

import hashlib
import io
import json

import pytest
from dvc.fs import LocalFileSystem
from dvc_data.hashfile.db.local import LocalHashFileDB
from hypothesis import given
from hypothesis import strategies as st

from dramatis.fsck.digests import digest_of, side_by_side
from dramatis.fsck.objects import Held, read_objects
from dramatis.fsck.outs import parse_list, write_list
from dramatis.fsck.stores import Store

HELLO = "5d41402abc4b2a76b9719d911017c592"  # md5 of `hello`


def quiet(size):
    pass


def local_store(folder):
    return Store("cache", None, LocalHashFileDB(LocalFileSystem(), str(folder / "files/md5")), str(folder))


def test_worked_example(tmp_path):
    store = local_store(tmp_path)
    folder = tmp_path / "files/md5/5d"
    folder.mkdir(parents=True)
    (folder / HELLO[2:]).write_bytes(b"hello")
    (folder / f"{'0' * 30}").write_bytes(b"other")
    (folder / ".left.tmp").write_bytes(b"of a copy that was cut")
    sizes, strays = store.objects()
    assert sizes == {HELLO: 5, "5d" + "0" * 30: 5}
    assert [stray.rsplit("/", 1)[1] for stray in strays] == [".left.tmp"]
    held = Held(store)
    read_objects(held, sizes, 2, (OSError,))
    assert held.bad == {"5d" + "0" * 30}
    assert held.sound(HELLO)
    assert not held.sound("5d" + "0" * 30)
    assert not held.sound("f" * 32)


@given(st.binary(max_size=3_000), st.integers(0, 8 * 3_000))
def test_any_flipped_bit_is_found(data, place):
    name = hashlib.md5(data).hexdigest()
    assert digest_of(io.BytesIO(data), "md5", quiet) == name
    if data:
        other = bytearray(data)
        other[place // 8 % len(data)] ^= 1 << place % 8
        assert digest_of(io.BytesIO(other), "md5", quiet) != name


@given(st.dictionaries(st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1), st.just(HELLO)))
def test_the_list_of_a_folder_survives(files):
    assert parse_list(write_list(files)) == files


def test_the_list_of_a_folder_is_what_dvc_writes():
    data = write_list({"b.txt": HELLO, "a/c.txt": HELLO})
    assert data == json.dumps([{"md5": HELLO, "relpath": "a/c.txt"}, {"md5": HELLO, "relpath": "b.txt"}]).encode()


def test_threads_keep_the_order_and_drop_what_waits():
    begun = []
    numbers = side_by_side(lambda number: begun.append(number) or number, range(10_000), 2)
    assert [next(numbers) for _ in range(3)] == [0, 1, 2]
    numbers.close()
    assert len(begun) < 10_000


def test_dvc_2_took_digests_without_carriage_returns():
    assert digest_of(io.BytesIO(b"a\r\nb"), "md5-dos2unix", quiet) == hashlib.md5(b"a\nb").hexdigest()


def test_what_cannot_be_read_is_said_and_not_taken_for_sound(tmp_path):
    store = local_store(tmp_path)
    (tmp_path / "files/md5/5d" / HELLO[2:]).mkdir(parents=True)  # a folder in its place
    held = Held(store)
    read_objects(held, {HELLO: None}, 1, (OSError,))
    assert not held.sound(HELLO)
    assert held.findings()[0].problem == "unreadable"
    assert "directory" in held.findings()[0].why


@pytest.mark.parametrize("again", [False, True])
def test_what_is_moved_aside_keeps_its_bytes(tmp_path, again):
    store = local_store(tmp_path)
    for _ in range(2 if again else 1):
        (tmp_path / "files/md5/5d").mkdir(parents=True, exist_ok=True)
        (tmp_path / "files/md5/5d" / HELLO[2:]).write_bytes(b"bad")
        assert store.set_aside(HELLO) == str(tmp_path / "corrupt" / HELLO)
    assert (tmp_path / "corrupt" / HELLO).read_bytes() == b"bad"
    assert store.objects() == ({}, [])
