"""Section `preview` for tests: few pictures of every kind."""

import numpy as np
from tiny_sd import DRAWING

from dramatis.core.images import encode_png
from dramatis.core.params import validate
from dramatis.preview.params import PreviewParams

FIXED = ["{trigger}, 1person, head, red robe, forest", "1person, {trigger}, beach"]
KIND = {"images": 1, "negative": None, "size_px": None}
VALUES = {
    "seed": 7,
    "scale": 1.0,
    "tags": {**KIND, "clusters": 2, "min_share": 0.35, "max_tags": 9},
    "fixed": {**KIND, "images": 2, "prompts": FIXED},
    "guard": {**KIND, "images": 0, "negative": "COMPOSITE"},
    "pair": {**KIND, "size_px": [96, 64], "prompts": ["{left}, {right}, lake"], "orders": "all", "most": 9},
    "forget": {**KIND, "prompts": ["1person, castle"]},
    "control": {**KIND, "kinds": ["landmarks"], "pictures": 2},
    "drawing": {**DRAWING, "batch_size": 8},
}


def settings(**changes) -> PreviewParams:
    """The section with other values, a kind's merged with its own."""
    values = {
        key: {**value, **changes.get(key, {})} if isinstance(value, dict) else changes.get(key, value)
        for key, value in VALUES.items()
    }
    return validate(values, PreviewParams, "params.yaml: preview")


def only(**changes) -> PreviewParams:
    """The same with the fixed prompts alone, and what is asked for beside them."""
    off = {kind: {"images": 0, **changes.pop(kind, {})} for kind in ("tags", "guard", "pair", "forget")}
    return settings(**off, **changes)


def control_row(number, character="ada", origin="landmarks", **changes):
    """A row of configuration `control`: black on the left, white on the right, all points where they meet."""
    image = np.zeros((64, 128, 3), np.uint8)
    image[:, 64:] = 255
    points = np.tile([64.0, 16.0], 68).astype(np.float32)
    return {
        "id": f"v-{number:06d}-{origin}",
        "conditioning_image": {"bytes": encode_png(image), "path": None},
        "caption": f"{character}, head, forest",
        "character": character,
        "trigger": character,
        "origin": origin,
        "keep": None,
        "bucket": "64x64",
        "landmarks": points.tolist(),
        "width_px": 128,
        "height_px": 64,
        **changes,
    }
