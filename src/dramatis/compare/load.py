"""What is known of a run: its verdict, its settings, and its pictures of the step that counts and of the base."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from dramatis.core.choice import choice_in
from dramatis.core.tables import made, read_json

Place = tuple[str, str, str, int]
"""What makes two pictures comparable: purpose, prompt, negative prompt and seed."""


class Compared(NamedTuple):
    """One run."""

    name: str
    verdict: Mapping[str, Any]
    settings: Mapping[str, Any]
    """Of run.json, flat: key path to value."""
    base: Mapping[Place, bytes]
    """Pictures of the bare base, PNG."""
    chosen: Mapping[Place, bytes]
    """Pictures of the step that counts, PNG: a person's choice, else the score's."""


LEFT_OUT = ("libraries", "seen", "run", "last")
"""Keys of run.json that are no settings."""


def flattened(value: Any, path: str = "") -> dict[str, Any]:
    """Nested values by their key path: `{"a": {"b": 1}}` is `{"a.b": 1}`; lists of values stay whole."""
    if isinstance(value, Mapping) and value:
        parts = [flattened(part, f"{path}.{key}" if path else str(key)) for key, part in value.items()]
        return {key: one for part in parts for key, one in part.items()}
    if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        return flattened({str(place): one for place, one in enumerate(value)}, path)
    return {path: value}


def differing(settings: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Settings that are not the same in all runs: key path to the value of each run, None where it has none."""
    keys = sorted({key for one in settings.values() for key in one})
    rows = {key: {run: one.get(key) for run, one in settings.items()} for key in keys}
    return {
        key: row for key, row in rows.items() if len({json.dumps(value, sort_keys=True) for value in row.values()}) > 1
    }


def load_run(name: str, top: Path = Path()) -> Compared:
    """Reads one run.

    Raises:
        MissingError: it is not trained, drawn or scored.
    """
    verdict = choice_in(top, name)
    trained = read_json(top / "models" / name / "run.json", f"train@{name}")
    file = top / "data/previews" / name / "previews.parquet"
    columns = ["step", "purpose", "prompt", "negative", "seed", "image"]
    steps = (0, verdict["best_step"])
    rows = pq.read_table(made(file, f"preview@{name}"), columns=columns, filters=[("step", "in", steps)]).to_pylist()
    of_step = {step: {place_of(row): row["image"] for row in rows if row["step"] == step} for step in steps}
    settings = flattened({key: value for key, value in trained.items() if key not in LEFT_OUT})
    return Compared(name, verdict, settings, of_step[0], of_step[verdict["best_step"]])


def place_of(row: Mapping[str, Any]) -> Place:
    """The place of a preview."""
    return row["purpose"], row["prompt"], row["negative"] or "", row["seed"]
