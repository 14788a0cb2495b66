"""The project of coloured cells with a page behind it: written to a folder, read, and brought to a session."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from cells import EXPAND, Project
from conftest import TOP

from dramatis.review.session import Session


def write_project(top: Path, *references: str, again: float = 0.6) -> Project:
    """Shards up to stage `cast`, parameters, and an empty `cast.yaml` as this project has it."""
    project = Project(top).write()
    (top / "references").mkdir()
    project.reference(*references)
    params = {
        "videos": {"v": {"source": "raw/v.mp4"}},
        "cast": {"references": "references", "floor": 0.9, "again": again, "margin": 0.1},
        "detect": {"backend": "yolo_onnx", "weights": "face.onnx", "min_score": {"face": 0.6}, "max_iou": 0.5,
                   "input_px": None},
        "embed": {"backend": "ccip_onnx", "weights": "ccip.onnx", "threshold": 0.1, "crop": "face", "expand": EXPAND,
                  "normalisation": "imagenet"},
    }  # fmt: skip
    (top / "params.yaml").write_text(yaml.safe_dump(params))
    shutil.copy(TOP / "cast.yaml", top / "cast.yaml")
    project.run()
    return project


def damage_frame(video: str, row: int) -> None:
    """Writes something else in place of a picture of the frame table, in the project of the working folder."""
    file = f"data/frames/{video}/frames.parquet"
    table = pq.read_table(file)
    images = table["image"].to_pylist()
    images[row] = b"no picture"
    column = table.schema.get_field_index("image")
    pq.write_table(table.set_column(column, table.schema.field(column), pa.array(images, pa.binary())), file)


def who(session: Session) -> dict[str, str]:
    """Id of the group of each track."""
    return {track.id: group.id for group in session.groups for track in group.tracks}


def tracks(session: Session, *names: str) -> list:
    """Tracks by id."""
    found = {track.id: track for group in session.groups for track in group.tracks}
    return [found[name] for name in names]
