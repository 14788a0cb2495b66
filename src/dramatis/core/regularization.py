"""Sources of class pictures, one entry of `regularization` in `params.yaml` each."""

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from dramatis.core.params import PARAMS, Key, Params, load_params, validate


class ClassSource(Params):
    """Where class pictures come from, which show nobody of the cast: so that a model keeps what it knew.

    A person's own pictures that were trained with about ten class pictures each, drawn by the base itself, gave the
    best result of the recipe R1. Whole series take fewer: 500 frames without a named character (anime2sd).
    """

    kind: Literal["base", "frames", "folder"] = Field(
        alias="from",
        description="base: drawn by a model from `regularize.prompts`; frames: scenes of shots in which nobody named "
        "was ever seen; folder: pictures of your own.",
    )
    path: Path = Field(
        description="base: a diffusers folder or single-file checkpoint; frames: data/crops, or data/crops/<video> of "
        "one video; folder: a folder of pictures, any depth, with a caption in a .txt of the same name or without."
    )
    count: int | None = Field(
        ge=0, le=99_999, description="Pictures, the most there are of frames or files; null takes all of those."
    )
    multiplier: float = Field(
        ge=0, le=100, description="How often each is seen beside one picture of weight 1 (stage `dataset`)."
    )

    @model_validator(mode="after")
    def _drawn_are_counted(self) -> "ClassSource":
        if self.kind == "base" and self.count is None:
            raise ValueError("count = null: a model draws as many as it is told, so a number is needed")
        return self


def load_source(name: str) -> ClassSource:
    """The source `name` of `params.yaml`.

    Raises:
        MissingError: `regularization` has no such key.
        ParameterError: a key is unknown, a value out of bounds, or the name no id.
    """
    validate(name, Key, str(PARAMS), "regularization")
    return load_params(f"regularization.{name}", ClassSource)
