"""What the pipelines of diffusers that draw films share: loading them, their sizes, and more frames from few."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2

from dramatis.backends.motion import SECTION, MotionParams, Still
from dramatis.core.errors import InputError, MissingError
from dramatis.core.foreign import refused_as
from dramatis.core.images import Image, resize

STEP_PX = 64
"""Sides that a model draws are multiples of this, unless they are shorter."""


def named(value: str | None, key: str, what: str) -> str:
    """Weights that the parameters name.

    Raises:
        MissingError: they name none.
    """
    if value is None:
        remedy = f"Set `{SECTION}.{key}` to a folder or hub id of {what}, or say `render.backend: pan`"
        raise MissingError(f"params.yaml: {SECTION}.{key}", f"null, but this backend needs {what}", remedy)
    return value


def part(kind: Any, name: str, params: MotionParams, **parts: Any) -> Any:
    """A pipeline or model of diffusers, from a folder, or from the hub if there is no such folder.

    Only safetensors are read.

    Raises:
        MissingError: it is no folder here, and cannot be fetched.
        InputError: it is damaged, or of another kind.
    """
    import torch

    local = Path(name).is_dir()
    how: dict[str, Any] = {"dtype": getattr(torch, _type(params.precision)), "use_safetensors": True}
    if params.variant:
        how["variant"] = params.variant

    def refusal(said: str) -> InputError:
        if local:
            problem = f"no whole {kind.__name__} can be loaded from it ({said})"
            return InputError(name, problem, "Fetch the folder again, or name another one")
        problem = f"no folder here, and no model that can be fetched ({said})"
        pull = f"Fetch it with `dramatis models pull {name}` where there is a network"
        return MissingError(name, problem, f"{pull}, and name its folder in `{SECTION}`, or say `render.backend: pan`")

    with refused_as(refusal):
        return kind.from_pretrained(name, local_files_only=local, **how, **parts)


def _type(precision: str) -> str:
    return {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}[precision]


def placed(pipeline: Any, device: str) -> Any:
    """The pipeline on its device, without a bar of its own.

    Raises:
        InputError: there is no GPU.
    """
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        problem = "cuda, and this machine has no GPU that torch can use"
        raise InputError(
            f"params.yaml: {SECTION}.device", problem, "Use `render.backend: pan`, or `device: cpu`: hours"
        )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)


def drawn_size(still: Still, short_px: int) -> tuple[int, int]:
    """Width and height that a model draws: of the still's proportions, the shorter side as said, in steps."""
    scale = short_px / min(still.width_px, still.height_px)
    wide, high = (max(round(side * scale / STEP_PX), 1) * STEP_PX for side in (still.width_px, still.height_px))
    return (wide, high) if short_px >= STEP_PX else (short_px, short_px)


def spread(frames: Sequence[Image], their_fps: float, still: Still, count: int, fps: float) -> Iterator[Image]:
    """`count` frames of the still's size, from few: these run forth and back, and what is in between is mixed.

    Args:
        frames: of a model, two at least.
        their_fps: how fast they are shown [1/s].
        still: for the size.
        count: frames wanted.
        fps: how fast those are shown [1/s].
    """
    large = [resize(frame, still.width_px, still.height_px) for frame in frames]
    last = len(large) - 1
    for number in range(count):
        at = number * their_fps / fps % (2 * last)
        at = min(at, 2 * last - at)  # forth and back
        first = min(int(at), last - 1)
        yield cv2.addWeighted(large[first], 1 - (at - first), large[first + 1], at - first, 0)
