"""Rates by hand."""

import pytest

from dramatis.bench.rates import NOT_TIMED, cost_of, page_table, per_minute
from dramatis.pipeline.graph import load_stages


def test_what_the_longer_film_costs_more_is_what_its_minutes_cost():
    short, long = {"cpu_s": 5.0, "bytes": 100}, {"cpu_s": 11.0, "bytes": 400}
    assert per_minute(short, long, (1.0, 3.0)) == {"cpu_s": 3.0, "bytes": 150}
    assert per_minute(long, short, (1.0, 3.0)) == {"cpu_s": 0.0, "bytes": 0.0}


def test_a_show_costs_its_minutes():
    rates = {"frames": {"cpu_s": 1.0, "bytes": 1e6}, "detect": {"cpu_s": 9.0, "bytes": 1e3}}
    found = cost_of(rates, {"cpu_s": 6.0, "bytes": 2e6}, 3600)
    assert found["core_hours"] == pytest.approx(15) and found["longest"] == "detect"
    assert found["gigabytes"] == pytest.approx(7.2036) and found["largest"] == "frames"
    assert found["days"] == pytest.approx(15 / 64 / 24) and found["usd"] == pytest.approx(0.75)
    assert found["usd_a_month"] == pytest.approx(0.144072)
    table = page_table({"per_minute": rates, "frames_hd": {"cpu_s": 6.0, "bytes": 2e6}, "shows": {"a show": found}})
    assert "| `detect` | 9.00 | 0.00 |" in table and "| a show | 15 | 0.0 | 1 | 7 | 0 | `detect` | `frames` |" in table


def test_what_is_not_timed_are_stages():
    assert {stage.name for stage in load_stages()} > NOT_TIMED


def test_what_is_timed_needs_no_trained_run():
    timed = {stage for stage in load_stages() if stage.name not in NOT_TIMED}
    made = ("models/release", "models/${", "data/scores", "data/votes", "data/storyboards", "data/panels")
    assert {stage.name for stage in timed if any(dep.startswith(made) for dep in stage.deps)} == set()
