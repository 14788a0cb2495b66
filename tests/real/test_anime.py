"""Frames to cast on a clip composed of anime sprites: see `anime` in bench/labelled.py."""

import pytest

from dramatis.bench.clips import STRANGER
from dramatis.bench.labelled import anime


@pytest.fixture(scope="module")
def judged(media, tmp_path_factory):
    return anime(media, tmp_path_factory.mktemp("anime"))


def test_the_three_characters_are_found_and_not_mixed(judged):
    assert len(judged.faces) >= 20 and judged.who.count(STRANGER) <= 0.05 * len(judged.who)
    assert judged.ari() >= 0.95
    assert set().union(*judged.owners.values()) == {"eileen", "lucy", "sylvie"}
    assert all(len(people) == 1 for people in judged.owners.values()), "two characters, or one and a false face, merged"


def test_names_from_one_reference_are_right(judged):
    precision, recall = judged.naming()
    assert precision >= 0.99 and recall >= 0.9
