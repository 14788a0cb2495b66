"""The verdict on a run: its numbers, the best step and why; and the same in rows, and flat for `dvc metrics`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dramatis.score.bootstrap import Estimate, Values
from dramatis.score.choice import Limits, StepScore, choose
from dramatis.score.oracle import spearman
from dramatis.score.params import ScoreParams
from dramatis.score.summary import WHOLE, Numbers

Found = Mapping[str, Mapping[int, Numbers]]
"""The numbers by group, step and measure."""

AIMS = {"recscore": "recscore", "pose_error": "pose agreement", "style_gain": "style gain"}
"""What a run can be for, by measure, and how the reason says it; pose agreement is 1 - `pose_error`."""
PAIRED = {"recscore": "gain", "control": "control_change", "luma": "darkness_bias"}
"""Measures whose difference from the base has a name of its own."""
APART = {"pair": ("both_found", "in_place", "blended", "cloned", "control"), "forget": ("forgetting", "control")}
"""Measures of the groups that are judged for themselves."""


class Second(NamedTuple):
    """A second embedder, which has no part in the choice."""

    weights: Path
    threshold: float
    found: Found


class Facts(NamedTuple):
    """What the verdict needs beside the numbers."""

    name: str
    characters: list[str]
    params: ScoreParams
    threshold: float
    bounds: Mapping[str, float]
    references: Mapping[str, int]
    previews: int
    second: Second | None
    legacy: Mapping[int, float | None]


def aim_of(numbers: Numbers) -> str:
    """The measure that a run is for: where its pictures show a pose if it was asked for, else who, else the style."""
    return next(name for name in ("pose_error", "recscore", "style_gain") if name in numbers)


def verdict(found: Found, facts: Facts) -> dict[str, Any]:
    """Everything that is said of a run, as nested values; null where a measure does not apply."""
    whole = found[WHOLE]
    aim = aim_of(whole[0])
    best, reason = _chosen(whole, aim, facts.params)
    result = _numbers(whole, best, facts.params.confidence) | {
        "run": facts.name,
        "aim": aim,
        "best_step": best,
        "reason": reason,
        "previews": facts.previews,
        "threshold": facts.threshold,
        "references": dict(facts.references),
        "by_character": {name: _of_one(found[name], name, best, aim, facts) for name in facts.characters},
        "by_step": {f"step-{step:06d}": _numbers(whole, step, facts.params.confidence) for step in sorted(whole)},
        "legacy": {f"step-{step:06d}": value for step, value in facts.legacy.items()},
        "oracle_spearman": None,
        "attributes_spearman": _agreement(whole, "recscore", whole, "attributes"),
    }
    for group, measures in APART.items():
        if group in found:
            numbers = _numbers(found[group], best, facts.params.confidence)
            kept = {name for one in measures for name in (one, f"base_{one}", f"{one}_interval")}
            result[group] = {name: value for name, value in numbers.items() if name in kept}
    if facts.second is not None and "recscore" in whole[0]:
        result["oracle_spearman"] = _agreement(whole, "recscore", facts.second.found[WHOLE], "recscore")
        result["second"] = _second(facts, facts.second, best)
    return result


def _chosen(by_step: Mapping[int, Numbers], aim: str, params: ScoreParams) -> tuple[int, str]:
    scores = {step: _step_score(step, numbers, aim) for step, numbers in by_step.items()}
    limits = Limits(
        params.max_control_loss,
        params.max_identified_loss,
        params.max_copy_risk,
        params.tie_margin,
        params.confidence,
    )
    return choose(scores[0], [score for step, score in scores.items() if step], limits, AIMS[aim])


def _step_score(step: int, numbers: Numbers, aim: str) -> StepScore:
    main = numbers[aim]
    if aim == "pose_error":
        main = main.mapped(lambda error: 1 - error)
    identified = numbers.get("identified") if aim == "recscore" else None
    return StepScore(
        step, main, *(_value(one) for one in (identified, numbers.get("control"), numbers.get("copy_risk")))
    )


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.value


def _numbers(by_step: Mapping[int, Numbers], step: int, confidence: float) -> dict[str, Any]:
    """Every measure of a step with its interval, and the base's beside it."""
    here, base = by_step[step], by_step[0]
    result: dict[str, Any] = dict.fromkeys(("recscore", "identified", "control", "copy_risk"))
    result |= {f"base_{name}": None for name in result}
    for name, estimate in here.items():
        result[name] = estimate.value
        result[f"{name}_interval"] = list(estimate.interval(confidence))
        if name in base:
            result[f"base_{name}"] = base[name].value
        if name in base and name in PAIRED:
            change = estimate.minus(base[name])
            result[PAIRED[name]] = change.value
            result[f"{PAIRED[name]}_interval"] = list(change.interval(confidence))
    result["interval"] = result.get("recscore_interval")
    return result


