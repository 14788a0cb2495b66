"""Runs: what is trained on whom, one entry of `runs` in `params.yaml` each."""

from typing import Any

from pydantic import Field

from dramatis.core.params import PARAMS, Key, Params, RunKey, load_params, validate


class Fuse(Params):
    """A base that is to hold what a run learned, so that another run, or anybody, may start from there."""

    onto: str = Field(min_length=1, description="Base to put it into: the run's own, or another of its family.")
    scale: float = Field(1.0, gt=0, le=2, description="Strength: 1 is as trained; R1 took 0.7 to 0.9.")


class Run(Params):
    """One training run; every stage from `train` on works on one of them."""

    method: Key = Field(description="What is trained: the name of a file in `train/methods`.")
    characters: list[Key] = Field(
        description="Characters to learn, keys of the dataset; none: a style, from scenes that show nobody named."
    )
    base: str = Field(min_length=1, description="Diffusers folder or single-file checkpoint to start from.")
    clip_skip: int | None = Field(
        None, ge=1, le=12, description="Layer of the text encoder to read, counted from the last (1); null is the last."
    )
    train: dict[str, Any] | None = Field(None, description="Keys of the section `train` that differ in this run.")
    fuse: Fuse | None = Field(
        None, description="Stage release also writes `models/release/<run>/pipeline`: a base with the run in it."
    )


def load_run(name: str) -> Run:
    """The run `name` of `params.yaml`.

    Raises:
        MissingError: `runs` has no such key.
        ParameterError: a key is unknown or a value out of bounds, or the name is another folder of `models/`.
    """
    validate(name, RunKey, str(PARAMS), "runs")
    return load_params(f"runs.{name}", Run)
