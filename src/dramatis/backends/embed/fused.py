"""Several embedders as one: their vectors side by side, so that a face is only near another if most of them say so."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, ValidationError

from dramatis.backends.embed import SETTING, Embedder, Face, load_embed, unit
from dramatis.backends.onnx import CPU
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.params import Key, Params, read_yaml

FILE = "fused.yaml"
REMEDY = "Write a list of at least two entries such as `- {backend: ccip_onnx, weights: first}`"


class Member(Params):
    """One of the models; what it does not say is as in section `embed`."""

    backend: Key
    weights: Path = Field(description="File or folder, inside the folder of `fused.yaml`.")
    threshold: float | None = Field(None, gt=0, le=1)
    crop: str | None = None
    expand: dict[str, float] = {}
    normalisation: str | None = None


class Fused:
    """Weighted so that the difference of two faces, in units of the threshold, is the mean of the members' own such."""

    def __init__(self, members: Sequence[Embedder], threshold: float | None, listed: Path):
        self._members = members
        self.width = sum(member.width for member in members)
        self.files = [listed, *(file for member in members for file in member.files)]
        self.engine = ", ".join(dict.fromkeys(member.engine for member in members))
        inverse = np.array([1 / member.threshold for member in members])
        self.threshold = float(len(members) / inverse.sum()) if threshold is None else threshold
        self._shares = np.sqrt(inverse / inverse.sum())

    def embed(self, faces: Sequence[Face]) -> NDArray[np.float32]:
        """Vectors of length 1, shape (len(faces), width)."""
        parts = [share * member.embed(faces) for share, member in zip(self._shares, self._members, strict=True)]
        return unit(np.concatenate(parts, axis=1))


def load(
    weights: Path,
    threshold: float | None,
    crop: str,
    expand: Mapping[str, float],
    normalisation: str,
    batch_size: int = 1,
    providers: Sequence[str] = CPU,
) -> Fused:
    """The models that `fused.yaml` in a folder lists; see `load_embed`.

    Args:
        threshold: of the fused vectors; None for the harmonic mean of the members' own.

    Raises:
        MissingError: there is no such list, or no model where it says.
        InputError: the list is wrong or leads out of the folder.
    """
    entries = read_members(weights)
    loaded = [
        load_embed(
            entry.backend,
            weights / entry.weights,
            entry.threshold,
            entry.crop or crop,
            {**expand, **entry.expand},
            entry.normalisation or normalisation,
            batch_size,
            providers,
        )
        for entry in entries
    ]
    return Fused(loaded, threshold, weights / FILE)


def read_members(folder: Path) -> list[Member]:
    """The entries of `fused.yaml`, checked; DVC tracks the folder, so all weights must lie in it."""
    file = folder / FILE
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", f"Make `{SETTING}` a folder with it. {REMEDY}")
    try:
        members = TypeAdapter(list[Member]).validate_python(read_yaml(file))
    except ParameterError as error:
        raise InputError(error.place, error.problem, REMEDY) from None
    except ValidationError as error:
        first: Any = error.errors()[0]
        place = ": ".join([str(file), ".".join(map(str, first["loc"]))]).removesuffix(": ")
        raise InputError(place, first["msg"], REMEDY) from None
    if len(members) < 2:
        raise InputError(str(file), f"{len(members)} entries", REMEDY)
    for entry in members:
        if entry.weights.is_absolute() or ".." in entry.weights.parts:
            raise InputError(str(file), f"{entry.weights} leads out of the folder", "Put the model into the folder")
        if entry.backend == Path(__file__).stem:
            raise InputError(str(file), "fused models of fused models", "List all models in one file")
        if entry.backend not in {file.stem for file in Path(__file__).parent.glob("*.py")} - {"__init__"}:
            raise InputError(str(file), f"{entry.backend!r} is no backend", REMEDY)
    return members
