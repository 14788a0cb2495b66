"""Runs the stage scripts up to `cast` on a real clip, in a folder of its own."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import yaml

from dramatis.cli.preset import overlaid
from dramatis.core.tables import box_of, read_rows

TOP = Path(__file__).parents[2]
STAGES = ("frames", "detect", "landmark", "quality", "embed")
PER_VIDEO = (*STAGES, "crops", "caption")


def run_stages(
    folder: Path, video: str, changes: dict[str, dict], preset: str = "", stages=(*STAGES, "cluster", "cast")
) -> None:
    """Runs the scripts with the project's own parameters and a preset, except for `changes` by section."""
    text = (TOP / "params.yaml").read_text()
    if preset:
        text = overlaid(text, yaml.safe_load((TOP / "presets" / f"{preset}.yaml").read_text()), preset)
    sections = yaml.safe_load(text)
    for name, values in changes.items():
        sections[name] = values if name == "videos" else sections[name] | values
    for section in ("landmark", "quality"):
        sections[section]["weights"] = str(TOP / sections[section]["weights"])
    (folder / "params.yaml").write_text(yaml.safe_dump(sections))
    if not (folder / "cast.yaml").exists():
        (folder / "cast.yaml").write_text("characters: {}\n")
    for stage in stages:
        command = [sys.executable, TOP / "stages" / f"{stage}.py", *([video] if stage in PER_VIDEO else [])]
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(TOP / "src"), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"},
        )
        assert done.returncode == 0, done.stderr


def truth(file: Path) -> list[dict[str, str]]:
    """Rows of a table of labels."""
    with file.open() as stream:
        return list(csv.DictReader(stream))


def faces(folder: Path, video: str) -> list[dict]:
    """Faces with time, box, cluster and name, in order of time."""
    seconds = {
        row["frame_id"]: row["pts_s"]
        for row in read_rows(folder / f"data/frames/{video}/frames.parquet", "frames", ["frame_id", "pts_s"])
    }
    named = {row["detection_id"]: row for row in read_rows(folder / f"data/cast/{video}.parquet", "cast")}
    found = []
    for row in read_rows(folder / f"data/detections/{video}/detections.parquet", "detect"):
        if row["kind"] == "face":
            box = np.array(box_of(row["box"]), float)
            found.append(
                row
                | {"box": box, "pts_s": seconds[row["frame_id"]]}
                | {key: named[row["detection_id"]][key] for key in ("cluster_id", "character")}
            )
    return sorted(found, key=lambda row: (row["pts_s"], row["detection_id"]))


def classes(rows: list[dict]) -> list[str]:
    """Clusters of faces; each face that belongs to none is a class of its own."""
    return [row["cluster_id"] or row["detection_id"] for row in rows]


def owners(rows: list[dict], who: list[str]) -> dict[str, set[str]]:
    """The people in each cluster."""
    people: dict[str, set[str]] = {}
    for row, name in zip(rows, who, strict=True):
        if row["cluster_id"]:
            people.setdefault(row["cluster_id"], set()).add(name)
    return people
