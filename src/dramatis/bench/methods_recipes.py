"""What `make methods` trains: one small recipe for each method, all on the pocket base and the sample film."""

from collections.abc import Mapping
from typing import Any, NamedTuple

SEED = 7


class Recipe(NamedTuple):
    """One method as it is tried."""

    run: Mapping[str, Any]
    """Entry of `runs`, without base."""
    what: str
    """For the page."""
    styled: bool = False
    """Whether it learns from the pictures in another look (`bench.methods_style`)."""
    aim: str = "recscore"
    """What it is for: recscore, pose_error or style_gain."""


def _lycoris(targets: str, steps: int, rate: float, **adapter: Any) -> dict[str, Any]:
    return {
        "steps": steps,
        "save_every": steps // 2,
        "adapter": {"alpha": adapter["rank"], "text_rank": 8, "text_alpha": 8, "targets": targets, **adapter},
        "learning_rate": {"unet": rate, "text_encoder": 3.0e-3},
    }


WHO = ["cyrus"]
INVERSION = {"parts": ["embedding"], "learning_rate": {"embedding": 2.0e-2}, "prior": {"share": None}}
RECIPES: dict[str, Recipe] = {
    "lora": Recipe(
        {"method": "lora", "characters": WHO, "train": {"steps": 200, "save_every": 100}}, "as `params.yaml` has it"
    ),
    "loha": Recipe(
        {"method": "loha", "characters": WHO, "train": _lycoris("full", 240, 4.0e-3, rank=8)},
        "rank 8, convolutions too, 4e-3",
    ),
    "lokr": Recipe(
        {"method": "lokr", "characters": WHO, "train": _lycoris("full", 240, 3.0e-3, rank=16)},
        "rank 16, convolutions too, 3e-3",
    ),
    "dreambooth": Recipe(
        {
            "method": "dreambooth",
            "characters": WHO,
            "train": {
                "steps": 200,
                "save_every": 100,
                "text_encoder_steps": 150,
                "learning_rate": {"unet": 3.0e-4, "text_encoder": 3.0e-4},
            },
        },
        "the whole UNet, 3e-4; the text encoder for 150 steps; class pictures",
    ),
    "textual_inversion": Recipe(
        {
            "method": "textual_inversion",
            "characters": WHO,
            "train": INVERSION
            | {
                "steps": 400,
                "save_every": 200,
                "embedding": {"vectors": 8, "init": "person"},
                "sets": {"regularization": 0.0},
            },
        },
        "eight vectors, 2e-2; the model itself stays as it is",
    ),
    "controlnet": Recipe(
        {
            "method": "controlnet",
            "characters": ["ada", "bela", "cyrus"],
            "train": {
                "steps": 300,
                "save_every": 150,
                "learning_rate": {"controlnet": 1.0e-3},
                "sets": {"control": 1.0, "control_kinds": ["landmarks"], "regularization": 0.0},
                "prior": {"share": None},
            },
        },
        "landmarks drawn as lines, 1e-3",
        aim="pose_error",
    ),
    "style": Recipe(
        {
            "method": "textual_inversion",
            "characters": [],
            "train": INVERSION
            | {
                "steps": 300,
                "save_every": 150,
                "embedding": {"vectors": 4, "init": "person", "style": "tinted"},
                "sets": {"characters": 0.0, "scenes": 1.0, "regularization": 0.0},
                "captions": {"keep": 0, "tag_dropout": 0.3, "dropout": 0.0},
                "objective": {"face_weight": 1.0},
            },
        },
        "textual inversion of a look, four vectors, 2e-2, from pictures that name nobody",
        styled=True,
        aim="style_gain",
    ),
}
"""By method as the page and the metrics name it; `style` is textual inversion of a style."""
