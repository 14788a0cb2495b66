"""Throw-away projects: the stage scripts on sample films and on real clips with labels, and what they made of them."""

import csv
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from sklearn.metrics import adjusted_rand_score

from dramatis.caption import human
from dramatis.cast.decisions import FILE, Decisions
from dramatis.core.errors import InputError, MissingError
from dramatis.core.params import PARAMS
from dramatis.core.tables import box_of, read_rows
from dramatis.film.story import EPISODES
from dramatis.project.presets import overlaid, read_preset

TOP = Path(__file__).parents[3]
TO_CAST = ("frames", "detect", "landmark", "quality", "embed", "cluster", "cast")
TO_CAPTION = (*TO_CAST, "body", "outfit", "repeats", "crops", "tag", "selection", "composite", "caption")
OF_ALL = ("cluster", "cast", "outfit", "repeats", "selection", "composite", "caption", "dataset")
"""Stages that take all videos together."""
OF_FILM = ("film", "measure")
MAPS = ("videos", "regularization")
"""Sections whose entries take the place of those in `params.yaml`."""
FILM = "sample"
STRANGER = "stranger"
YUNET, OPENSEEFACE, MOBILEFACENET = "yunet_n_640_640.onnx", "lm_model0_opt.onnx", "MobileFaceNet.onnx"
"""Models of the test media, in the folder `weights`."""


class Judged(NamedTuple):
    """What the stages made of a clip, and the truth."""

    folder: Path
    """The project folder in which they ran."""
    faces: list[dict[str, Any]]
    """See `read_faces`."""
    who: list[str]
    """Who each face shows; `STRANGER` for false faces and for people without a label."""
    shown_before: frozenset[str]
    """Detections that were, or may have been, references: not to be scored by name."""

    @property
    def classes(self) -> list[str]:
        """Cluster of each face; each face that belongs to none is a class of its own."""
        return [row["cluster_id"] or row["detection_id"] for row in self.faces]

    @property
    def owners(self) -> dict[str, set[str]]:
        """The people in each cluster."""
        people: dict[str, set[str]] = {}
        for row, name in zip(self.faces, self.who, strict=True):
            if row["cluster_id"]:
                people.setdefault(row["cluster_id"], set()).add(name)
        return people

    def ari(self) -> float:
        """Adjusted Rand index over the faces with a label."""
        own = [n for n, name in enumerate(self.who) if name != STRANGER]
        return float(adjusted_rand_score([self.who[n] for n in own], [self.classes[n] for n in own]))

    def naming(self) -> tuple[float, float]:
        """Precision and recall of names on faces that were no reference; naming a stranger is wrong."""
        asked = [n for n, row in enumerate(self.faces) if row["detection_id"] not in self.shown_before]
        named = [n for n in asked if self.faces[n]["character"]]
        right = sum(self.faces[n]["character"] == self.who[n] for n in named)
        known = sum(self.who[n] != STRANGER for n in asked)
        return right / max(len(named), 1), right / max(known, 1)


def media_place() -> Path:
    """Where test media are looked for: the environment's DRAMATIS_MEDIA, else beside the project."""
    return Path(os.environ.get("DRAMATIS_MEDIA", "../shared/media"))


def media_folder() -> Path:
    """The folder of test media, see `media_place`.

    Raises:
        MissingError: there is none.
    """
    folder = media_place()
    if not (folder / "MANIFEST.md").is_file():
        raise MissingError(str(folder), "no test media here", "Set DRAMATIS_MEDIA to their folder")
    return folder.resolve()


def run_stages(
    folder: Path,
    videos: Sequence[str],
    changes: Mapping[str, Mapping[str, Any]],
    preset: str = "",
    stages: Sequence[str] = TO_CAST,
) -> None:
    """Runs stage scripts with the project's own parameters and a preset, except for `changes` by section.

    Raises:
        InputError: a stage failed.
    """
    text = (TOP / PARAMS).read_text()
    if preset:
        text = overlaid(text, read_preset(preset), preset)
    sections = yaml.safe_load(text)
    for name, values in changes.items():
        sections[name] = dict(values) if name in MAPS else sections[name] | values
    for section in sections.values():
        for key in ("weights", "tokenizer"):
            if isinstance(section, dict) and isinstance(section.get(key), str):
                section[key] = str(TOP / section[key])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PARAMS).write_text(yaml.safe_dump(sections))
    if not (folder / FILE).exists():
        (folder / FILE).write_text("".join(f"{section}:\n" for section in Decisions.model_fields))
    (folder / human.FILE).touch()
    for stage in stages:
        for item in _items(stage, videos, sections):
            _run(folder, stage, item)


def _items(stage: str, videos: Sequence[str], sections: Mapping[str, Any]) -> Sequence[str]:
    if stage in OF_ALL:
        return ("",)
    if stage == "regularize":
        return tuple(sections["regularization"])
    return (FILM,) if stage in OF_FILM else videos


def _run(folder: Path, stage: str, item: str) -> None:
    command = [sys.executable, str(TOP / "stages" / f"{stage}.py"), *filter(None, [item])]
    environment = os.environ | {"PYTHONPATH": str(TOP / "src"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise InputError(f"{folder}: stage {stage} {item}".rstrip(), said, "Mend that, then run it again")


def run_film(folder: Path, seed: int) -> None:
    """The sample film of a seed, and what the stages up to the figures against its truth make of it."""
    run_stages(folder, EPISODES, {"film": {"seed": seed}}, stages=("film", *TO_CAPTION, "measure"))


def read_labels(file: Path) -> list[dict[str, str]]:
    """Rows of a table of labels."""
    with file.open() as stream:
        return list(csv.DictReader(stream))


def read_faces(folder: Path, video: str) -> list[dict[str, Any]]:
    """Faces with time, box, cluster and name, in order of time."""
    columns = ["frame_id", "pts_s", "folder"]
    frames = {
        row["frame_id"]: row for row in read_rows(folder / f"data/frames/{video}/frames.parquet", "frames", columns)
    }
    named = {row["detection_id"]: row for row in read_rows(folder / f"data/cast/{video}.parquet", "cast")}
    found = []
    for row in read_rows(folder / f"data/detections/{video}/detections.parquet", "detect"):
        if row["kind"] == "face":
            found.append(
                row
                | {"box": np.array(box_of(row["box"]), float)}
                | {key: frames[row["frame_id"]][key] for key in ("pts_s", "folder")}
                | {key: named[row["detection_id"]][key] for key in ("cluster_id", "character")}
            )
    return sorted(found, key=lambda row: (row["pts_s"], row["detection_id"]))


def shot_at(shots: Sequence[Mapping[str, str]], second: float) -> int:
    """Number of the labelled shot in which a time lies."""
    return sum(float(row["start_s"]) <= second + 2e-3 for row in shots) - 1
