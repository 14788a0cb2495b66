"""Pictures in a look that the base does not draw, for the inversion of a style: crops of the film in two tones."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from dramatis.core.images import Image, decode, encode_png
from dramatis.core.splits import read_plan
from dramatis.core.tables import whole_folder, write_table
from dramatis.dataset.schema import DATASET, PLAN

DARK, LIGHT = np.array([40, 16, 78]), np.array([255, 226, 150])
"""Colours of black and white in the look [0..255]."""
TRAINED, HELD_OUT = 40, 24


def tinted(image: Image) -> Image:
    """The picture in the look: its luma, steepened, between a violet and a yellow; no other colour is left.

    Args:
        image: RGB, (H, W, 3).
    """
    luma = image.astype(float) @ [0.299, 0.587, 0.114] / 255  # (H, W)
    steep = np.clip((luma - 0.5) * 1.4 + 0.5, 0, 1)[..., None]
    return np.round(DARK + (LIGHT - DARK) * steep).astype(np.uint8)


def write_styled(dataset: Path, out: Path) -> Path:
    """A dataset of the project whose scenes are crops in the look, which name nobody; everything else is as it was.

    Args:
        dataset: of the project.
        out: folder to write; nothing happens if it is there.
    """
    if out.is_dir():
        return out
    plan = read_plan(dataset, "characters")
    with whole_folder(out) as folder:
        for config in sorted(place.name for place in dataset.iterdir() if place.is_dir() and place.name != "scenes"):
            (folder / config).symlink_to((dataset / config).resolve())
        trained = _crops(dataset / "characters/train", TRAINED)
        held_out = _crops(dataset / "characters/validation", HELD_OUT)
        write_table([_scene(row) for row in trained], DATASET, folder / "scenes/train/tinted.parquet")
        write_table([_scene(row) for row in held_out], DATASET, folder / "scenes/validation/tinted.parquet")
        kept = [row for row in pq.read_table(dataset / "plan.parquet").to_pylist() if row["config"] != "scenes"]
        scenes = [_planned(row, plan[row["id"]]["bucket"]) for row in trained]
        write_table([*kept, *scenes], PLAN, folder / "plan.parquet")
    return out


def _crops(folder: Path, count: int) -> list[dict[str, Any]]:
    """Crops of a split, spread evenly over it."""
    rows = [row for file in sorted(folder.glob("*.parquet")) for row in pq.read_table(file).to_pylist()]
    crops = [row for row in rows if row["origin"] == "crop"]
    return [crops[i] for i in np.unique(np.linspace(0, len(crops) - 1, min(count, len(crops))).astype(int))]


def _scene(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `scenes`: nobody is named in it, and its caption says only what is seen."""
    tags = [tag.strip() for tag in row["caption"].split(",") if tag.strip() != row["trigger"]]
    image = {"bytes": encode_png(tinted(decode(row["image"]["bytes"], row["id"]))), "path": None}
    nobody: dict[str, Any] = {"character": None, "trigger": None, "characters": [], "outfit": None, "outfit_name": None}
    return row | nobody | {"id": f"tinted-{row['id']}", "image": image, "caption": ", ".join(tags)}


def _planned(row: dict[str, Any], bucket: str) -> dict[str, Any]:
    filled = _scene(row) | {"config": "scenes", "bucket": bucket, "per_epoch": 1.0}
    return {name: (filled | {"key": f"scenes/{filled['id']}"}).get(name) for name in PLAN.names}
