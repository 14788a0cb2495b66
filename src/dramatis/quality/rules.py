"""Which faces are good enough: the limits of a video, and the first that a face breaks."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramatis.quality.params import QualityParams

Bounds = Mapping[str, tuple[float | None, float | None]]
"""Least and greatest allowed value of each measure, in the order in which they are tried; None: no limit."""

TO_DEVIATION = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation (Hampel 1974)."""
SMALLEST = 1e-4
"""What a value is taken for that is 0, so that it has a logarithm."""


def bounds_of(faces: Sequence[Mapping[str, Any]], params: QualityParams) -> Bounds:
    """The limits for the faces of one video, by the names of the quality table.

    Args:
        faces: the measures of all its faces.
        params: limits, or the range in which each may lie.
    """

    def own(measure: str, limit: tuple[float, float], side: int) -> float:
        values = np.array([face[measure] for face in faces], float)
        return own_limit(values, limit[0], limit[1], side * params.deviations)

    return {
        "size_px": (params.min_size_px, None),
        "blur": (None, own("blur", params.max_blur, 1)),
        "luma": (own("luma", params.min_luma, -1), own("luma", params.max_luma, 1)),
        "contrast": (own("contrast", params.min_contrast, -1), None),
        "clipped": (None, own("clipped", params.max_clipped, 1)),
        "truncation": (None, own("truncation", params.max_truncation, 1)),
        "occlusion": (None, own("occlusion", params.max_occlusion, 1)),
        "yaw": (-params.max_yaw, params.max_yaw),
        "pitch": (-params.max_pitch, params.max_pitch),
        "roll": (-params.max_roll, params.max_roll),
    }


def own_limit(values: NDArray[np.floating], least: float, most: float, deviations: float) -> float:
    """Where the outliers of a video begin: so many robust standard deviations from its median, in logarithms.

    Half of the faces may be bad before the median is; and then the limit still lies between `least` and `most`.

    Args:
        values: a measure of all faces, 0 or more, shape (N,).
        least, most: what the limit is held between.
        deviations: negative for a lower limit.
    """
    if least == most or not len(values):
        return float(most if deviations > 0 else least)
    logs = np.log(np.maximum(values, SMALLEST))
    median = np.median(logs)
    spread = TO_DEVIATION * np.median(np.abs(logs - median))
    return float(np.clip(np.exp(median + deviations * spread), least, most))


def broken(face: Mapping[str, Any], bounds: Bounds) -> list[str]:
    """Names of all measures that are out of bounds, in order; a measure of None, such as a yaw, breaks no rule."""
    return [
        measure
        for measure, (low, high) in bounds.items()
        if (value := face[measure]) is not None
        and (low is not None and value < low or high is not None and value > high)
    ]


def first_broken(face: Mapping[str, Any], bounds: Bounds) -> str | None:
    """Name of the first measure that is out of bounds; None if all are within."""
    return next(iter(broken(face, bounds)), None)
