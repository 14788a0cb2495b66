"""From values of previews to numbers, verdict and rows, by hand."""

import numpy as np
import pytest
from previewed import SCORE

from dramatis.score.params import ScoreParams
from dramatis.score.report import Facts, Second, flat, judged_rows, step_rows, verdict
from dramatis.score.summary import Rules, confusion, estimates, style_gains

PARAMS = ScoreParams.model_validate(SCORE)
RULES = Rules({"ada": 1.0, "bela": 0.5}, 200, 7)
NAN = float("nan")


def values(match, identified, control=(1.0, 1.0), copy=(0.5, 0.5)):
    parts = {"match": match, "identified": identified, "control": control, "copy_risk": copy}
    return {name: np.array(part, float) for name, part in parts.items()}


TABLE = {
    (0, "ada"): values([0, 0], [0, 0]),
    (0, "bela"): values([0.5, 0], [1, 0]),
    (80, "ada"): values([1, 0.5], [1, 1], copy=[0.8, NAN]),
    (80, "bela"): values([0.25, 0.25], [1, 0], control=[0.8, 1.0]),
}


def facts(**changes):
    return Facts(
        **{
            "name": "twins",
            "characters": ["ada", "bela"],
            "params": PARAMS,
            "threshold": 0.1,
            "bounds": RULES.bounds,
            "references": {"ada": 3, "bela": 2},
            "previews": 2,
            "second": None,
            "legacy": {80: None},
            **changes,
        }
    )


def test_the_run_is_as_good_as_the_worst_of_its_characters():
    result = verdict(estimates(TABLE, RULES), facts())
    assert (result["recscore"], result["recscore_raw"]) == pytest.approx((0.5, 0.25))
    assert result["by_character"]["ada"]["recscore"] == pytest.approx(0.75)
    assert result["by_character"]["bela"]["recscore"] == pytest.approx(0.5)
    assert result["base_recscore"] == 0 and result["by_character"]["bela"]["base_recscore"] == pytest.approx(0.5)
    assert result["identified"] == 0.5 and result["control"] == pytest.approx(0.9) and result["copy_risk"] == 0.8
    assert result["gain"] == pytest.approx(0.5) and result["by_character"]["bela"]["gain"] == pytest.approx(0)
    assert result["best_step"] == 80 == result["by_character"]["bela"]["best_step"]
    assert list(result["by_step"]) == ["step-000000", "step-000080"] and result["legacy"] == {"step-000080": None}
    low, high = result["interval"]
    assert low <= result["recscore"] <= high and result["interval"] == result["recscore_interval"]
    assert "For bela alone: Step 80" in result["by_character"]["bela"]["reason"]


def test_flat_figures_are_numbers_alone():
    found = estimates(TABLE, RULES)
    result = flat(verdict(found, facts(second=Second("models/other", 0.1, found))))
    characters = result.pop("by_character")
    assert all(isinstance(value, int | float) for value in result.values())
    assert result["recscore_low"] <= result["recscore"] <= result["recscore_high"]
    assert {"gain_low", "control_change_high", "base_copy_risk", "second_recscore"} <= set(result)
    assert characters["ada"] == pytest.approx(
        {"recscore": 0.75, "base_recscore": 0, "identified": 1, "control": 1, "copy_risk": 0.8}
    )


def test_a_second_judge_of_the_same_opinion_ranks_alike():
    table = TABLE | {(160, name): values([1, 1], [1, 1]) for name in ("ada", "bela")}
    found = estimates(table, RULES)
    result = verdict(found, facts(second=Second("models/other", 0.1, found), legacy={}))
    assert result["oracle_spearman"] == pytest.approx(1) and result["second"]["recscore"] == result["recscore"]
    assert verdict(found, facts(legacy={}))["oracle_spearman"] is None


def test_a_run_for_a_pose_is_judged_by_it():
    table = {
        (0, "ada"): values([0, 0], [0, 0]) | {"pose_error": np.array([0.5, 0.3])},
        (80, "ada"): values([0, 0], [0, 0]) | {"pose_error": np.array([0.1, NAN])},
        (160, "ada"): values([1, 1], [1, 1]) | {"pose_error": np.array([0.2, 0.2])},
    }
    bounds = {"ada": 1.0}
    result = verdict(estimates(table, Rules(bounds, 200, 7)), facts(characters=["ada"], bounds=bounds, legacy={}))
    assert result["aim"] == "pose_error" and result["best_step"] == 80 and "pose agreement 0.90" in result["reason"]
    few = flat(result)
    assert (few["pose_error"], few["base_pose_error"]) == pytest.approx((0.1, 0.4)) and "pose_error_low" in few


def test_a_style_without_characters_has_no_identity():
    table = {
        (step, "run"): {"style_distance": np.array(apart, float), "control": np.array([1.0, 0.0])}
        for step, apart in {0: [4, 4], 40: [1, 1], 80: [3, 1]}.items()
    }
    found = estimates(table, Rules({}, 200, 7))
    found["run"] = style_gains(found["run"])
    result = verdict(found, facts(characters=[], bounds={}, references={}, legacy={40: None, 80: None}))
    assert result["aim"] == "style_gain" and result["best_step"] == 40 and result["style_gain"] == pytest.approx(0.75)
    assert result["recscore"] is None and result["by_character"] == {} and "style gain 0.75" in result["reason"]
    few = flat(result)
    assert few["recscore"] is None and few["style_gain_low"] == pytest.approx(0.75) and few["base_style_distance"] == 4


def test_pairs_and_what_was_forgotten_stand_apart():
    pair = {name: np.array([1.0, 0.0]) for name in ("both_found", "in_place", "blended", "cloned")}
    extra = {(step, "pair"): pair for step in (0, 80)} | {
        (s, "forget"): {"forgetting": np.array([5.0])} for s in (0, 80)
    }
    result = verdict(estimates(TABLE | extra, RULES), facts())
    assert result["pair"]["both_found"] == 0.5 and len(result["pair"]["blended_interval"]) == 2
    assert flat(result)["pair_cloned"] == 0.5 and flat(result)["forget_forgetting"] == 5
    assert result["recscore"] == pytest.approx(0.5)  # they are no characters


def test_rows_hold_every_number():
    found = estimates(TABLE, RULES)
    rows = {row["key"]: row for row in step_rows(found, 0.95)}
    row = rows["000080-ada-recscore"]
    assert row["value"] == 0.75 == row["change"] and row["low"] <= 0.75 <= row["high"]
    assert rows["000000-run-control"]["change"] == 0 and len(rows) == 2 * 3 * 5
    groups = {key: [{"preview_id": f"{key[0]}-{key[1]}-{n}"} for n in range(2)] for key in TABLE}
    judged = judged_rows(groups, TABLE, {(80, "ada"): ["ada", None]})
    last = next(row for row in judged if row["preview_id"] == "80-ada-1")
    assert last["nearest"] is None and "copy_risk" not in dict(last["values"]) and dict(last["values"])["match"] == 0.5


def test_confusion_counts_every_preview():
    assert confusion({"ada": [None, "cyrus"], "bela": ["bela", "ada"]}, ["ada", "bela", "cyrus"]) == {
        "ada": {"ada": 0, "bela": 0, "cyrus": 1, "nobody": 1},
        "bela": {"ada": 1, "bela": 1, "cyrus": 0, "nobody": 0},
    }
