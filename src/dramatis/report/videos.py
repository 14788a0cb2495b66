"""What the tables say of each video: frames, shots, faces with names. Nothing is drawn here."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dramatis.core.tables import box_of, read_rows

Row = dict[str, Any]


@dataclass(frozen=True)
class Face:
    """A face of the cast table with where it is.

    Attributes:
        row: of the cast table.
        frame: row of the frame table, without its picture.
        box: `x0 y0 x1 y1` [px]; None if the detections are gone.
        score: how good it is [0..1], 0 if stage quality has not run.
        outfit: id or name of what is worn; None if not known.
    """

    row: Row
    frame: Row
    box: tuple[int, ...] | None
    score: float
    outfit: str | None


@dataclass(frozen=True)
class Video:
    """A video, as far as stages have run.

    Attributes:
        name: its id.
        source: what params.yaml says.
        shots: rows of the table of shots; empty if stage frames has not run.
        frames: rows by frame id, without pictures.
        faces: in file order; empty if stage cast has not run.
    """

    name: str
    source: str
    shots: list[Row] = field(default_factory=list)
    frames: dict[str, Row] = field(default_factory=dict)
    faces: list[Face] = field(default_factory=list)

    @property
    def of_pictures(self) -> bool:
        """True for a source of pictures, which have a number in place of a time."""
        return any(frame["file"] for frame in self.frames.values())

    def at(self, seconds: float) -> str:
        """A time as people write it; of pictures the number."""
        return f"picture {seconds:.0f}" if self.of_pictures else clock(seconds)

    @property
    def end_s(self) -> float:
        """When its last shot ends [s]; at least a little, so that one can divide by it."""
        return max((shot["end_s"] for shot in self.shots), default=0.0) or 1.0


FRAME_COLUMNS = ["frame_id", "shot", "pts_s", "time_code", "width_px", "height_px", "file"]


def load_video(name: str, source: str, data: Path) -> Video:
    """Reads what there is of a video."""
    shots, frames = data / "frames" / name / "shots.parquet", data / "frames" / name / "frames.parquet"
    if not shots.is_file() or not frames.is_file():
        return Video(name, source)
    by_id = {row["frame_id"]: row for row in read_rows(frames, f"frames@{name}", FRAME_COLUMNS)}
    return Video(name, source, read_rows(shots, f"frames@{name}"), by_id, _faces(name, by_id, data))


def _faces(video: str, frames: dict[str, Row], data: Path) -> list[Face]:
    boxes = _by(
        "detection_id", f"detect@{video}", data / "detections" / video / "detections.parquet", ["detection_id", "box"]
    )
    scores = _by(
        "detection_id", f"quality@{video}", data / "quality" / video / "quality.parquet", ["detection_id", "score"]
    )
    worn = _by("figure_id", "outfit", data / "outfits" / f"{video}.parquet", ["figure_id", "outfit_id", "outfit_name"])
    found = []
    for row in _by("detection_id", "cast", data / "cast" / f"{video}.parquet").values():
        frame = frames.get(row["figure_id"].rpartition("-")[0])
        if frame is None:
            continue  # of a table from before the frames were made anew
        box, wears = boxes.get(row["detection_id"]), worn.get(row["figure_id"], {})
        face_box = tuple(box_of(box["box"])) if box else None
        score = scores.get(row["detection_id"], {}).get("score", 0.0)
        found.append(Face(row, frame, face_box, score, wears.get("outfit_name") or wears.get("outfit_id")))
    return found


def _by(key: str, made_by: str, file: Path, columns: list[str] | None = None) -> dict[str, Row]:
    rows = read_rows(file, made_by, columns) if file.is_file() else []
    return {row[key]: row for row in rows}


def clock(seconds: float) -> str:
    """A time as people write it: `1:05.3`, or `1:02:05.3`."""
    tenths = round(seconds * 10)
    minutes, hours = tenths // 600 % 60, tenths // 36000
    said = f"{tenths // 10 % 60:02d}.{tenths % 10}"
    return f"{hours}:{minutes:02d}:{said}" if hours else f"{minutes}:{said}"
