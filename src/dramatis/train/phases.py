"""Phases of a run: each inherits the section `train`, then what the run says, then what itself says."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from dramatis.core.params import validate
from dramatis.core.runs import Run
from dramatis.train.params import TrainParams


class Phase(NamedTuple):
    """One phase of a run, resolved."""

    name: str
    params: TrainParams
    start: dict[str, str]
    """Where each part begins: the name of an earlier phase, or `base`; a part that is not named goes on as it is."""


def params_of(params: TrainParams, run: Run, name: str) -> TrainParams:
    """The section `train` with what the run says otherwise.

    Raises:
        ParameterError: the run names an unknown key or a value out of bounds.
    """
    return validate(_merged(params.model_dump(), run.train or {}), TrainParams, f"params.yaml: runs.{name}.train")


def phases_of(params: TrainParams) -> list[Phase]:
    """The phases of a run in order; one named `all` where none are given."""
    return [Phase("all", params, {})]


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(old[key], new[key])
        for key in old.keys() & new.keys()
        if isinstance(old[key], dict) and isinstance(new[key], dict)
    }
    return {**old, **new, **both}
