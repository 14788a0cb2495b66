"""Tables of stage `train`, and the layout of `models/<run>/`: checkpoints, `run.json`, `log.parquet` and the rest."""

import pyarrow as pa

from dramatis.core.tables import column

LOG = pa.schema(
    [
        column("step", pa.int32(), "Key: optimizer step, from 1, counted over all phases."),
        column("phase", pa.string(), "Name of the phase."),
        column("epoch", pa.int32(), "Epoch of the phase, from 1."),
        column("pictures", pa.int32(), "Pictures in the step."),
        column(
            "loss",
            pa.float32(),
            "Weighted loss of the step: the sum over its pictures, divided by the size of a full step.",
        ),
        column("rate", pa.float32(), "Factor on the learning rates in that step [0..1]."),
    ]
)
"""`log.parquet`."""

SEEN = pa.schema(
    [
        column("key", pa.string(), "Key: `<phase>/<config>/<id>`."),
        column("phase", pa.string(), "Name of the phase."),
        column("config", pa.string(), "Configuration of the dataset."),
        column("id", pa.string(), "Row of its training split."),
        column("character", pa.string(), "Key of the character; null of several or none.", nullable=True),
        column("bucket", pa.string(), "In which it was trained, `<width>x<height>`."),
        column("per_epoch", pa.float32(), "How often it should be seen in an epoch; class pictures may take turns."),
        column("seen", pa.int32(), "How often it was in a batch of the phase."),
        column("caption", pa.string(), "Its caption as it was read the first time; null if never seen.", True),
    ]
)
"""`seen.parquet`: which pictures were really trained, how often, with which words."""

VALIDATION = pa.schema(
    [
        column("key", pa.string(), "Key: `<step:06d>/<subject>`."),
        column("step", pa.int32(), "Optimizer step after which it was measured."),
        column("subject", pa.string(), "Key of the character, or `regularization`."),
        column("loss", pa.float32(), "Loss on the held-out pictures at fixed noise and timesteps."),
    ]
)
"""`validation.parquet`; absent where nothing was measured."""

RUN_FILE = "run.json"
"""Beside the checkpoints: what was trained, on what, with which versions."""


def checkpoint_name(step: int) -> str:
    """Folder of a checkpoint: `step-000060`."""
    return f"step-{step:06d}"


def step_of(name: str) -> int:
    """Step of a checkpoint folder's name."""
    return int(name.removeprefix("step-"))
