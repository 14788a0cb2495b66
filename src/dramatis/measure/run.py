"""Reads the film's truth and what the stages made of the film; writes one metrics file a stage."""

from collections.abc import Mapping
from pathlib import Path

from dramatis.core.errors import ParameterError
from dramatis.core.tables import read_rows, write_json
from dramatis.measure import figures
from dramatis.measure.captions import Shards, Truth, by_frame, caption_figures
from dramatis.measure.match import Row, dressed, match
from dramatis.measure.params import MeasureParams

FRAME = ["frame_id", "video", "index"]
CROP = ["crop_id", "detection_id", "frame_id", "stage", "people", "masked", "box", "rejected_by"]
SCENE = ["scene_id", "frame_id", "box", "rejected_by"]


def run(
    params: MeasureParams,
    title: str,
    videos: Mapping[str, Path],
    min_score: Mapping[str, float],
    data: Path,
    metrics: Path,
) -> None:
    """Writes `<stage>.json` of frames, detect, quality, cluster, cast, outfit and caption into `metrics`.

    Args:
        title: film whose truth is at `data/film/<title>/truth`.
        videos: source of each video by id; those that are no episode of the film are left out of the figures.
        min_score: least probability of a tag by its category, as captions take them.
        data: folder with the outputs of the stages.

    Raises:
        ParameterError: no video is an episode of the film.
    """
    made_by, truth = f"film@{title}", data / "film" / title / "truth"
    shots = read_rows(truth / "shots.parquet", made_by)
    people = read_rows(truth / "figures.parquet", made_by)
    drawings = read_rows(truth / "drawings.parquet", made_by)
    episodes = _episodes(videos, data / "film" / title)
    frames = _rows(data / "frames", episodes, "frames", "frames", FRAME)
    faces = [row for row in _rows(data / "detections", episodes, "detections", "detect") if row["kind"] == "face"]
    places = {frame["frame_id"]: (frame["video"], frame["index"]) for frame in frames}
    matched = match(faces, people, places, params)
    cast = tuple(sorted(p.name for p in (data / "film" / title / "references").iterdir()))
    drawing_of = {(row["video"], row["frame"]): row["drawing"] for row in drawings}
    blur = {(row["video"], row["frame"]): row["blur_px"] for row in people}
    blur_of = {
        face["detection_id"]: blur[places[face["frame_id"]]] for face in faces if face["detection_id"] in matched.shown
    }
    clustered = [row for row in read_rows(data / "clusters" / "faces.parquet", "cluster") if row["video"] in episodes]
    named = [row for video in episodes for row in read_rows(data / "cast" / f"{video}.parquet", "cast")]
    worn = [row for video in episodes for row in read_rows(data / "outfits" / f"{video}.parquet", "outfit")]
    drawn = Truth(
        figures=by_frame(people),
        shown=matched.shown,
        frames=places,
        places={(shot["video"], shot["shot"]): shot["place"] for shot in shots},
        looks={row["character"]: row for row in read_rows(truth / "looks.parquet", made_by)},
    )
    results = {
        "frames": figures.frame_figures(frames, shots, drawing_of)
        | figures.cut_figures(_rows(data / "frames", episodes, "shots", "frames"), shots),
        "detect": figures.detect_figures(matched, faces),
        "quality": figures.quality_figures(_rows(data / "quality", episodes, "quality", "quality"), blur_of),
        "cluster": figures.cluster_figures(clustered, matched.shown, cast),
        "cast": figures.cast_figures(named, matched.shown, cast),
        "outfit": figures.outfit_figures(worn, dressed(matched.shown, faces, people, places)),
        "caption": caption_figures(drawn, _shards(data, episodes), _trigger(data), min_score, params),
    }
    for stage, values in results.items():
        write_json(values, metrics / f"{stage}.json")


def _episodes(videos: Mapping[str, Path], film: Path) -> list[str]:
    """The videos that are episodes of a film, by id."""
    found = [video for video, source in videos.items() if source == film / f"{video}.mp4"]
    if not found:
        remedy = f"Set `film.titles: []`, or add `e01: {{source: {film / 'e01.mp4'}}}` to `videos`"
        raise ParameterError("params.yaml: film.titles", f"no video is an episode of {film.name!r}", remedy)
    return found


def _trigger(data: Path) -> dict[str, str]:
    """Trigger word by character."""
    return {row["character"]: row["trigger"] for row in read_rows(data / "cast" / "characters.parquet", "cast")}


def _shards(data: Path, episodes: list[str]) -> Shards:
    """What was cut, seen and said of the episodes; a composite of other videos' crops is left out."""
    kept = {
        table: [row for row in _rows(data / "crops", episodes, table, "crops", columns) if not row["rejected_by"]]
        for table, columns in (("crops", CROP), ("scenes", SCENE))
    }
    known = {row["crop_id"] for row in kept["crops"]}
    joined = read_rows(data / "composites" / "composites.parquet", "composite", ["composite_id", "parts"])
    captions = [
        row
        for name in (*episodes, "composites")
        for row in read_rows(data / "captions" / f"{name}.parquet", "caption", ["id", "caption", "origin"])
    ]
    return Shards(
        crops=kept["crops"],
        scenes=kept["scenes"],
        composites=[row for row in joined if known.issuperset(row["parts"])],
        tags=_rows(data / "tags", episodes, "tags", "tag"),
        captions=captions,
    )


def _rows(folder: Path, videos: list[str], table: str, stage: str, columns: list[str] | None = None) -> list[Row]:
    return [
        row for video in videos for row in read_rows(folder / video / f"{table}.parquet", f"{stage}@{video}", columns)
    ]
