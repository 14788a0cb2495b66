"""The fuzzer: the same cases from the same seed, each outcome told apart, and a slice of the cases."""

import os
import signal
import time

import numpy as np
import pytest
from conftest import TOP

from dramatis.bench.fuzz_child import run_case
from dramatis.bench.fuzz_mutate import mutated, mutated_text, whole_png
from dramatis.core.errors import InputError
from dramatis.core.images import decode, encode_png
from dramatis.core.seeds import rng


def refused(file):
    raise InputError(str(file), "it is no film", "Take another")


def on_two_lines(file):
    raise InputError(str(file), "x" * 5000, "Take another")


def wrong(file):
    raise KeyError("width")


def greedy(file):
    np.ones(4 << 30, np.uint8)


def killed(file):
    os.kill(os.getpid(), signal.SIGSEGV)


def endless(file):
    while True:
        pass


@pytest.mark.parametrize(
    ("read", "kind", "said"),
    [
        (len, "crash", "TypeError"),
        (refused, "error", "it is no film. Take another"),
        (on_two_lines, "crash", "an error of many lines"),
        (wrong, "crash", "KeyError at test_fuzz.py"),
        (greedy, "crash", "MemoryError"),
        (killed, "crash", "SIGSEGV"),
        (endless, "hang", "1 s of processor time"),
        (os.stat, "ok", ""),
    ],
)
def test_what_comes_of_a_case(tmp_path, read, kind, said):
    (tmp_path / "x").write_bytes(b"x")
    begin = time.process_time()
    outcome = run_case(read, tmp_path / "x", 1)
    assert outcome.kind == kind and said in outcome.said, outcome
    assert time.process_time() - begin < 5


def test_damage_follows_from_the_seed():
    data, others = bytes(range(256)) * 8, [b"abc" * 100]
    made = [mutated(data, others, [b"\x10\x11"], rng(1, "x", n)) for n in range(200)]
    assert made == [mutated(data, others, [b"\x10\x11"], rng(1, "x", n)) for n in range(200)]
    assert len(set(made)) > 150 and sum(one == data for one in made) < 10
    texts = [mutated_text(b"a: 1\nb:\n  c: [1, 2]\n", rng(1, "y", n)) for n in range(200)]
    assert texts == [mutated_text(b"a: 1\nb:\n  c: [1, 2]\n", rng(1, "y", n)) for n in range(200)]
    assert len(set(texts)) > 100


def test_the_sums_of_a_png_are_made_right_again():
    whole = encode_png(np.zeros((4, 4, 3), np.uint8))
    at = whole.index(b"IHDR")
    wider = whole[: at + 4] + (3).to_bytes(4, "big") + whole[at + 8 :]
    assert whole_png(wider) != wider and whole_png(whole) == whole
    assert decode(whole_png(wider[: at + 4] + (4).to_bytes(4, "big") + wider[at + 8 :])).shape == (4, 4, 3)


@pytest.mark.slow
def test_a_slice_of_the_cases(monkeypatch, tmp_path):
    """150 of the 2,000 cases of `make fuzz`; the films of `DRAMATIS_MEDIA` are tested in tests/frames."""
    monkeypatch.chdir(TOP)
    monkeypatch.setenv("DRAMATIS_MEDIA", str(tmp_path))
    from dramatis.bench import fuzz

    found = fuzz.figures(fuzz.fuzz(fuzz.chosen(150), fuzz.SEED, 2), fuzz.SEED)
    assert found["cases"] == 150 and len(found["by_kind"]) == 10
    assert found["crashes"] == found["hangs"] == 0, found
    assert found["read"] > 10 and found["refused"] > 50
