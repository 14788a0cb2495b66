"""Faces whose names are known, as naming sees them: of sample films, and of the clip of the signers."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramatis.backends.detect import DetectChoice, Detector, load_detect
from dramatis.backends.embed import EmbedChoice, Embedder, load_embed
from dramatis.bench.clips import TOP, Judged, read_labels, shot_at
from dramatis.bench.labelled import SIGNERS
from dramatis.cast.references import NoFaceError, look
from dramatis.core import seeds
from dramatis.core.params import PARAMS, load_params
from dramatis.core.tables import box_of, read_rows
from dramatis.film.head import Pose
from dramatis.film.params import FilmParams
from dramatis.film.run import draw_reference
from dramatis.film.story import CAST, EPISODES
from dramatis.measure.match import match
from dramatis.measure.params import MeasureParams

PICTURES = 14
"""Pictures drawn of each name."""
MOUTHS = ("smile", "flat", "open")
log = logging.getLogger("benchmark-naming")

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Scene:
    """Faces whose names are known.

    Attributes:
        vectors: shape (N, D), L2-normalised.
        tracks, frames: of each face.
        clusters: of each face, None for none.
        who: the person of each face; None where there is nobody.
        threshold: the embedder's largest difference of one person.
    """

    vectors: Vectors
    tracks: list[str]
    frames: list[str]
    clusters: list[str | None]
    who: list[str | None]
    threshold: float


def film_scene(data: Path, episodes: Sequence[str] = EPISODES, title: str = "sample") -> Scene:
    """The faces that the stages found in a film, and whom they show.

    A detection shows the person whose true face it matches, else the one in whose head its centre lies: a face that the
    detector sees at the back of a head is a fault of the detector, but the name may be right.
    """
    truth = read_rows(data / "film" / title / "truth" / "figures.parquet", f"film@{title}")
    seen, found, places = _faces(data, episodes)
    shown = match(found, truth, places, load_params("measure", MeasureParams, TOP / PARAMS)).shown
    heads: dict[tuple[str, int], list[tuple[str, list[int]]]] = {}
    for figure in truth:
        if figure["head"] is not None:
            at = heads.setdefault((figure["video"], figure["frame"]), [])
            at.append((figure["character"], box_of(figure["head"])))
    who = []
    for face in found:
        x0, y0, x1, y1 = box_of(face["box"])
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        here = [name for name, (a, b, c, d) in heads.get(places[face["frame_id"]], ()) if a <= x < c and b <= y < d]
        who.append(shown.get(face["detection_id"], here[0] if len(here) == 1 else None))
    return replace(seen, who=who, threshold=_threshold(data, episodes[0]))


def load_models(project: Path) -> tuple[Detector, Embedder]:
    """The detector and the embedder of a project."""
    detector = load_params("detect", DetectChoice, project / PARAMS)
    embedder = load_params("embed", EmbedChoice, project / PARAMS)
    finder = load_detect(**detector.model_dump() | {"weights": project / detector.weights})
    model = load_embed(**embedder.model_dump() | {"weights": project / embedder.weights})
    return finder, model


def film_references(project: Path) -> dict[str, list[Vectors]]:
    """Vectors of pictures of the cast that the film's own code draws, by the models of the project."""
    seed = load_params("film", FilmParams, project / PARAMS).seed
    finder, model = load_models(project)
    found: dict[str, list[Vectors]] = {name: [] for name in CAST}
    for name in CAST:
        for number in range(PICTURES):
            rng = seeds.rng(seed, "benchmark", "reference", name, number)
            pose = Pose(float(rng.uniform(-0.6, 0.6)), float(rng.uniform(-10, 10)), mouth=str(rng.choice(MOUTHS)))
            picture = f"{name}/{number:02d}"
            try:
                found[name].append(look(picture, picture, draw_reference(seed, name, pose), finder, model).vector)
            except NoFaceError:
                log.info("film.seed %d: no face found in picture %s", seed, picture)
    return found


def signers_scene(judged: Judged, media: Path) -> tuple[Scene, list[int]]:
    """The faces that the stages found in the clip, whom they show, and the true shot of each."""
    data = judged.folder / "data"
    seen, found, _ = _faces(data, [SIGNERS])
    starts = read_labels(media / "videos" / "signers_shots.csv")
    who_of = {face["detection_id"]: who for face, who in zip(judged.faces, judged.who, strict=True)}
    shot_of = {face["detection_id"]: shot_at(starts, face["pts_s"]) for face in judged.faces}
    names = [face["detection_id"] for face in found]
    who: list[str | None] = [who_of[name] for name in names]
    shots = [shot_of[name] for name in names]
    return replace(seen, who=who, threshold=_threshold(data, SIGNERS)), shots


def _faces(data: Path, videos: Sequence[str]) -> tuple[Scene, list[dict[str, Any]], dict[str, tuple[str, int]]]:
    """A scene that does not say yet who is who, the detections in its order, and video and number of every frame."""
    cluster_of = {
        row["detection_id"]: row["cluster_id"] for row in read_rows(data / "clusters/faces.parquet", "cluster")
    }
    found, places, vector_of = [], {}, {}
    for video in videos:
        rows = read_rows(data / "detections" / video / "detections.parquet", f"detect@{video}")
        found += [row for row in rows if row["kind"] == "face"]
        for row in read_rows(data / "frames" / video / "frames.parquet", f"frames@{video}", ["frame_id", "index"]):
            places[row["frame_id"]] = (video, row["index"])
        for row in read_rows(data / "embeddings" / video / "embeddings.parquet", f"embed@{video}"):
            vector_of[row["detection_id"]] = row["vector"]
    vectors = np.array([vector_of[face["detection_id"]] for face in found], np.float32)
    tracks, frames = ([face[key] for face in found] for key in ("track_id", "frame_id"))
    clusters = [cluster_of[face["detection_id"]] for face in found]
    return Scene(vectors, tracks, frames, clusters, [], 0.0), found, places


def _threshold(data: Path, video: str) -> float:
    return float(json.loads((data / "embeddings" / video / "model.json").read_text())["threshold"])
