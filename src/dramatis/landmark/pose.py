"""Where a head looks: the turn of a mean face in space that shows its points where they were found.

The picture is taken for a scaled shadow (weak perspective), as heads are far away compared with their depth. For a turn
and a nod the best place, size and tilt are known in closed form (Umeyama 1991), so only these two are searched: over a
grid of all of them, then finer about the best. There is no starting point to get wrong, and no local minimum.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.landmark.templates import TEMPLATES, Template

YAWS, PITCHES = np.arange(-90, 91, 6.0), np.arange(-48, 49, 8.0)
"""The first grid [degrees]."""
FINER = 3
"""Each of the next grids has steps of a third, over one step of the last to each side."""
LEVELS = 4
"""Grids in all."""
PARTS = 10
"""What all points of a face count for together in units of independent ones: neighbours err alike."""
ERROR = 0.04
"""Deviation of a found point of which the model is sure, in distances of the eyes."""
LEAST_CONFIDENCE = 0.05


class Pose(NamedTuple):
    """How a head is held [degrees], and how well that explains the points.

    From the front and upright all three are 0. Above 0: the nose points to the right of the picture (yaw), it points up
    (pitch), the head leans clockwise in the picture (roll).
    """

    yaw: float
    """-90 to 90."""
    pitch: float
    """-48 to 48."""
    roll: float
    """-180 to 180."""
    residual: float
    """Weighted root mean square distance of the points from those of the turned mean face, in distances of its eyes."""


class _Grid(NamedTuple):
    """Turns and nods [degrees], shape (G,), and what a mean face looks like there, shape (G, N)."""

    yaw: NDArray[np.float64]
    pitch: NDArray[np.float64]
    maps: NDArray[np.complex128]


class _Found(NamedTuple):
    """The likeliest pose [degrees], and how far each point lies from it, in distances of the eyes."""

    yaw: float
    pitch: float
    roll: float
    distances: NDArray[np.float64]


def shown(solid: NDArray[np.float64], yaw: NDArray[np.float64], pitch: NDArray[np.float64]) -> NDArray[np.complex128]:
    """The points of a face in space as they appear when it turns, as x + iy, shape (G, N).

    A point that the turn takes behind the head's edge stays on the edge: models mark the visible contour there.

    Args:
        solid: x right, y down, z towards the viewer, from the head's axis, shape (N, 3).
        yaw: G turns [degrees].
        pitch: as many nods [degrees].
    """
    radius, angle = np.hypot(solid[:, 0], solid[:, 2]), np.arctan2(solid[:, 0], solid[:, 2])
    angle = angle + np.radians(yaw)[:, None]
    angle = np.where(np.abs(angle) > np.pi / 2, np.sign(np.sin(angle)) * np.pi / 2, angle)  # (G, N)
    nod = np.radians(pitch)[:, None]
    return radius * np.sin(angle) + 1j * (solid[:, 1] * np.cos(nod) - radius * np.cos(angle) * np.sin(nod))


def fit(points: NDArray[np.floating], confidence: NDArray[np.floating], template: str) -> Pose | None:
    """The pose of a face by its points; None if they are all in one place.

    Args:
        points: x, y [px], shape (68, 2), or (5, 2): right eye, left eye, nose, right and left corner of the mouth.
        confidence: how surely each was found [0..1], shape (68,) or (5,).
        template: which mean face it resembles, a key of `TEMPLATES`.
    """
    if not np.ptp(points, axis=0).any():
        return None
    return fit_to(mean_face(template, len(points)), points, confidence)


def fit_to(face: Template, points: NDArray[np.floating], confidence: NDArray[np.floating]) -> Pose:
    """The pose in which a mean face shows its points best where they were found; see `fit`."""
    found = np.asarray(points, float) @ [1, 1j]
    weights = np.maximum(confidence, LEAST_CONFIDENCE) / (face.deviation**2 + ERROR**2)
    best = _search(found, weights, face, _first_grid(face))
    residual = np.sqrt(np.average(best.distances**2, weights=weights))
    return Pose(best.yaw, best.pitch, best.roll, float(residual))


@cache
def mean_face(template: str, count: int) -> Template:
    """The mean face with 68 points, or with the five that detectors give."""
    face = TEMPLATES[template]
    return face if count == len(face.solid) else Template(five_of(face.solid), five_of(face.deviation), face.nod)


@cache
def _first_grid(face: Template) -> _Grid:
    """The first grid; it is the same for all points that are compared with one mean face."""
    yaw, pitch = _nodes(YAWS, PITCHES)
    return _Grid(yaw, pitch, shown(face.solid, yaw, pitch))


def _nodes(yaws: NDArray[np.float64], pitches: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    yaw, pitch = np.meshgrid(yaws, pitches, indexing="ij")
    return yaw.ravel(), pitch.ravel()


def five_of(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Of something about 68 points, (68, …), the same about five: eyes (means), nose, corners of the mouth, (5, …)."""
    values = np.asarray(values, float)
    return np.stack([values[36:42].mean(0), values[42:48].mean(0), values[30], values[48], values[54]])


def _search(found: NDArray[np.complex128], weights: NDArray[np.float64], face: Template, first: _Grid) -> _Found:
    """The likeliest turn and nod."""
    share = weights / weights.sum()
    there, (yaw, pitch, maps) = found - found @ share, first
    errors, factor = _aligned(there, maps, share)
    size = np.abs(factor[errors.argmin()])  # errors grow with the face
    step = np.array([YAWS[1] - YAWS[0], PITCHES[1] - PITCHES[0]])
    for level in range(LEVELS):
        n = (PARTS * weights.mean() * errors / size**2 + (pitch / face.nod) ** 2).argmin()
        if level == LEVELS - 1:
            break
        around = np.arange(-FINER, FINER + 1)[:, None] / FINER * step
        yaw, pitch = _nodes(
            np.clip(yaw[n] + around[:, 0], YAWS[0], YAWS[-1]), np.clip(pitch[n] + around[:, 1], PITCHES[0], PITCHES[-1])
        )
        maps, step = shown(face.solid, yaw, pitch), step / FINER
        errors, factor = _aligned(there, maps, share)
    distances = np.abs(there - factor[n] * (maps[n] - maps[n] @ share)) / size
    return _Found(float(yaw[n]), float(pitch[n]), float(np.degrees(np.angle(factor[n]))), distances)


def _aligned(
    there: NDArray[np.complex128], maps: NDArray[np.complex128], share: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """How well points fit each map once it is scaled, turned and moved best.

    Args:
        there: points about their weighted mean, shape (N,) [px].
        maps: shape (G, N).
        share: weights of the points, shape (N,), of sum 1.

    Returns:
        Weighted mean square distances [px²], shape (G,), and factors (G,): their size is the scale, their angle the
        roll.
    """
    spread = (maps.real**2 + maps.imag**2) @ share - np.abs(maps @ share) ** 2
    alike = (maps @ (share * there.conj())).conj()
    return np.abs(there) ** 2 @ share - np.abs(alike) ** 2 / spread, alike / spread
