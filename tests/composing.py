"""Section `composite` for tests."""

from dramatis.composite.params import CompositeParams
from dramatis.core.params import validate

VALUES = {
    "seed": 7,
    "people": [2],
    "groups": None,
    "per_group": 4,
    "total": None,
    "stages": ["full", "upper", "head"],
    "cutout_share": 0.5,
    "max_face_ratio": 1.3,
    "min_face_px": 8,
    "max_side_px": 512,
    "gap": 0.0,
    "seam": 0.0,
}


def params(**changes):
    return validate({**VALUES, **changes}, CompositeParams, "params.yaml", "composite")
