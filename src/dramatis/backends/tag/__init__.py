"""Taggers and captioners: what a picture shows, as words with a probability each, or as a sentence."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from dramatis.core.images import Image
from dramatis.core.params import Params

SETTING = "tag.weights"
"""The parameter that names the weights, for messages."""
CPU = ("CPUExecutionProvider",)
"""What onnxruntime runs a tagger on unless the parameters say otherwise."""


class Sentence(Params):
    """How a captioner speaks; a tagger does not read it."""

    prompt: str | None = Field(
        None, min_length=1, max_length=200, description="Words that it goes on from, and which the sentence then lacks."
    )
    max_tokens: int = Field(40, ge=1, le=500, description="Longest sentence [tokens].")
    beams: int = Field(3, ge=1, le=16, description="Sentences that are followed at once; 1 takes the next best word.")
    device: Literal["cpu", "cuda"] = Field("cpu", description="What the captioner runs on.")


class TagChoice(Params):
    """The keys of section `tag` that load a tagger, for stages that use it beside `tag`, which checks them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    backend: str
    weights: Path


class Tag(NamedTuple):
    """A word that a tagger knows: with underscores as in its list, and its category (`general`, `character`, …)."""

    name: str
    category: str


class Tagger(Protocol):
    """Looks at pictures. A tagger scores the tags of its list; a captioner has no tags, and says sentences."""

    model: str
    """Backend and first digits of the weights' hash, such as `wd14:0f3a…`: what to note beside its results."""
    tags: Sequence[Tag]
    """Its list, in the order of the scores; empty of a captioner."""

    def scores(self, images: Sequence[Image]) -> NDArray[np.float32]:
        """Probabilities of RGB pictures (H, W, 3) of any size, shape (N, T) [0..1]."""
        ...

    def sentences(self, images: Sequence[Image]) -> list[str | None]:
        """What it says of each of N RGB pictures; None of a tagger."""
        ...


def load_tagger(
    backend: str,
    weights: Path,
    batch_size: int = 1,
    providers: Sequence[str] = CPU,
    sentence: Sentence | None = None,
) -> Tagger:
    """The tagger or captioner of one backend (a file of this package) with the weights in a folder.

    Args:
        batch_size: pictures that go through the model together.
        providers: what onnxruntime may run it on, the first wanted most (wd14).
        sentence: how it speaks (blip).

    Raises:
        InputError: the weights are missing or of another layout.
    """
    return import_module(f"{__name__}.{backend}").load(weights, batch_size, providers, sentence or Sentence())
