from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.phash import distances as bits_apart
from dramatis.eyes.copies import distances, diversity, farthest_points, layout, nearer_to_trained, small

few = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=6)


def by_hand(trained, held_out):
    """The mean over all parts of the larger set that are as large as the smaller."""
    size = min(len(trained), len(held_out))
    won = [
        0.5 if min(a) == min(b) else float(min(a) < min(b))
        for a in combinations(trained, size)
        for b in combinations(held_out, size)
    ]
    return float(np.mean(won))


@given(few, few)
def test_the_chance_is_that_of_all_parts(trained, held_out):
    found = nearer_to_trained(np.array(trained), np.array(held_out))
    assert found == pytest.approx(by_hand(trained, held_out))
    assert 0 <= found <= 1
    assert nearer_to_trained(np.array(held_out), np.array(trained)) == pytest.approx(1 - found)


def test_a_copy_is_1_and_more_pictures_alone_are_not():
    rng = np.random.default_rng(7)
    assert nearer_to_trained(np.array([0.0]), np.array([1.0])) == 1
    free = [nearer_to_trained(rng.random(60), rng.random(6)) for _ in range(2000)]
    assert np.mean(free) == pytest.approx(0.5, abs=0.02)


def test_farthest_points_spread():
    line = np.array([0.0, 1.0, 2.0, 3.0, 10.0])
    apart = np.abs(line[:, None] - line[None])
    assert farthest_points(apart, 3) == [0, 2, 4]  # from the middle to the far end, then the other
    assert farthest_points(apart, 9) == [0, 1, 2, 3, 4]


def test_layouts_compare_what_training_keeps_whatever_the_colours():
    rng = np.random.default_rng(7)
    blocks = np.kron(rng.integers(0, 200, (8, 8)), np.ones((8, 8))).astype(np.uint8)[..., None].repeat(3, 2)
    tall = np.concatenate([np.zeros((32, 64, 3), np.uint8), blocks, np.zeros((32, 64, 3), np.uint8)])
    brighter, other = blocks + np.uint8(30), blocks[::-1]
    hashes = [layout(image, 1.0) for image in (blocks, tall, brighter, other)]
    assert bits_apart(hashes[:1], hashes)[0, :3].tolist() == [0, 0, 0] and bits_apart(hashes[:1], hashes)[0, 3] > 16


def test_small_pictures_are_told_apart_in_lab():
    black, white = small(np.zeros((8, 8, 3), np.uint8))[None], small(np.full((8, 8, 3), 255, np.uint8))[None]
    assert distances(black, white)[0, 0] == pytest.approx(100, abs=0.1)  # from L = 0 to L = 100
    assert distances(black, black)[0, 0] == 0


def test_diversity_is_within_a_prompt():
    black, white = small(np.zeros((8, 8, 3), np.uint8)), small(np.full((8, 8, 3), 255, np.uint8))
    found = diversity(np.stack([black, white, white, white]), ["a", "a", "a", "b"])
    assert found[:3] == pytest.approx([100, 50, 50], abs=0.1) and np.isnan(found[3])
