"""Throw-away projects for benchmarks: the stages up to `cluster` on a sample film or on a real clip with labels."""

import csv
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dramatis.cli.preset import overlaid, read_preset
from dramatis.core.errors import InputError
from dramatis.core.params import PARAMS

TOP = Path(__file__).parents[3]
PER_VIDEO = ("frames", "detect", "quality", "embed")
STAGES = (*PER_VIDEO, "cluster")
SIGNERS = "signers"
"""Id of the clip of five people in twenty shots."""


def film_project(folder: Path, seed: int) -> None:
    """The sample film of a seed, with its truth, and what the stages make of it."""
    _prepare(folder, (TOP / PARAMS).read_text(), {"film": {"seed": seed}})
    _run(folder, "film", "sample")
    _run_all(folder, ("e01", "e02"))


def signers_project(folder: Path, media: Path) -> None:
    """The clip `signers_20shots.mp4` of the test media by the preset `live-action`, with YuNet and MobileFaceNet.

    Twice the preset's frames a second, as the shots are short.
    """
    weights = media / "weights"
    changes = {
        "frames": {"fps": 4},
        "detect": {"weights": str(weights / "yunet_n_640_640.onnx")},
        "embed": {"weights": str(weights / "MobileFaceNet.onnx")},
    }
    text = overlaid((TOP / PARAMS).read_text(), read_preset("live-action"), "live-action")
    sections = yaml.safe_load(text)
    sections["videos"] = {SIGNERS: {"source": str(media / "videos" / "signers_20shots.mp4")}}
    _prepare(folder, yaml.safe_dump(sections, sort_keys=False), changes)
    _run_all(folder, (SIGNERS,))


def labels(file: Path) -> list[dict[str, str]]:
    """The rows of a table of labels of the test media."""
    with file.open() as stream:
        return list(csv.DictReader(stream))


def _prepare(folder: Path, params: str, changes: Mapping[str, Mapping[str, Any]]) -> None:
    folder.mkdir(parents=True)
    (folder / PARAMS).write_text(overlaid(params, changes, "benchmark"))
    (folder / "models").symlink_to(TOP / "models")


def _run_all(folder: Path, videos: tuple[str, ...]) -> None:
    for stage in STAGES:
        for video in videos if stage in PER_VIDEO else (None,):
            _run(folder, stage, *filter(None, [video]))


def _run(folder: Path, stage: str, *item: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    command = [sys.executable, str(TOP / "stages" / f"{stage}.py"), *item]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise InputError(f"{folder}: stage {stage}", said, "Mend that, then run the benchmark again")
