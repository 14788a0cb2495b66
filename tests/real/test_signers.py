"""Frames to cast on a real clip with the preset live-action: see `signers` in bench/labelled.py."""

import pytest

from dramatis.bench.clips import STRANGER
from dramatis.bench.labelled import signers
from dramatis.core.images import read_image


@pytest.fixture(scope="module")
def judged(media, tmp_path_factory):
    return signers(media, tmp_path_factory.mktemp("signers"))


def test_clusters_are_the_five_people(judged):
    assert sum(name != STRANGER for name in judged.who) > 120 and judged.ari() >= 0.97
    assert all(len(people) == 1 for people in judged.owners.values()), "two people, or one and a stranger, merged"
    assert set().union(*judged.owners.values()) == set(judged.who) - {STRANGER}


def test_names_from_one_shot_are_right_in_the_others(judged):
    precision, recall = judged.naming()
    assert precision >= 0.99 and recall >= 0.95
    assert len(judged.faces) - len(judged.shown_before) > 90


def test_the_sheet_and_the_map_are_drawn(judged):
    for file in ("cast/sheet.png", "cluster/map.png"):
        assert read_image(judged.folder / "metrics" / "plots" / file).shape[0] > 400