def _of_one(by_step: Mapping[int, Numbers], name: str, best: int, aim: str, facts: Facts) -> dict[str, Any]:
    _, alone = _chosen(by_step, aim, facts.params)
    return _numbers(by_step, best, facts.params.confidence) | {
        "best_step": best,
        "reason": f"The run takes step {best}. For {name} alone: {alone}",
        "upper_bound": facts.bounds[name],
    }


def _second(facts: Facts, second: Second, best: int) -> dict[str, Any]:
    """The chosen step in the eyes of the second embedder."""
    kept = ("recscore", "recscore_raw", "base_recscore", "identified", "interval", "copy_risk")
    of = {name: _numbers(second.found[name], best, facts.params.confidence) for name in (WHOLE, *facts.characters)}
    few = {name: {key: numbers[key] for key in kept} for name, numbers in of.items()}
    return {
        "weights": str(second.weights),
        "threshold": second.threshold,
        **few.pop(WHOLE),
        "by_character": few,
        "by_step": {f"step-{step:06d}": numbers["recscore"].value for step, numbers in second.found[WHOLE].items()},
    }


def _agreement(a: Mapping[int, Numbers], first: str, b: Mapping[int, Numbers], second: str) -> float | None:
    """Spearman's rank correlation of two measures over the steps, the base among them."""
    steps = [step for step in a if first in a[step] and second in b[step]]
    return spearman([a[step][first].value for step in steps], [b[step][second].value for step in steps])


FLAT = ("best_step", "previews", "oracle_spearman", "attributes_spearman")
ALWAYS = ("recscore", "identified", "control", "copy_risk")
MEASURES = (
    *ALWAYS, "identified_strangers", "difference", "attributes", "copy_risk_identity", "diversity", "leaks",
    "leaks_negative", "faces", "clip", "pose_error", "style_gain", "style_distance",
)  # fmt: skip
OF_CHARACTERS = ("recscore", "base_recscore", "identified", "control", "copy_risk")
WITHOUT_BASE = ("style_gain",)


def flat(result: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of the chosen step for `dvc metrics`: numbers alone, few enough to read in a table."""
    kept = {name: result[name] for name in FLAT if result[name] is not None}
    kept |= {name: result[name] for measure in ALWAYS for name in (measure, f"base_{measure}")}
    for measure in MEASURES:
        names = (measure,) if measure in WITHOUT_BASE else (measure, f"base_{measure}")
        kept |= {name: result[name] for name in names if result.get(name) is not None}
    for name in (*PAIRED.values(), "recscore", result["aim"]):
        if result.get(f"{name}_interval"):
            low, high = result[f"{name}_interval"]
            kept |= {name: result[name], f"{name}_low": low, f"{name}_high": high}
    for group in APART:
        for name, value in result.get(group, {}).items():
            if not name.endswith("_interval"):
                kept[f"{group}_{name}"] = value
    if "second" in result:
        kept["second_recscore"] = result["second"]["recscore"]
    if len(result["by_character"]) > 1:
        kept["by_character"] = {
            name: {key: one[key] for key in OF_CHARACTERS} for name, one in result["by_character"].items()
        }
    return kept


def step_rows(found: Found, confidence: float) -> list[dict[str, Any]]:
    """Every number of every step and group, as rows of STEPS."""
    rows = []
    for group, by_step in found.items():
        for step, numbers in by_step.items():
            for measure, estimate in numbers.items():
                change = estimate.minus(by_step[0][measure]) if measure in by_step[0] else estimate
                low, high = estimate.interval(confidence)
                change_low, change_high = change.interval(confidence)
                rows.append(
                    {
                        "key": f"{step:06d}-{group}-{measure}",
                        "step": step,
                        "of": group,
                        "measure": measure,
                        "value": estimate.value,
                        "low": low,
                        "high": high,
                        "change": change.value,
                        "change_low": change_low,
                        "change_high": change_high,
                    }
                )
    return rows


def judged_rows(
    groups: Mapping[tuple[int, str], Sequence[Mapping[str, Any]]],
    table: Mapping[tuple[int, str], Mapping[str, Values]],
    nearest: Mapping[tuple[int, str], Sequence[str | None]],
) -> list[dict[str, Any]]:
    """Every preview with its values, as rows of JUDGED."""
    return [
        {
            "preview_id": row["preview_id"],
            "step": step,
            "of": group,
            "nearest": nearest[step, group][place] if (step, group) in nearest else None,
            "values": [
                (name, float(values[place]))
                for name, values in sorted(table[step, group].items())
                if not np.isnan(values[place])
            ],
        }
        for (step, group), rows in groups.items()
        for place, row in enumerate(rows)
    ]
