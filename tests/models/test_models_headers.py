"""Whole files by their beginnings."""

import shutil

import pytest
from conftest import TOP
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.errors import InputError
from dramatis.models.headers import check_weights

WHOLE = [
    "models/pocket/wd14/model.onnx",
    "models/pocket/landmarks/landmarks.onnx",
    "models/pocket/blur/blur.safetensors",
    "models/pocket/sd/model_index.json",
    "models/pocket/wd14/selected_tags.csv",
]


@pytest.mark.parametrize("file", WHOLE)
def test_whole_files(file):
    check_weights(TOP / file)


@pytest.mark.parametrize("file", WHOLE[:4])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_file_that_was_cut_short(tmp_path, file, share):
    data = (TOP / file).read_bytes()
    short = tmp_path / (TOP / file).name
    short.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(InputError, match=short.name):
        check_weights(short)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.onnx", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "a pointer of git LFS"),
        ("a.safetensors", b"<!DOCTYPE html>", "a web page"),
        ("a.csv", b"<html>", "a web page"),
        ("a.onnx", b"\x08\x08", "no ONNX model"),  # fields, but no graph
        ("a.onnx", b"\xff" * 64, "no ONNX model"),
        ("a.onnx", b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "no ONNX model"),  # a graph of 2**63 bytes
        ("a.json", b"{", "no JSON can be read"),
        ("a.json", b"[" * 100_000, "no JSON can be read"),
        ("a.json", b"\xff\xfe", "no JSON can be read"),
    ],
)
def test_what_is_something_else(tmp_path, name, data, said):
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(InputError, match=said):
        check_weights(file)


@given(st.binary(max_size=64), st.sampled_from([".onnx", ".safetensors", ".json", ".csv", ".txt"]))
def test_any_bytes_end_in_one_line_or_pass(tmp_path_factory, data, suffix):
    file = tmp_path_factory.getbasetemp() / f"any{suffix}"
    file.write_bytes(data)
    try:
        check_weights(file)
    except InputError as error:
        assert "\n" not in str(error)


def test_a_model_padded_with_anything_is_none(tmp_path):
    file = shutil.copy(TOP / WHOLE[0], tmp_path)
    with open(file, "ab") as stream:
        stream.write(b"\0\0\0")
    with pytest.raises(InputError, match="no ONNX model"):
        check_weights(tmp_path / "model.onnx")
