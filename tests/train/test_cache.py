import pytest
import torch

from dramatis.train.cache import cached, digest_of, key_of

VALUE = {"mean": torch.arange(6.0).reshape(2, 3), "std": torch.ones(2)}


def counted(calls):
    def make():
        calls.append(1)
        return {name: tensor.clone() for name, tensor in VALUE.items()}

    return make


def same(found):
    return set(found) == set(VALUE) and all(torch.equal(found[name], VALUE[name]) for name in VALUE)


def test_made_once_and_the_same_bits(tmp_path):
    calls = []
    assert all(same(cached(tmp_path, key_of(a=1), counted(calls))) for _ in range(3))
    assert len(calls) == 1
    assert same(cached(tmp_path, key_of(a=2), counted(calls))) and len(calls) == 2
    assert same(cached(None, key_of(a=1), counted(calls))) and len(calls) == 3
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "other"])
def test_a_damaged_entry_is_made_anew(tmp_path, damage):
    calls, key = [], key_of(a=1)
    cached(tmp_path, key, counted(calls))
    (file,) = tmp_path.rglob("*.safetensors")
    whole = file.read_bytes()
    flipped = whole[:-1] + bytes([whole[-1] ^ 1])
    file.write_bytes({"truncate": whole[:-4], "flip": flipped, "empty": b"", "other": b"x" * 99}[damage])
    assert same(cached(tmp_path, key, counted(calls))) and len(calls) == 2
    assert file.read_bytes() == whole


def test_keys_and_digests_tell_everything_apart():
    assert key_of(a=1, b=[2]) == key_of(b=[2], a=1) != key_of(a=1, b=[3])
    one = torch.zeros(2, 2)
    digests = {digest_of({"a": t}) for t in (one, one.view(4), one.double(), one + 1)} | {digest_of({"b": one})}
    assert len(digests) == 5
