"""Any model that says where the 68 points are: input (N, 3, S, S), output (N, 68, 2), (N, 68, 3) or (N, 136).

What a file does not say of itself stands beside it in `points.yaml`; see `Layout`. A second output of shape (N, 68) or
(N, 68, H, W) says how sure it is of each point; a model without one is as sure of a wall as of a face, so that only
`max_residual` tells them apart.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dramatis.backends.landmarks import POINTS, SETTING, Landmarks, square_view
from dramatis.backends.onnx import engine, open_session
from dramatis.backends.weights import single_weight_file
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import Image
from dramatis.core.params import Params, read_yaml, validate

FILE = "points.yaml"
PLACES = ((POINTS, 2), (POINTS, 3), (2 * POINTS,))
"""Shapes of an output with the points of one face; a third number of each is not read."""
Colour = tuple[float, float, float]
Positive = Annotated[float, Field(gt=0)]


class Layout(Params):
    """What `points.yaml` beside a model says of it."""

    growth: float = Field(gt=0, le=4, description="Side of the square it looks at, in longer sides of the face box.")
    reach: float = Field(
        1.0,
        gt=0,
        description="The coordinate of the far edge of that square: 1 for shares of it, S for pixels, the number of "
        "cells for cells.",
    )
    order: Literal["rgb", "bgr"] = Field("rgb", description="Order of the colours.")
    mean: Colour = Field((0.0, 0.0, 0.0), description="What is taken from each of them, in that order [0..255].")
    deviation: tuple[Positive, Positive, Positive] = Field(
        (255.0, 255.0, 255.0), description="What they are divided by then [0..255]."
    )


class PointsOnnx:
    """Looks at one face at a time."""

    def __init__(self, file: Path):
        self.engine = engine()
        self._session = open_session(file, SETTING)
        entries = self._session.get_inputs()
        sides = entries[0].shape[2:]
        square = len(entries) == 1 and len(sides) == 2 and isinstance(sides[0], int) and sides[0] == sides[1]
        if not square or entries[0].shape[1] != 3:
            raise _unfit(file, [entry.shape for entry in entries], "not asked")
        self._input, self._side = entries[0].name, sides[0]
        shapes = [found.shape[1:] for found in self._run(np.zeros((1, 3, *sides), np.float32))]
        places = [n for n, shape in enumerate(shapes) if shape in PLACES]
        if len(places) != 1:
            raise _unfit(file, [entries[0].shape], ", ".join(str(("N", *shape)) for shape in shapes))
        sure = [n for n, shape in enumerate(shapes) if shape[:1] == (POINTS,) and len(shape) in (1, 3)]
        self._places, self._sure = places[0], sure[0] if sure else None
        self.files: Sequence[Path] = [file, file.with_name(FILE)]
        self._layout = read_layout(file.with_name(FILE))

    def find(self, image: Image, box: NDArray[np.floating]) -> Landmarks:
        """The points of the face in a box; see `Landmarker`."""
        layout = self._layout
        view = square_view(image, box, layout.growth, self._side)
        pixels = view.pixels if layout.order == "rgb" else view.pixels[..., ::-1]
        tensor = ((pixels - np.array(layout.mean)) / layout.deviation).astype(np.float32).transpose(2, 0, 1)[None]
        found = self._run(np.ascontiguousarray(tensor))
        points = found[self._places].astype(np.float64).reshape(POINTS, -1)[:, :2]
        return Landmarks(view.placed(points / layout.reach * self._side), self._confidence(found))

    def _confidence(self, found: Sequence[NDArray[np.floating]]) -> NDArray[np.float64]:
        if self._sure is None:
            return np.ones(POINTS)
        return np.clip(found[self._sure].astype(np.float64).reshape(POINTS, -1).max(1), 0, 1)

    def _run(self, tensor: NDArray[np.float32]) -> list[NDArray[np.floating]]:
        return self._session.run(None, {self._input: tensor})


def read_layout(file: Path) -> Layout:
    """What stands in a `points.yaml`.

    Raises:
        MissingError: there is none.
        ParameterError: a value is not allowed.
    """
    if not file.is_file():
        remedy = "Write it, with at least `growth: 1.3`: how much larger than the face box its square is"
        raise MissingError(str(file), "there is no such file beside the model", remedy)
    return validate(read_yaml(file), Layout, str(file))


def _unfit(file: Path, entries: list[Any], results: str) -> InputError:
    inputs = ", ".join(map(str, entries))
    return InputError(
        str(file),
        f"input {inputs}, output {results}, not (N, 3, S, S) and one of (N, {POINTS}, 2), (N, {POINTS}, 3), "
        f"(N, {2 * POINTS})",
        f"Point `{SETTING}` in params.yaml at such a model, or choose another `landmark.backend`",
    )


def load(weights: Path) -> PointsOnnx:
    """The model of a file, or alone in a folder; see `load_landmarks`."""
    return PointsOnnx(single_weight_file(weights, SETTING))
