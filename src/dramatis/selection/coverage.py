"""What the training pictures of each character cover."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dramatis.crops.schema import STAGES
from dramatis.selection.advice import advice
from dramatis.selection.decide import Decision
from dramatis.selection.kinds import DISTANCES, LIGHTS, TURNS
from dramatis.selection.params import Goal
from dramatis.selection.sizes import size_class

Row = Mapping[str, Any]


def coverage(
    crops: Sequence[Row], names: Iterable[str], decision: Decision, goals: Mapping[Goal, float]
) -> list[dict[str, Any]]:
    """Rows of COVERAGE, by name.

    Args:
        crops: rows of `crops.parquet` with `distance`, `turn` and `light`.
        names: characters that have a row even without a crop.
        goals: see `SelectionParams`.
    """
    own: dict[str, list[Row]] = {name: [] for name in names}
    for row in crops:
        own.setdefault(row["character"], []).append(row)
    return [_row(name, own[name], decision, goals) for name in sorted(own)]


def totals(rows: Sequence[Row], decision: Decision) -> dict[str, Any]:
    """The figures of all characters together, by character, and how much was refused for which reason."""
    counted = [name for name, value in rows[0].items() if isinstance(value, int)] if rows else []
    refused = Counter(decision.left_out.values())
    pictures = len(decision.split) + len(decision.left_out)
    splits = Counter(decision.split.values())
    return {
        "pictures": pictures,
        "train": splits["train"],
        "validation": splits["validation"],
        "characters": len(rows),
        "without_pictures": sum(not row["train"] for row in rows),
        "refused": dict(refused),
        "refused_share": {reason: count / pictures for reason, count in refused.items()},
        "by_character": {row["character"]: {name: row[name] for name in counted} for row in rows},
    }


def _row(name: str, crops: list[Row], decision: Decision, goals: Mapping[Goal, float]) -> dict[str, Any]:
    by_split: dict[str | None, list[Row]] = defaultdict(list)
    for row in crops:
        by_split[decision.split.get(row["crop_id"])].append(row)
    train = by_split["train"]
    figures = decision.figures.get(name, 0)
    refused = Counter(decision.left_out[row["crop_id"]] for row in by_split[None])
    worn = Counter(row["outfit"] for row in train if row["outfit"])
    stages, distances, turns, lights = (
        Counter(row[trait] for row in train) for trait in ("stage", "distance", "turn", "light")
    )
    found: dict[str, Any] = {
        "character": name,
        "size_class": size_class(figures),
        "figures": figures,
        "train": len(train),
        "validation": len(by_split["validation"]),
        "left_out": len(by_split[None]),
        "refused_most_by": min(refused, key=lambda reason: (-refused[reason], reason), default=None),
        "videos": len({row["video"] for row in train}),
        "shots": len({(row["video"], row["shot"]) for row in train}),
        "outfits": len(worn),
        "most_worn": max(worn.values(), default=0),
        **{stage if stage != "full" else "full_stage": stages[stage] for stage in STAGES},
        **{kind: distances[kind] for kind in DISTANCES},
        **{kind: turns[kind] for kind in TURNS},
        **{kind: lights[kind] for kind in LIGHTS},
    }
    return {**found, "advice": advice(found, goals)}
