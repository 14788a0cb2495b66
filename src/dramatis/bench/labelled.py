"""The labelled clips: what the stages are given of each, and how its labels judge what they found."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from dramatis.bench.clips import (
    MOBILEFACENET,
    OPENSEEFACE,
    STRANGER,
    TOP,
    YUNET,
    Judged,
    read_faces,
    read_labels,
    run_stages,
    shot_at,
)
from dramatis.core import boxes
from dramatis.core.images import cut, decode, encode_png
from dramatis.core.tables import read_rows

REFERENCES = 3
"""Reference pictures of each signer."""
SIGNERS = "signers"
"""Id of the clip of five people in twenty shots."""
POCKET = TOP / "models" / "pocket" / "ccip"


def signers(media: Path, folder: Path) -> Judged:
    """A real clip of twenty shots and five people, one in each shot; YuNet and MobileFaceNet.

    References are crops of `faces/cc_by_faces` from the first shot of each person; they come from the same clip, so
    that shot is not scored by name. A face is the person of its shot if it overlaps the box that was labelled by eye
    in that shot; any other is a stranger: a bystander at the edge, or the skull on a hoodie.
    """
    shots = read_labels(media / "videos" / "signers_shots.csv")
    first = {row["identities"]: int(row["shot"]) for row in reversed(shots)}
    for person, shot in first.items():
        crops = [
            row["file"]
            for row in read_labels(media / "faces" / "cc_by_faces.csv")
            if row["identity"] == person and shot_at(shots, float(row["time_s"])) == shot
        ]
        into = folder / "references" / person.lower()
        into.mkdir(parents=True)
        for crop in crops[:REFERENCES]:
            shutil.copy(media / "faces" / crop, into)
    source = {SIGNERS: {"source": str(media / "videos" / "signers_20shots.mp4")}}
    fps = {"fps": 4}  # twice the preset's: the shots are short
    run_stages(folder, (SIGNERS,), {"videos": source, "frames": fps, **real_models(media)}, preset="live-action")
    found = read_faces(folder, SIGNERS)
    eye = {
        shot_at(shots, float(row["time_s"])): row
        for row in read_labels(media / "videos" / "ground_truth_frames.csv")
        if row["video"] == "signers_20shots.mp4"
    }
    who = [_signer(row["box"], eye[shot_at(shots, row["pts_s"])]) for row in found]
    shown = {
        row["detection_id"]
        for row, name in zip(found, who, strict=True)
        if name != STRANGER and shot_at(shots, row["pts_s"]) in first.values()
    }
    return Judged(folder, found, who, frozenset(shown))


def _signer(box: np.ndarray, label: Mapping[str, str]) -> str:
    x, y, w, h = (float(label[key]) for key in "xywh")
    overlap = boxes.iou(box, np.array([x, y, x + w, y + h]))[0, 0]
    return label["identity"].lower() if overlap > 0.1 else STRANGER


def photographed(media: Path, folder: Path) -> Judged:
    """The labelled faces of `faces/cc_by_faces` as a folder of pictures, each a shot and a track of its own."""
    (folder / "references").mkdir()
    source = {"photos": {"source": str(media / "faces" / "cc_by_faces")}}
    run_stages(folder, ("photos",), {"videos": source, **real_models(media)}, preset="live-action")
    found = read_faces(folder, "photos")
    return Judged(folder, found, [row["folder"] for row in found], frozenset())


def real_models(media: Path) -> dict[str, dict[str, Any]]:
    """What replaces the weights and references of the preset live-action."""
    return {
        "detect": {"weights": str(media / "weights" / YUNET)},
        "landmark": {"weights": str(media / "weights" / OPENSEEFACE)},
        "embed": {"weights": str(media / "weights" / MOBILEFACENET)},
        "cast": {"references": "references"},
    }


def anime(media: Path, folder: Path) -> Judged:
    """A clip composed of anime sprites: three characters, one of them in two outfits; cascade and pocket embedder.

    No embedder of real anime can be had offline, so the pocket one looks, at its own threshold, at the cascade's boxes
    as they are; it was trained on characters of quite another make. On wider crops, which show more of the clothes,
    it splits the character with two outfits (growth 1.1, 1.25, 1.7: 0.93, 0.70, 0.65). The clip is made of stills, so
    that few faces are kept. References are the first face of each character, which is not scored by name.
    """
    weights: dict[str, Any] = {"backend": "lbp_anime", "weights": str(media / "weights" / "lbpcascade_animeface.xml")}
    score = {"min_score": dict.fromkeys(("face", "head", "halfbody", "person"), 0.5)}
    changes: dict[str, dict[str, Any]] = {
        "videos": {"anime": {"source": str(media / "anime" / "anime_cast.mp4")}},
        "detect": weights | score | {"input_px": 480},
        "embed": {"weights": str(POCKET), "expand": {"face": 1.0, "head": 1.0, "person": 1.0}},
        "cast": {"references": "references"},
    }
    (folder / "references").mkdir()
    run_stages(folder, ("anime",), changes)
    found = read_faces(folder, "anime")
    shots, labels = (read_labels(media / "anime" / f"anime_{name}.csv") for name in ("shots", "gt"))
    who = [_sprite(row, shots, labels) for row in found]
    first = {name: found[who.index(name)] for name in sorted({*who} - {STRANGER})}
    images = {row["frame_id"]: row["image"] for row in read_rows(folder / "data/frames/anime/frames.parquet", "frames")}
    for name, row in first.items():
        crop = cut(decode(images[row["frame_id"]], row["frame_id"]), boxes.expand(row["box"], 2.2))
        (folder / "references" / name).mkdir()
        crop = cv2.resize(crop, (480, 480), interpolation=cv2.INTER_AREA)
        (folder / "references" / name / "00.png").write_bytes(encode_png(crop))
    run_stages(folder, ("anime",), changes, stages=("cast",))
    tracks = {row["track_id"] for row in first.values()}
    found = read_faces(folder, "anime")
    return Judged(folder, found, who, frozenset(row["detection_id"] for row in found if row["track_id"] in tracks))


def _sprite(face: Mapping[str, Any], shots: Sequence[Mapping[str, str]], labels: Sequence[Mapping[str, str]]) -> str:
    """The character whose labelled face in the same shot is nearest, if it lies within one face width."""
    middle, near = (face["box"][:2] + face["box"][2:]) / 2, [(1.0, STRANGER)]
    for row in labels:
        if row["x"] and shot_at(shots, float(row["time_s"])) == shot_at(shots, face["pts_s"]):
            x, y, w, h = (float(row[key]) for key in "xywh")
            near.append((float(np.hypot(*(middle - [x + w / 2, y + h / 2])) / w), row["identity"]))
    return min(near)[1]
