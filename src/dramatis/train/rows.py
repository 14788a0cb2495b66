"""The training set of a phase: which rows of the dataset, in which bucket, how often in an epoch."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dramatis.core.buckets import bucket_name, bucket_of
from dramatis.core.errors import InputError
from dramatis.core.splits import PLAN_FILE, read_plan, read_split, shards
from dramatis.train.params import Sets, TrainParams

CONFIGS = ("characters", "scenes", "composites", "control", "regularization")
"""Configurations of the dataset."""
PRIOR = "regularization"
"""Configuration of the class pictures."""
COARSE_PX, FINE_PX = 64, 8
"""Sides of a scaled bucket are multiples of the first from `COARSE_FROM_PX` on, of the second below."""
COARSE_FROM_PX = 384

COLUMNS = [
    "id",
    "caption",
    "character",
    "characters",
    "trigger",
    "stage",
    "origin",
    "face",
    "keep",
    "width_px",
    "height_px",
]
"""What is read of each row; its picture is read later."""

Row = dict[str, Any]


def rows_of(dataset: Path, characters: Sequence[str], params: TrainParams, method: str) -> list[Row]:
    """Rows of the dataset that a phase trains on, without their pictures, sorted by configuration and id.

    A row has `COLUMNS`, and `config`, `names` (trigger words of all in the picture), `bucket` (in which it is trained)
    and `per_epoch` (how often it is seen: as the plan or `per_subject` says, times the factor of its set). Rows that
    are never seen are not among them. `controlnet` sees the control configuration only, and no other method does.
    Scenes and composites count only if nobody else is named in them; a run without characters, which learns a style,
    has those in which nobody is named at all.

    Raises:
        MissingError: the dataset is not there.
        InputError: a character is not in it, or none of its pictures counts.
    """
    factors = factors_of(params.sets, method)
    plans = {config: read_plan(dataset, config) for config in CONFIGS}
    buckets = {about["bucket"]: about["bucket"] for plan in plans.values() for about in plan.values()}
    if params.resolution_px is not None:
        buckets = scaled(list(buckets), params.resolution_px)
    found = [
        row | {"bucket": buckets[row["bucket"]]}
        for config, factor in factors.items()
        for row in _rows(dataset, config, plans[config], set(characters), factor, params)
    ]
    _check_everybody(dataset, characters, found, factors)
    _check_some(dataset, found, method)
    words = triggers_of(dataset)
    named = [row | {"names": [words[name] for name in row["characters"] if name in words]} for row in found]
    return sorted(named, key=lambda row: (row["config"], row["id"]))


def triggers_of(dataset: Path) -> dict[str, str]:
    """Trigger word of each character of the training set."""
    rows = read_split(dataset, "characters", "train", ["character", "trigger"])
    return {row["character"]: row["trigger"] for row in rows}


def factors_of(sets: Sets, method: str) -> dict[str, float]:
    """Factor of each configuration that a method learns from; those of 0 are left out."""
    configs = ("control",) if method == "controlnet" else ("characters", "scenes", "composites", PRIOR)
    return {config: getattr(sets, config) for config in configs if getattr(sets, config) > 0}


def files_of(dataset: Path, configs: Sequence[str]) -> list[Path]:
    """The files that decide what is trained: the plan and the training shards."""
    return [dataset / PLAN_FILE, *(file for config in configs for file in shards(dataset, config, "train"))]


def counted(rows: Sequence[Row], seen: Mapping[int, float]) -> list[float]:
    """How often each row of set `characters` is seen in an epoch under `per_subject`.

    A character is seen so often in all as `seen` says at the greatest number that its crops reach (variants of a crop
    do not count); below the least: never. The rows of a character share that as the plan has them.

    Args:
        rows: all training rows of characters, with the `per_epoch` of the plan.
        seen: by the least number of crops, how many are seen in an epoch.
    """
    crops = Counter(row["character"] for row in rows if row["origin"] == "crop")
    sums: dict[str, float] = defaultdict(float)
    for row in rows:
        sums[row["character"]] += row["per_epoch"]
    wanted = {name: next((seen[n] for n in sorted(seen, reverse=True) if n <= crops[name]), 0.0) for name in sums}
    return [
        row["per_epoch"] / sums[row["character"]] * wanted[row["character"]] if row["per_epoch"] else 0.0
        for row in rows
    ]


def scaled(buckets: Sequence[str], resolution_px: int) -> dict[str, str]:
    """Buckets at another resolution, by their names: the one of the largest area gets about resolution squared.

    Sides become the nearest multiples of 64 px, below 384 px of 8 px, as the UNets need them.
    """
    sizes = {name: bucket_of(name) for name in buckets}
    largest = max((width * height for width, height in sizes.values()), default=1)
    scale, step = resolution_px / largest**0.5, COARSE_PX if resolution_px >= COARSE_FROM_PX else FINE_PX
    return {
        name: bucket_name(tuple(max(round(length * scale / step), 1) * step for length in size))
        for name, size in sizes.items()
    }


def _rows(
    dataset: Path, config: str, plan: Mapping[str, Row], characters: set[str], factor: float, params: TrainParams
) -> list[Row]:
    """Seen rows of one configuration, in the buckets of the plan."""
    rows = [row | plan[row["id"]] | {"config": config} for row in read_split(dataset, config, "train", COLUMNS)]
    if config == "characters" and params.per_subject is not None:
        often = counted(rows, params.per_subject)
        rows = [row | {"per_epoch": value} for row, value in zip(rows, often, strict=True)]
    return [
        row | {"per_epoch": row["per_epoch"] * factor}
        for row in rows
        if row["per_epoch"] > 0 and counts(row, config, characters, params.sets.control_kinds)
    ]


def counts(row: Row, config: str, characters: set[str], kinds: Sequence[str] | None) -> bool:
    """Whether a row of a configuration concerns a run; `kinds` of control images are seen, None is all."""
    if config == PRIOR:
        return True
    if config in ("scenes", "composites"):
        named = set(row["characters"])
        return named <= characters and bool(named) == bool(characters)
    return row["character"] in characters and (config != "control" or kinds is None or row["origin"] in kinds)


def _check_some(dataset: Path, rows: Sequence[Row], method: str) -> None:
    """Refuses a training set of class pictures alone, or of none."""
    if any(row["config"] != PRIOR for row in rows):
        return
    if method == "textual_inversion":
        problem, remedy = "no scene that names nobody", "Raise `crops.scenes.nobody_per_video`, or name characters"
    else:
        problem, remedy = "no picture for this run", "Name characters, or raise what `sets` in params.yaml leaves out"
    raise InputError(str(dataset / PLAN_FILE), f"it has {problem}", remedy)


def _check_everybody(
    dataset: Path, characters: Sequence[str], rows: Sequence[Row], factors: Mapping[str, float]
) -> None:
    """Refuses a character that no row shows."""
    shown = {name for row in rows if row["config"] != PRIOR for name in (row["character"], *row["characters"])}
    known = triggers_of(dataset)
    missing = [name for name in characters if name not in shown or name not in known]
    if not missing:
        return
    plan = read_plan(dataset, "characters")
    named = read_split(dataset, "characters", "train", ["id", "character"])
    planned = Counter(row["character"] for row in named if plan[row["id"]]["per_epoch"] > 0)
    listed = ", ".join(f"{name} ({count})" for name, count in sorted(planned.items())) or "nobody"
    if missing[0] not in known:
        problem = "no such character in the training set"
    elif missing[0] not in planned or "characters" in factors:
        problem = "the plan shows none of its pictures"
    else:
        problem = f"none of its pictures is in {', '.join(config for config in factors if config != PRIOR)}"
    raise InputError(
        f"{dataset / PLAN_FILE}: {missing[0]}",
        f"{problem}; it has {listed}",
        "Mend `runs.<run>.characters` or `sets` in params.yaml, or name the character in cast.yaml",
    )
