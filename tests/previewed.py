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
