"""Prompts out of captions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from preview_settings import KIND

from dramatis.preview.clusters import cluster_count, clusters, frequencies, tag_prompts, tags_of
from dramatis.preview.params import TagPrompts

HEADS = ["ada, head, red robe, forest"] * 6 + ["ada, head, red robe, city"]
BODIES = ["ada, full body, blue dress, beach"] * 4 + ["ada, full body, blue dress, beach, hat"]


def asked(**changes):
    return TagPrompts(**KIND, **{"clusters": 3, "min_share": 0.35, "max_tags": 9, **changes})


@pytest.mark.parametrize(
    ("pictures", "most", "count"), [(1, 3, 1), (9, 3, 1), (10, 3, 2), (20, 3, 3), (999, 3, 3), (20, 1, 1)]
)
def test_the_number_of_clusters(pictures, most, count):
    assert cluster_count(pictures, most) == count


def test_tags_of_a_caption():
    assert tags_of("ada, head,  red robe , head", "ada") == ["{trigger}", "head", "red robe"]
    assert tags_of("photo of ada, adamant", "ada") == ["photo of {trigger}", "adamant"]
    assert tags_of("head, {left}", "ada") == ["{trigger}", "head", "left"], "braces would be places"
    assert tags_of("a.a stands", "a.a") == ["{trigger} stands"], "no pattern"


def test_a_prompt_of_each_kind_of_picture_the_largest_first():
    assert tag_prompts([*BODIES, *HEADS], "ada", asked(clusters=2)) == [
        "{trigger}, head, red robe, forest",
        "{trigger}, full body, blue dress, beach",
    ]


def test_tags_of_a_prompt_go_together():
    """Half face the front and half are turned: no prompt says both, as none of the pictures does."""
    captions = ["ada, head, front view, robe"] * 5 + ["ada, head, turned, robe"] * 4
    (one,) = tag_prompts(captions, "ada", asked(clusters=1))
    assert one == "{trigger}, head, front view, robe"


def test_rare_tags_are_not_asked_for():
    captions = [f"ada, head, robe, thing {number}" for number in range(9)]
    assert tag_prompts(captions, "ada", asked(clusters=1)) == ["{trigger}, head, robe"]
    assert tag_prompts(captions, "ada", asked(clusters=1, max_tags=1)) == ["{trigger}, head"]


def test_sentences_are_taken_whole():
    captions = [f"ada walks along street {number} in the rain" for number in range(4)]
    (one,) = tag_prompts(captions, "ada", asked(clusters=1))
    assert one == "{trigger} walks along street 0 in the rain"


def test_nobody_and_names_only():
    assert tag_prompts([], "ada", asked()) == []
    assert tag_prompts(["ada"] * 30, "ada", asked()) == ["{trigger}"]


WORDS = st.lists(st.sampled_from(["head", "robe", "forest", "hat", "sea", "night"]), unique=True, max_size=5)


@given(st.lists(WORDS, min_size=1, max_size=40), st.integers(1, 5))
def test_prompts_are_parts_of_captions_with_one_name(words, most):
    captions = [", ".join(["ada", *tags]) for tags in words]
    found = tag_prompts(captions, "ada", asked(clusters=most))
    assert 1 <= len(found) <= cluster_count(len(captions), most)
    for prompt in found:
        name, *tags = prompt.split(", ")
        assert name == "{trigger}" and any({*tags} <= {*given} for given in words)
    assert found == tag_prompts(captions, "ada", asked(clusters=most))


@given(st.lists(WORDS, min_size=2, max_size=30), st.integers(1, 4))
def test_equal_captions_are_in_one_cluster(words, count):
    vectors = frequencies([["{trigger}", *tags] for tags in words])
    lengths = np.linalg.norm(vectors, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-9) | (lengths == 0))
    labels = clusters(vectors, min(count, len(words)))
    assert labels[0] == 0 and {*labels.tolist()} == {*range(labels.max() + 1)}
    distinct = len({frozenset(tags) for tags in words})
    if distinct >= count:
        for one, tags in enumerate(words):
            for other in range(one):
                assert {*tags} != {*words[other]} or labels[one] == labels[other]
