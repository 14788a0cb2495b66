"""Where the work on frames, crops and checkpoints is done: processes of this machine, or a Ray cluster."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from dramatis.core.errors import InputError
from dramatis.core.params import PARAMS, Params, read_yaml, validate

SECTION = "engine"


class EngineParams(Params):
    """Who works on frames, crops and checkpoints. It decides how long a stage takes and nothing else.

    So no stage depends on it, and a change of it reruns nothing.
    """

    name: Literal["local", "ray"] = Field(
        "local", description="local: `workers` processes of each stage; ray: all CPUs of a cluster. See docs/scale.md."
    )
    address: str | None = Field(
        None,
        min_length=1,
        description="Head of the Ray cluster, such as 10.0.0.1:6379; null: a cluster of this machine alone.",
    )
    project: Path | None = Field(
        None, description="The project's folder on every node, the same shared one; null: at the same path as here."
    )


LOCAL = EngineParams()


def check_shared(path: Path) -> None:
    """Raises an `InputError` if what a node has written is not there: its folder is not the one here."""
    if not path.exists():
        remedy = "Share the project's folder with every node, or say `engine.name: local`"
        raise InputError(str(path), "a node of the Ray cluster wrote it, but not here", remedy)


def load_engine(file: Path = PARAMS) -> EngineParams:
    """Section `engine`; local where there is none."""
    return validate((read_yaml(file) or {}).get(SECTION) or {}, EngineParams, str(file), SECTION)
