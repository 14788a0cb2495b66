"""The benchmark of identity: its page says what was measured, and its counts can be checked by hand."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import TOP

from dramatis.backends.detect import Detection
from dramatis.bench.backends import Labelled, detection, identity
from dramatis.bench.banks import alone, merged, peak_gb
from dramatis.bench.bars import shown
from dramatis.bench.clips import STRANGER, Judged
from dramatis.bench.identity_page import BARS, page

FOUND = json.loads((TOP / "metrics/bench/identity.json").read_text())


def test_the_page_is_the_one_of_the_committed_figures():
    assert (TOP / "docs/identity.md").read_text() == page(FOUND)


def test_a_figure_that_misses_its_bar_is_marked():
    lines = page(FOUND | {"anime_ari": 0.9499, "scale_gb": 1.1, "idf1": 0.95}).splitlines()
    marked = {line.split("`")[1] for line in lines if "**missed**" in line}
    assert {"anime_ari", "scale_gb"} <= marked and "idf1" not in marked
    assert marked == {name for name in BARS if name in marked or not BARS[name].met(FOUND[name])}


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (0, "0"), (1.0, "1"), (0.98765, "0.988"), (1000.0, "1000")])
def test_three_digits_are_shown(value, text):
    assert shown(value) == text


def test_detections_by_hand():
    """Two labelled faces, one found; one box beside them."""
    blank = np.zeros((100, 100, 3), np.uint8)
    picture = Labelled(blank, [np.array([0, 0, 20, 20.0]), np.array([50, 50, 70, 70.0])], ["a", "b"])
    boxes = [np.array([1, 1, 21, 21.0]), np.array([80, 0, 99, 20.0])]
    finder = SimpleNamespace(detect=lambda image: [Detection("face", box, 0.9, None) for box in boxes])
    row = detection(finder, [picture, Labelled(blank, [], [])])
    assert row["recall"] == 1 / 2 and row["precision"] == 1 / 4  # the empty picture has two false ones


def test_pairs_by_hand():
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    embedder = SimpleNamespace(embed=lambda faces: vectors)
    assert identity(embedder, [None] * 3, ["a", "a", "b"])["auc"] == 1
    assert identity(embedder, [None] * 3, ["a", "b", "b"])["auc"] == 0.25


def test_strangers_in_a_clip_count_as_wrong_names_and_not_in_the_clusters(tmp_path):
    names = [("1", "c1", "ada"), ("2", "c1", "ada"), ("3", "c2", "bela"), ("4", None, None), ("5", "c1", "ada")]
    faces = [dict(zip(("detection_id", "cluster_id", "character"), row, strict=True)) for row in names]
    judged = Judged(tmp_path, faces, ["ada", "ada", "bela", "bela", STRANGER], frozenset({"1"}))
    assert judged.naming() == (2 / 3, 2 / 3)
    assert judged.owners == {"c1": {"ada", STRANGER}, "c2": {"bela"}}
    assert judged.classes == ["c1", "c1", "c2", "4", "c1"]


def test_merged_identities_by_hand():
    who, label = np.array([0, 0, 0, 1, 1, 2, 100_000]), np.array([0, 0, 1, 0, 0, 2, 0])
    assert merged(label, who) == 1  # 0 and 1 have their most faces in cluster 0; the stranger does not count
    assert alone(np.array([0, -1, -1])).tolist() == [0, -2, -3]
    assert 0.01 < peak_gb() < 100
