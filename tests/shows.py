"""A small show: what earlier stages wrote of two episodes, and stage `dataset` on it."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from builders import (
    caption_row,
    character_row,
    class_row,
    composite_row,
    control_row,
    crop_row,
    scene_row,
    selection_row,
    variant_row,
    write,
    write_vectors,
)

from dramatis.caption.schema import CAPTIONS
from dramatis.core import seeds
from dramatis.core.regularization import ClassSource
from dramatis.core.tables import column, write_table
from dramatis.dataset.leaks import LeakLimits
from dramatis.dataset.material import Places
from dramatis.dataset.params import DatasetParams
from dramatis.dataset.run import run
from dramatis.selection.schema import SELECTION

COVERAGE = pa.schema(
    [
        column("character", pa.string(), "Key."),
        column("size_class", pa.string(), "Size class.", nullable=True),
        column("advice", pa.list_(pa.string()), "Phrases."),
    ]
)
"""As much of the table as stage `dataset` reads."""

PARAMS = DatasetParams.model_validate(
    {
        "multipliers": {
            "scheme": "balanced",
            "stages": {"full": 1.0, "head": 1.0},
            "characters": {},
            "sets": {"characters": 1.0, "scenes": 1.0, "composites": 1.0, "control": 1.0},
            "per_subject": {1: 2},
            "largest": 99.0,
        },
        "resolution_px": 128,
        "bucket_step_px": 32,
        "bucket_sides_px": (64, 256),
        "min_bucket": 1,
        "license": None,
        "people": None,
    }
)
HELD = 2
"""The shot that is held out in every episode."""


def crops_of(video):
    """Ada in four shots of three frames as head and full, bela in one shot of the first episode."""
    first = {"a": 0, "b": 100, "c": 200}[video]
    ada = [
        crop_row(
            10 * shot + n,
            video,
            shot,
            "ada",
            stage,
            seed=first + 10 * shot + n + 500 * (stage == "full"),
            size=(64, 64) if stage == "head" else (40, 90),
        )
        for shot in range(4)
        for n in range(3)
        for stage in ("head", "full")
    ]
    dressed = {"outfit": "o1", "outfit_name": "gown", "others": ["ada"], "left": 1}
    bela = (
        [crop_row(90 + n, video, 9, "bela", seed=first + 90 + n, **dressed) for n in range(2)] if video == "a" else []
    )
    return [*ada, *bela, crop_row(99, video, 3, "ada", rejected_by="near_duplicate", image=b"")]


LIMITS = LeakLimits(leak_distance=2, leak_same_distance=2, leak_difference=0)


def unit_vector(name):
    """A vector of length 1 that only equal names share."""
    vector = seeds.rng(0, name).normal(size=8)
    return (vector / np.linalg.norm(vector)).tolist()


def source(kind="base", multiplier=1.0):
    """An entry of `regularization`."""
    return ClassSource.model_validate({"from": kind, "path": "x", "count": 3, "multiplier": multiplier})


class Show:
    """Tables of earlier stages in a folder.

    Attributes:
        places: where they are.
        folder: that holds them.
    """

    def __init__(self, folder: Path, videos=("a", "b")):
        self.folder = folder
        self.places = Places(
            crops=folder / "crops",
            embeddings=folder / "embeddings",
            selection=folder / "selection",
            captions=folder / "captions",
            augmented=folder / "augmented",
            control=folder / "control",
            composites=folder / "composites/composites.parquet",
            regularization=folder / "regularization",
            characters=folder / "characters.parquet",
        )
        write(folder, characters=[character_row(name) for name in ("ada", "bela", "cyrus")])
        write(folder / "regularization/drawn", regularization=[class_row(n) for n in range(3)])
        for video in videos:
            self.add(video)
        crops = crops_of("a")
        self.composites([composite_row(crops[0], next(crop for crop in crops if crop["character"] == "bela"))])
        advice = [{"character": "ada", "size_class": "few_shot", "advice": ["12 of 40 are profile", "no full body"]}]
        write_table(advice, COVERAGE, folder / "selection/coverage.parquet")

    def add(self, video, crops=None, scenes=None):
        """Writes the tables of an episode; the third shot is held out."""
        crops = crops_of(video) if crops is None else crops
        first = {"a": 0, "b": 100, "c": 200}[video]
        scenes = scenes or [scene_row(10 * shot, video, shot, seed=3000 + first + shot) for shot in range(4)]
        faces = sorted({row["detection_id"] for row in crops})
        write_vectors(self.folder / "embeddings" / video, {name: unit_vector(name) for name in faces})
        kept = [row for row in (*crops, *scenes) if not row["rejected_by"]]
        write(self.folder / "crops" / video, crops=crops, scenes=scenes)
        taken = [selection_row(row, "validation" if row["shot"] == HELD else "train") for row in kept]
        refused = [selection_row(row, left_out=row["rejected_by"]) for row in crops if row["rejected_by"]]
        write_table([*taken, *refused], SELECTION, self.folder / f"selection/{video}.parquet")
        write_table([caption_row(row) for row in kept], CAPTIONS, self.folder / f"captions/{video}.parquet")
        training = [row for row in crops if not row["rejected_by"] and row["shot"] != HELD]
        write(self.folder / "augmented" / video, augmented=[variant_row(row) for row in training])
        drawn = [control_row(row) for row in crops if not row["rejected_by"]]
        drawn[0] |= {"rejected_by": "min_confidence", "image": b"", "landmarks": None}
        write(self.folder / "control" / video, control=drawn)
        source = {"kind": "file", "files": 1, "bytes": 7, "sha256": video * 64}
        (self.folder / "frames" / video).mkdir(parents=True, exist_ok=True)
        (self.folder / "frames" / video / "source.json").write_text(json.dumps(source))

    def composites(self, rows):
        write(self.folder / "composites", composites=rows)
        texts = [caption_row(row, "ada and bela") for row in rows]
        write_table(texts, CAPTIONS, self.folder / "captions/composites.parquet")

    def build(self, name="dataset", videos=("a", "b"), params=PARAMS, limits=LIMITS, sections=None, **sources):
        """Runs the stage and gives its folder."""
        out = self.folder / name
        run(
            params,
            list(videos),
            sources or {"drawn": source(multiplier=0.5)},
            limits,
            sections or {"dataset": {"resolution_px": 128}, "caption": {"weights": "/home/someone/models/wd14"}},
            places=self.places,
            frames=self.folder / "frames",
            coverage=self.folder / "selection/coverage.parquet",
            out=out,
            metrics=self.folder / f"{name}.json",
        )
        return out


def rows_of(out, config="*", split="*"):
    """Rows of the shards, sorted by id."""
    files = sorted(out.glob(f"{config}/{split}/*.parquet"))
    return sorted((row for file in files for row in pq.read_table(file).to_pylist()), key=lambda row: row["id"])


def changed(params=PARAMS, **multipliers):
    """The parameters with other multipliers."""
    return params.model_copy(update={"multipliers": params.multipliers.model_copy(update=multipliers)})


def contents(out):
    """Bytes of every file of a dataset."""
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file()}
