"""The lock: the same weights give the same bytes, and what is read is what was written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dramatis.core.errors import ParameterError
from dramatis.models.lock import Locked, LockedFile, _parse, dumped, read_lock, write_lock

digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
paths = st.sampled_from(["a.onnx", "b.csv", "unet/a.safetensors", "unet/config.json", "tokenizer/merges.txt"])
files = st.builds(
    LockedFile,
    path=st.none(),
    hub=st.just("a/b"),
    revision=st.none() | st.binary(min_size=20, max_size=20).map(bytes.hex),
    sha256=digests,
    size=st.integers(0, 10**11),
    known=st.sampled_from(["manifest", "hub", "first"]),
)
licences = st.none() | st.sampled_from(["mit", "no: 1", "\u00e4"])
entry = st.builds(Locked, folder=paths, licence=licences, files=st.dictionaries(paths, files, max_size=3))
entries = st.dictionaries(st.sampled_from(["a", "b-1", "c_2"]), entry, max_size=3)


@settings(max_examples=20)
@given(entries)
def test_round_trip_in_any_order(said):
    text = dumped(said)
    assert _parse(text, "lock") == said
    assert dumped(dict(reversed(said.items()))) == text


def test_one_entry_is_written_and_the_others_stay(tmp_path):
    file = tmp_path / "models/real.lock"
    assert read_lock(file) == {}
    one = LockedFile(hub="a/b", path="x.onnx", sha256="0" * 64, size=1)
    write_lock("b", Locked(folder="b", files={"x.onnx": one}), file)
    write_lock("a", Locked(folder="a", files={"x.onnx": one}), file)
    assert list(read_lock(file)) == ["a", "b"] and file.read_text().startswith("# Written by `dramatis models pull`")


@pytest.mark.parametrize("text", ["a: 1", "a: [", "a: {folder: x, files: {../x.onnx: {}}}", "- a"])
def test_a_damaged_lock_is_one_line(tmp_path, text):
    (tmp_path / "real.lock").write_text(text)
    with pytest.raises(ParameterError) as told:
        read_lock(tmp_path / "real.lock")
    assert "\n" not in str(told.value)
