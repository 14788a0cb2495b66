"""Stage `cluster`: who is who across all videos."""

import logging
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramatis.cluster.characters import characters
from dramatis.cluster.map import draw, layout
from dramatis.cluster.params import ClusterParams
from dramatis.cluster.schema import CLUSTERS, FACES, MAP
from dramatis.cluster.tracks import Vectors, normalised, sums
from dramatis.core.errors import InputError
from dramatis.core.ids import stable_ids
from dramatis.core.tables import box_of, read_rows, read_table, whole_folder, write_table
from dramatis.core.vectors import read_vectors

log = logging.getLogger(__name__)
DIGITS = 5
"""Decimals of stored cosines, coarser than what the number of threads changes in a matrix product."""


@dataclass(frozen=True)
class Faces:
    """All faces of all videos, in the order of `videos` and then of their ids."""

    rows: list[dict[str, Any]]
    vectors: Vectors
    used: NDArray[np.bool_]
    threshold: float

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]


def run(
    params: ClusterParams,
    videos: list[str],
    *,
    detections: Path,
    quality: Path,
    embeddings: Path,
    out: Path,
    plots: Path,
) -> None:
    """Writes `faces`, `clusters` and `map` as Parquet into `out`, and `map.png` into `plots`.

    Args:
        videos: ids in the order of `params.yaml`; that order says which track of a character is its first.
        detections, quality, embeddings: folders that hold one folder for each video.

    Raises:
        InputError: no video shows a face, or the embeddings come from different models.
        MissingError: a shard of a video is missing.
    """
    faces = read_faces(videos, detections, quality, embeddings)
    boxes = np.array([box_of(row["box"]) for row in faces.rows], np.int32)
    tracks, ids = faces.column("track_id"), faces.column("detection_id")
    label = characters(faces.vectors, tracks, faces.column("frame_id"), boxes, faces.used, faces.threshold, params)
    clusters, names, cosine = describe(faces, label)
    if not clusters:
        log.warning(
            "%d faces in %d tracks, but no character has %d tracks, %d faces and enough likeness "
            "(cluster.min_tracks, cluster.min_faces, cluster.floor)",
            len(ids),
            len(set(tracks)),
            params.min_tracks,
            params.min_faces,
        )
    plane = layout(faces.vectors, params.seed)
    cluster_of = [names[n] if n >= 0 else None for n in label]
    with whole_folder(out) as tables, whole_folder(plots) as pictures:
        write_table(
            [
                {
                    "detection_id": row["detection_id"],
                    "video": row["video"],
                    "frame_id": row["frame_id"],
                    "track_id": row["track_id"],
                    "cluster_id": cluster,
                    "similarity": near,
                    "used": bool(used),
                }
                for row, cluster, near, used in zip(faces.rows, cluster_of, cosine, faces.used, strict=True)
            ],
            FACES,
            tables / "faces.parquet",
        )
        write_table(clusters, CLUSTERS, tables / "clusters.parquet")
        write_table(
            [
                {"detection_id": key, "x": float(x), "y": float(y), "cluster_id": cluster}
                for key, (x, y), cluster in zip(ids, plane, cluster_of, strict=True)
            ],
            MAP,
            tables / "map.parquet",
        )
        draw(plane, cluster_of, pictures / "map.png", f"{len(ids)} faces, {len(clusters)} clusters")


def read_faces(videos: list[str], detections: Path, quality: Path, embeddings: Path) -> Faces:
    """The faces of all videos with their vectors.

    Raises:
        InputError: no face at all, or videos that were embedded by different models.
    """
    rows: list[dict[str, Any]] = []
    rejected: list[str | None] = []
    for video in videos:
        own = [
            row
            for row in read_rows(detections / video / "detections.parquet", f"detect@{video}")
            if row["kind"] == "face"
        ]
        table = read_table(quality / video / "quality.parquet", f"quality@{video}", ["detection_id", "rejected_by"])
        verdict = dict(zip(table["detection_id"].to_pylist(), table["rejected_by"].to_pylist(), strict=True))
        for row in own:
            if row["detection_id"] not in verdict:
                remedy = f"Run `dvc repro`: stage quality@{video} makes it"
                raise InputError(str(quality / video), f"the face {row['detection_id']} is not in it", remedy)
        rows += own
        rejected += [verdict[row["detection_id"]] for row in own]
    if not rows:
        raise InputError(
            "videos: " + ", ".join(videos),
            "no face was found in any of them",
            "Choose another `detect.backend` or lower `detect.min_score.face` in params.yaml",
        )
    vectors, threshold = read_vectors(embeddings, videos, [row["detection_id"] for row in rows])
    used = np.array([verdict is None for verdict in rejected])
    return Faces(rows, normalised(vectors), used, threshold)


def describe(faces: Faces, label: NDArray[np.int64]) -> tuple[list[dict[str, Any]], list[str], list[float | None]]:
    """Rows of the cluster table, the id of each label, and the cosine of each face to the mean of its cluster."""
    count = int(label.max(initial=-1)) + 1
    means = normalised(sums(faces.vectors, label, count))
    near = np.round(np.einsum("nd,nd->n", faces.vectors, means[label]), DIGITS) if count else np.zeros(len(label))
    tracks, ids = faces.column("track_id"), faces.column("detection_id")
    members = [np.flatnonzero(label == n) for n in range(count)]
    named = stable_ids("c", [list(Counter(tracks[m] for m in member)) for member in members])
    rows = [
        {
            "cluster_id": name,
            "first_track": first,
            "faces": len(member),
            "tracks": len({tracks[m] for m in member}),
            "medoid": ids[member[near[member].argmax()]],
            "cohesion": round(float(near[member].mean()), DIGITS),
        }
        for (name, first), member in zip(named, members, strict=True)
    ]
    cosine = [float(value) if n >= 0 else None for n, value in zip(label, near, strict=True)]
    return rows, [name for name, _ in named], cosine
