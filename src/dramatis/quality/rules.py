"""Which faces are good enough: the first rule that one breaks."""

from collections.abc import Mapping

from dramatis.quality.params import QualityParams


def first_broken(face: Mapping[str, float | None], params: QualityParams) -> str | None:
    """Name of the first measure that is out of bounds, in the order of the parameters; None if all are within.

    Args:
        face: the measures of one face, by the names of the quality table; a yaw of None breaks no rule.
        params: the bounds.
    """
    bounds = {
        "size_px": (params.min_size_px, None),
        "sharpness": (params.min_sharpness, None),
        "luma": (params.min_luma, params.max_luma),
        "contrast": (params.min_contrast, None),
        "clipped": (None, params.max_clipped),
        "truncation": (None, params.max_truncation),
        "occlusion": (None, params.max_occlusion),
        "yaw": (-params.max_yaw, params.max_yaw),
    }
    for measure, (low, high) in bounds.items():
        value = face[measure]
        if value is not None and (low is not None and value < low or high is not None and value > high):
            return measure
    return None
