"""How well a landmark model finds the points of drawn faces that no training saw."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramatis.backends.landmarks import Landmarker
from dramatis.pocket.landmarks_samples import Face, sample

LARGEST_PX = 10_000
TURNS = ((0.0, 0.25), (0.25, 0.7), (0.7, 1.01))
"""Yaws that are counted apart, with their mirror images: front, turned, profile."""
SIZES_PX = ((0, 32), (32, 64), (64, LARGEST_PX))
"""Widths of the face box that are counted apart."""
FAR = 0.1
"""Error over the distance of the eyes from which on the points of a face count as missed."""
NOBODY = 0.2


def measured(finder: Landmarker, seed: int, count: int) -> dict[str, Any]:
    """Errors on `count` held-out pictures, and how far the confidence tells faces from heads that show none."""
    faces = [sample(seed, "held-out", index, NOBODY) for index in range(count)]
    found = [finder.find(face.image, face.box) for face in faces]
    sure = np.array([one.confidence.mean() for one in found])
    true = np.array([face.points is not None for face in faces])
    turn = np.abs([face.pose.yaw for face in faces])
    width = np.array([face.box[2] - face.box[0] for face in faces])
    groups = {"all": true}
    groups |= {f"yaw {low:g} to {min(high, 1):g}": true & (turn >= low) & (turn < high) for low, high in TURNS}
    groups |= {
        f"{low} px and more" if high == LARGEST_PX else f"{low} to {high} px": true & (width >= low) & (width < high)
        for low, high in SIZES_PX
    }
    return {
        "confidence": {
            "lowest tenth of faces below": float(np.quantile(sure[true], 0.1)),
            "highest tenth of the others above": float(np.quantile(sure[~true], 0.9)),
        },
        "error": {
            name: errors([(faces[n], found[n].points) for n in np.flatnonzero(own)]) for name, own in groups.items()
        },
    }


def errors(pairs: Sequence[tuple[Face, NDArray[np.float64]]]) -> dict[str, float]:
    """Mean distance of a point from the truth, over the distance of the eyes and over the face.

    A turned head brings the eyes together in the picture, so their distance is that of the same head from the front.
    The size of a face is the root of the area of the box about its true points.
    """
    known = [(face.points, points, face.eyes_px) for face, points in pairs if face.points is not None]
    away = np.array([np.linalg.norm(points - true, axis=1).mean() for true, points, _ in known])
    eyes = away / [eyes_px for _, _, eyes_px in known]
    size = np.sqrt([np.prod(np.ptp(true, axis=0)) for true, _, _ in known])
    return {
        "faces": len(pairs),
        "over eye distance": float(eyes.mean()),
        "median over eye distance": float(np.median(eyes)),
        "over face size": float((away / size).mean()),
        "share missed": float((eyes > FAR).mean()),
    }
