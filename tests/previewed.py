"""Previews as stage `preview` writes them, made by hand."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dramatis.core.images import encode_png

COLUMNS = pa.schema(
    [
        ("preview_id", pa.string()),
        ("run", pa.string()),
        ("step", pa.int32()),
        ("purpose", pa.string()),
        ("character", pa.string()),
        ("characters", pa.list_(pa.string())),
        ("prompt", pa.string()),
        ("negative", pa.string()),
        ("wanted", pa.list_(pa.string())),
        ("seed", pa.int64()),
        ("image", pa.binary()),
        ("control_image", pa.binary()),
        ("landmarks", pa.list_(pa.float32())),
    ]
)


def preview(step, number, image, character="ada", **changes):
    """One row; `image` is an array."""
    return {
        "preview_id": f"solo-{step:06d}-{changes.get('purpose', 'fixed')}-{character}-{number:02d}",
        "run": "solo",
        "step": step,
        "purpose": "fixed",
        "character": character,
        "characters": [character] if character else [],
        "prompt": f"{character}, red robe, forest",
        "negative": "",
        "wanted": ["red robe", "forest", "unknown"],
        "seed": number,
        "image": encode_png(image),
        "control_image": None,
        "landmarks": None,
        **changes,
    }


def write_previews(rows, folder: Path) -> None:
    """Writes `previews.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = sorted(rows, key=lambda row: row["preview_id"])
    pq.write_table(pa.Table.from_pylist(rows, schema=COLUMNS), folder / "previews.parquet")


SCORE = {
    "seed": 7,
    "view_px": 96,
    "paper_px": 96,
    "min_face_px": 8,
    "min_second": 0.5,
    "seam": 0.9,
    "min_tag_score": 0.5,
    "strangers": "x",
    "copy_pictures": 4,
    "clip": None,
    "resamples": 200,
    "confidence": 0.95,
    "max_control_loss": 0.3,
    "max_identified_loss": 0.3,
    "max_copy_risk": 0.9,
    "tie_margin": 0.03,
    "second_opinion": "x",
}
"""Section `score` for small tables."""
