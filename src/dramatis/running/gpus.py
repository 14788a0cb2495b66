"""Which stages work on a GPU, and which GPU each of them gets."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

DRIVER = Path("/proc/driver/nvidia/gpus")
VISIBLE = "CUDA_VISIBLE_DEVICES"


def wants_gpu(address: str, keys: Iterable[str], params: Mapping[str, Any]) -> bool:
    """True if the parameters of a stage name a GPU: `device: cuda`, or a provider of ONNX Runtime such as CUDA's.

    Args:
        address: of the stage; `train@solo` also looks at `runs.solo.train`, which outdoes the section `train`.
        keys: key paths that it depends on; those of `runs` and `videos` hold other stages' values, and do not count.
        params: all of `params.yaml`.
    """
    stage, _, item = address.split(":")[-1].partition("@")
    values = {key: _look_up(key, params) for key in keys if key.split(".")[0] not in ("runs", "videos")}
    own = _look_up(f"runs.{item}.{stage}", params) if item else None
    if isinstance(own, Mapping) and "device" in own and isinstance(values.get(stage), Mapping):
        values[stage] = {**values[stage], "device": own["device"]}
    return any(_names_gpu(key.split(".")[-1], value) for key, value in [*values.items(), ("", own or {})])


def visible(environment: Mapping[str, str] = os.environ, driver: Path = DRIVER) -> list[str]:
    """Names of the GPUs that may be used: those of CUDA_VISIBLE_DEVICES, else as the driver lists; at least one.

    A machine whose driver is not seen has the one slot all the same: the stage itself says what is missing.
    """
    if VISIBLE in environment:
        return [name.strip() for name in environment[VISIBLE].split(",") if name.strip()] or ["0"]
    count = len(list(driver.iterdir())) if driver.is_dir() else 0
    return [str(number) for number in range(max(count, 1))]


def slots(gpus: int | None) -> list[str]:
    """What CUDA_VISIBLE_DEVICES says in each slot: one for each GPU, or as many as asked for, over those there are."""
    there = visible()
    return [there[number % len(there)] for number in range(gpus if gpus is not None else len(there))]


def _names_gpu(key: str, value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_names_gpu(inner, item) for inner, item in value.items())
    if key == "device":
        return str(value).startswith("cuda")
    if key == "providers" and isinstance(value, list):
        return any(str(name).startswith(("CUDA", "Tensorrt")) for name in value)
    return any(_names_gpu("", item) for item in value) if isinstance(value, list) else False


def _look_up(path: str, params: Any) -> Any:
    for key in path.split("."):
        params = params.get(key) if isinstance(params, Mapping) else None
    return params
