"""The bench of detect and embed: how it counts, and its bars on a real clip."""

import time
from functools import partial

import pytest

from dramatis.bench import inference


def busy(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def calls():
    return [partial(busy, 0.01)]


def test_the_growth_is_what_the_second_half_costs(tmp_path):
    def stage(at):
        busy(0.2 + (0.3 if at.name == "whole" else 0))  # what it costs to start counts in neither

    grown = inference._growth(stage, tmp_path / "half", tmp_path / "whole")
    assert 0.25 < grown < 0.4


def test_the_bare_loop_counts_all_calls_and_nothing_else():
    assert 0.19 < inference._bare(calls, 20) < 0.3  # the start of two processes takes longer


@pytest.mark.slow
def test_the_stages_are_nearly_as_fast_as_their_models(media, monkeypatch):
    monkeypatch.setenv("DRAMATIS_MEDIA", str(media))
    found = inference.figures()
    assert found.keys() == {"detect_ratio", "embed_ratio"}
    # single measurements were 0.79 to 1.04 and 0.75 to 0.89: half of the speed is a fault, a tenth is the machine
    assert min(found.values()) >= 0.6, found
