import errno
import json
import pickle
import struct

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dramatis.core.errors import InputError, MissingError
from dramatis.diffusion.formats.adapters import read_adapter
from dramatis.diffusion.formats.embedding import Embedding, file_name, for_webui, is_embedding, read_embeddings, stored
from dramatis.diffusion.weights import read_keys, read_metadata, read_weights, write_weights

TENSORS = {"lora_unet_conv_in.lora_down.weight": torch.ones(2, 4), "lora_unet_conv_in.lora_up.weight": torch.ones(4, 2)}


@pytest.mark.parametrize("name", ["model.ckpt", "model.pt", "model.bin", "model.safetensors"])
def test_a_pickle_is_never_opened(tmp_path, name):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    (tmp_path / name).write_bytes(pickle.dumps(Trap()))
    for read in (read_weights, read_metadata, read_keys, read_adapter, read_embeddings):
        with pytest.raises(InputError, match="this is a pickle"):
            read(tmp_path / name)
    assert not (tmp_path / "sprung").exists()


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(data=st.data())
def test_damaged_files_are_one_clear_line(tmp_path, data):
    file = tmp_path / "a.safetensors"
    write_weights(TENSORS, file, {"a": "b"})
    whole = file.read_bytes()
    kind = data.draw(st.sampled_from(["cut", "flip", "length", "text", "noise"]))
    if kind == "cut":
        damaged = whole[: data.draw(st.integers(0, len(whole) - 1))]
    elif kind == "flip":
        place = data.draw(st.integers(0, len(whole) - 65))
        damaged = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    elif kind == "length":
        damaged = struct.pack("<Q", data.draw(st.integers(0, 2**64 - 1))) + whole[8:]
    elif kind == "text":
        names = data.draw(st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=4), max_size=3))
        text = json.dumps(names).encode()
        damaged = struct.pack("<Q", len(text)) + text
    else:
        damaged = data.draw(st.binary(max_size=80))
    file.write_bytes(damaged)
    for read in (read_adapter, read_embeddings, read_weights, read_metadata, read_keys):
        try:
            read(file)
        except InputError as error:
            assert "\n" not in str(error)


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    file = tmp_path / "a.safetensors"
    write_weights(TENSORS, file)
    old = file.read_bytes()
    import os

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_weights({"x": torch.ones(9)}, file)
    assert file.read_bytes() == old and [one.name for one in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("length", [0x4B50, 640, 896, 1152, 1408])
def test_a_header_whose_length_begins_like_a_pickle_is_none(tmp_path, length):
    text = json.dumps({"__metadata__": {"a": "b"}}).ljust(length).encode()
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", len(text)) + text)
    assert read_metadata(tmp_path / "a.safetensors") == {"a": "b"}


def test_a_missing_file(tmp_path):
    with pytest.raises(MissingError, match="there is no such file"):
        read_weights(tmp_path / "a.safetensors")


def test_metadata_and_names_without_the_tensors(tmp_path):
    write_weights(TENSORS, tmp_path / "a.safetensors", {"b": "2", "a": "1"})
    assert read_metadata(tmp_path / "a.safetensors") == {"format": "pt", "a": "1", "b": "2"}
    assert read_keys(tmp_path / "a.safetensors") == set(TENSORS)


def test_embeddings_of_every_program(tmp_path):
    first, second = torch.randn(2, 4), torch.randn(2, 6)
    one, both = (
        Embedding("<ada>", {"text_encoder": first}),
        Embedding("<ada>", {"text_encoder": first, "text_encoder_2": second}),
    )
    assert file_name("<ada>") == "ada.safetensors"
    for embedding, tensors in [(one, stored([one])), (both, stored([both]))]:
        write_weights(tensors, tmp_path / "embedding.safetensors")
        (found,) = read_embeddings(tmp_path / "embedding.safetensors")
        assert found.token == "<ada>" and found.vectors.keys() == embedding.vectors.keys()
        write_weights(for_webui(embedding), tmp_path / "ada.safetensors")
        assert is_embedding(tmp_path / "ada.safetensors")
        (found,) = read_embeddings(tmp_path / "ada.safetensors")
        assert found.token == "ada"
        assert all(torch.equal(found.vectors[part], some) for part, some in embedding.vectors.items())
    write_weights({"<one>": torch.ones(4), "<two>": torch.ones(3, 4)}, tmp_path / "several.safetensors")
    assert [one.vectors["text_encoder"].shape[0] for one in read_embeddings(tmp_path / "several.safetensors")] == [1, 3]
    write_weights(TENSORS, tmp_path / "other.safetensors")
    assert not is_embedding(tmp_path / "other.safetensors")
    write_weights({"x": torch.ones(2, 2, 2)}, tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="no vectors of tokens"):
        read_embeddings(tmp_path / "other.safetensors")
