"""Table of stage `train`: the log of one run; and the layout of `models/<run>/`."""

import pyarrow as pa

from dramatis.core.tables import column

LOG = pa.schema(
    [
        column("step", pa.int32(), "Key: optimizer step, from 1."),
        column("loss", pa.float32(), "Weighted loss of the step."),
        column("rate", pa.float32(), "Factor on the learning rates in that step [0..1]."),
    ]
)

RUN_FILE = "run.json"
"""Beside the checkpoints: what was trained, on what, with which versions."""


def checkpoint_name(step: int) -> str:
    """Folder of a checkpoint: `step-000060`."""
    return f"step-{step:06d}"


def step_of(name: str) -> int:
    """Step of a checkpoint folder's name."""
    return int(name.removeprefix("step-"))
