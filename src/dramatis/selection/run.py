"""Reads the crops and scenes of all videos without their pictures, and writes what becomes of each."""

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dramatis.core.errors import InputError, ParameterError
from dramatis.core.tables import read_rows, whole_folder, write_json, write_table
from dramatis.core.vectors import read_vectors
from dramatis.selection.choice import traits_of
from dramatis.selection.coverage import coverage, totals
from dramatis.selection.decide import Decision, Pictures, decide, id_of
from dramatis.selection.kinds import with_kinds
from dramatis.selection.params import SelectionParams
from dramatis.selection.plot import draw
from dramatis.selection.schema import COVERAGE, SELECTION, TABLES

log = logging.getLogger("selection")

Row = dict[str, Any]
OF_CROPS = ["crop_id", "figure_id", "detection_id", "frame_id", "video", "shot", "character", "outfit", "others"]
OF_CROPS += ["stage", "face", "cut_off", "height_px", "sharpness", "luma", "yaw", "rejected_by", "phash"]
OF_SCENES = ["scene_id", "frame_id", "video", "shot", "characters", "rejected_by", "phash"]
ENOUGH_HEADS = 2
"""Held-out heads that stage `score` needs."""


def run(
    params: SelectionParams,
    videos: Sequence[str],
    *,
    crops: Path,
    embeddings: Path,
    copies: Path,
    out: Path,
    metrics: Path,
    plot: Path,
) -> None:
    """Writes `<video>.parquet` for each video and `coverage.parquet` into `out`, metrics, and the picture of coverage.

    Args:
        videos: ids of all sources.
        crops, embeddings: folders that hold one folder for each video.
        copies: `copies.parquet` of stage `repeats`.

    Raises:
        InputError: not one crop of a named character is left, a crop has no identity vector, or the vectors are of
            different models.
        ParameterError: a video has the name of a file of this stage, or one to hold out is not listed.
    """
    _check(params, videos)
    rows = [with_kinds(row, params) for video in videos for row in _read(crops, video, "crops", OF_CROPS)]
    scenes = [row for video in videos for row in _read(crops, video, "scenes", OF_SCENES)]
    if all(row["rejected_by"] for row in rows):
        remedy = "See `rejected_by` there; name people in cast.yaml, or relax the rules of `crops` in params.yaml"
        raise InputError(str(crops), "not one crop of a named character was kept", remedy)
    vectors, threshold = read_vectors(embeddings, videos, [row["detection_id"] for row in rows])
    copy_of = {row["frame_id"]: row["copy_of"] for row in read_rows(copies, "repeats", ["frame_id", "copy_of"])}
    decision = decide(params, Pictures(rows, scenes, traits_of(rows, vectors), threshold, copy_of))
    covered = coverage(rows, _names(rows, scenes), decision, params.goals)
    _warn(rows, covered, decision)
    with whole_folder(out) as folder:
        selection = _selection(rows, scenes, decision)
        for video in videos:
            write_table(selection[video], SELECTION, folder / f"{video}.parquet")
        write_table(covered, COVERAGE, folder / "coverage.parquet")
    write_json(totals(covered, decision), metrics)
    draw(covered, params.goals, plot)


def _check(params: SelectionParams, videos: Sequence[str]) -> None:
    for video in videos:
        if video in TABLES:
            problem = f"`{video}` is the name of a file of stage selection"
            raise ParameterError(f"params.yaml: videos.{video}", problem, "Give the video another id")
    if unknown := sorted(set(params.validation_videos) - set(videos)):
        problem = f"no video is called {', '.join(unknown)} (they are {', '.join(videos)})"
        raise ParameterError("params.yaml: selection.validation_videos", problem, "Mend the id")


def _read(crops: Path, video: str, name: str, columns: list[str]) -> list[Row]:
    return read_rows(crops / video / f"{name}.parquet", f"crops@{video}", columns)


def _names(crops: Sequence[Row], scenes: Sequence[Row]) -> set[str]:
    """Everybody who is named in a picture, also those of whom there is no crop."""
    seen = {name for row in crops for name in (row["character"], *row["others"])}
    return seen | {name for row in scenes for name in row["characters"]}


def _warn(crops: Sequence[Row], covered: Sequence[Mapping[str, Any]], decision: Decision) -> None:
    """One line for each character that cannot be trained or judged."""
    heads = Counter(
        row["character"]
        for row in crops
        if row["stage"] == "head" and decision.split.get(row["crop_id"]) == "validation"
    )
    for row in covered:
        name = row["character"]
        if not row["train"]:
            log.warning("%s: %s", name, row["advice"][0])
        elif heads[name] < ENOUGH_HEADS:
            log.warning(
                "%s has fewer than %d held-out heads: stage score cannot judge a run of this character",
                name,
                ENOUGH_HEADS,
            )


def _selection(rows: Sequence[Row], scenes: Sequence[Row], decision: Decision) -> dict[str, list[Row]]:
    """Rows of SELECTION by video."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in (*rows, *scenes):
        key = id_of(row)
        found[row["video"]].append(
            {
                "id": key,
                "kind": "crop" if "crop_id" in row else "scene",
                "character": row.get("character"),
                "stage": row.get("stage", "scene"),
                "distance": row.get("distance"),
                "split": decision.split.get(key),
                "left_out": decision.left_out.get(key),
            }
        )
    return found
