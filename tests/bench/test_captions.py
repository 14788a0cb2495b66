"""Captions of a film on which nothing was tuned reach their bars."""

import pytest

from dramatis.bench import captions
from dramatis.bench.clips import run_film


@pytest.mark.slow
def test_a_film_from_nothing(tmp_path):
    run_film(tmp_path / "film", 31)
    found = captions.figures(tmp_path / "film" / "data")
    assert found["name_order"] == found["name_order_several"] == 1.0 and found["captions"] > 300
    assert found["tag_f1"] >= 0.85 and found["unnamed"] <= 0.05 * found["captions"]
