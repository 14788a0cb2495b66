"""Figures of a finished dataset, for `dvc metrics`, the log and the card."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from dramatis.core.buckets import bucket_of
from dramatis.dataset.plan import holds_faces
from dramatis.dataset.schema import CONFIGS, SPLITS

Row = Mapping[str, Any]


def figures(rows: Sequence[Row], plan: Sequence[Row], left_out: Sequence[Row], tried: int) -> dict[str, Any]:
    """What `metrics/dataset.json` holds.

    Args:
        rows: of both splits of all configurations.
        plan: rows of PLAN, in the order of the training rows.
        left_out: rows of LEFT_OUT.
        tried: crops and scenes that there were to choose from.

    Returns:
        `pictures` by configuration and split; `epoch`: of these, how many training sees in an epoch; `characters`:
        crops by split and stage, variants, and how many of the character an epoch sees; `buckets`: pictures that are
        seen, and the mean share that is cut off; `cut_share`: that by configuration; `faces_cut`: pictures whose
        bucket does not hold every face, likewise; `left_out`: share of what was tried, by reason.
    """
    seen = [row for row in plan if row["per_epoch"] > 0]
    reasons = Counter(row["reason"] for row in left_out)
    return {
        "pictures": _nested(Counter((row["config"], row["split"]) for row in rows)),
        "epoch": {config: _sum(plan, config=config) for config in CONFIGS if _count(plan, config=config)},
        "characters": characters(rows, plan),
        "buckets": buckets(seen),
        "cut_share": {
            config: _mean([row["cut_share"] for row in seen if row["config"] == config])
            for config in CONFIGS
            if _count(seen, config=config)
        },
        "faces_cut": faces_cut([row for row in rows if row["split"] == "train"], plan),
        "left_out": {reason: count / tried for reason, count in sorted(reasons.items())} if tried else {},
    }


def characters(rows: Sequence[Row], plan: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """By character: crops by split and stage (`train.head`, …), `variants`, and `epoch`: pictures seen in an epoch."""
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"train": Counter(), "validation": Counter(), "variants": 0})
    for row in rows:
        if row["config"] == "characters" and row["origin"] == "crop":
            found[row["character"]][row["split"]][row["stage"]] += 1
        elif row["config"] == "characters":
            found[row["character"]]["variants"] += 1
    epoch: Counter[str] = Counter()
    for row in plan:
        if row["config"] == "characters":
            epoch[row["character"]] += row["per_epoch"]
    return {
        name: {split: dict(counts[split]) for split in SPLITS} | {"variants": counts["variants"], "epoch": epoch[name]}
        for name, counts in sorted(found.items())
    }


def buckets(seen: Sequence[Row]) -> dict[str, dict[str, float]]:
    """By bucket: `pictures`, and the mean and the largest share that is cut off of one."""
    found: dict[str, list[float]] = defaultdict(list)
    for row in seen:
        found[row["bucket"]].append(row["cut_share"])
    return {
        name: {"pictures": len(found[name]), "cut_share": _mean(found[name]), "most_cut": max(found[name])}
        for name in sorted(found, key=bucket_of)
    }


def faces_cut(training: Sequence[Row], plan: Sequence[Row]) -> dict[str, int]:
    """By configuration, training pictures whose bucket is too narrow for the face, or for all faces."""
    found: Counter[str] = Counter()
    for row, planned in zip(training, plan, strict=True):
        found[row["config"]] += not holds_faces(row, bucket_of(planned["bucket"]))
    return dict(found)


def _nested(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for (outer, inner), count in sorted(counts.items()):
        found[outer][inner] = count
    return dict(found)


def _count(rows: Sequence[Row], **values: Any) -> int:
    return sum(all(row[name] == value for name, value in values.items()) for row in rows)


def _sum(plan: Sequence[Row], config: str) -> float:
    return sum(row["per_epoch"] for row in plan if row["config"] == config)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
