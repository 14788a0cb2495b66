"""Every detector and embedder on the labelled pictures: how right, and how many times slower than the fastest."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from dramatis.backends.detect import Detector, load_detect
from dramatis.backends.embed import Embedder, Face, load_embed
from dramatis.bench.clips import MOBILEFACENET, TOP, YUNET, read_labels
from dramatis.bench.landmark_faces import photos
from dramatis.core import boxes
from dramatis.core.images import Image
from dramatis.frames.picture import rgb_of

FOUND = 0.3
"""Overlap (IoU) from which on a box is that of a labelled face: labels by eye and models frame faces differently."""
POCKET = TOP / "models" / "pocket"
Row = dict[str, Any]


class Labelled(NamedTuple):
    """A picture with its labelled faces."""

    image: Image
    faces: list[NDArray[np.float64]]
    """Boxes x0 y0 x1 y1 [px]."""
    who: list[str]


def labelled_frames(video: Path, labels: Sequence[Mapping[str, str]]) -> list[Labelled]:
    """The labelled frames of a video, also those without a face, in order of time.

    Args:
        labels: rows with `time_s`, `identity` and the box `x`, `y`, `w`, `h`, empty if there is no face.
    """
    of_time: dict[float, list[Mapping[str, str]]] = {}
    for row in labels:
        of_time.setdefault(float(row["time_s"]), []).append(row)
    found, waiting = [], sorted(of_time)
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            if waiting and frame.time >= waiting[0] - 1e-3:
                rows = [row for row in of_time[waiting.pop(0)] if row["x"]]
                x, y, w, h = np.array([[float(row[key]) for key in "xywh"] for row in rows]).reshape(-1, 4).T
                faces = list(np.stack([x, y, x + w, y + h], 1))
                found.append(Labelled(rgb_of(frame), faces, [row["identity"] for row in rows]))
    return found


def detection(detector: Detector, pictures: Sequence[Labelled]) -> Row:
    """Recall and precision of faces, and CPU seconds for each picture."""
    began = time.process_time()
    found = [[each.box for each in detector.detect(one.image) if each.kind == "face"] for one in pictures]
    seconds = (time.process_time() - began) / len(pictures)
    right = asked = boxes_found = 0
    for one, here in zip(pictures, found, strict=True):
        asked, boxes_found = asked + len(one.faces), boxes_found + len(here)
        if one.faces and here:
            right += int((boxes.iou(np.array(one.faces), np.array(here)) >= FOUND).any(1).sum())
    return {"recall": right / asked, "precision": right / max(boxes_found, 1), "seconds": seconds}


def identity(embedder: Embedder, faces: Sequence[Face], who: Sequence[str]) -> Row:
    """AUC of pairs of one person against pairs of two, and CPU seconds for each face."""
    began = time.process_time()
    vectors = embedder.embed(faces)
    seconds = (time.process_time() - began) / len(faces)
    one, other = np.triu_indices(len(faces), 1)
    same = np.array(who)[one] == np.array(who)[other]
    return {"auc": float(roc_auc_score(same, (vectors @ vectors.T)[one, other])), "seconds": seconds}


def detectors(media: Path) -> dict[str, Callable[[], Detector]]:
    """Loaders by name."""
    weights, least = media / "weights", {"face": 0.7}
    return {
        "yunet (s)": lambda: load_detect("yunet", weights / "yunet_s_640_640.onnx", least, 0.3, None),
        "yunet (n)": lambda: load_detect("yunet", weights / YUNET, least, 0.3, None),
        "lbp_anime": lambda: load_detect("lbp_anime", weights / "lbpcascade_animeface.xml", {"face": 0.5}, 0.3, 480),
        "yolo_onnx (pocket)": lambda: load_detect("yolo_onnx", POCKET / "detect", {"face": 0.4}, 0.6, 480),
    }


def embedders(media: Path) -> dict[str, Callable[[], Embedder]]:
    """Loaders by name; crops are the labelled faces, a quarter larger."""
    mobile, expand = media / "weights" / MOBILEFACENET, {"face": 1.25, "head": 1.0, "person": 1.0}

    def load(backend: str, weights: Path) -> Callable[[], Embedder]:
        return lambda: load_embed(backend, weights, 0.2, "face", expand, "imagenet")

    return {
        "arcface_onnx (MobileFaceNet)": load("arcface_onnx", mobile),
        "ccip_onnx (MobileFaceNet)": load("ccip_onnx", mobile),
        "ccip_onnx (pocket)": load("ccip_onnx", POCKET / "ccip"),
    }


def photographed(media: Path) -> tuple[list[Face], list[str]]:
    """The labelled photographs with their five points and the box about them."""
    faces, who = [], []
    for photo in photos(media):
        side = photo.image.shape[0] / 1.7  # the crops are that much larger than the face
        low = (photo.image.shape[0] - side) / 2
        box = np.array([low, low, low + side, low + side])
        faces.append(Face(photo.image, {"face": box}, photo.five.astype(np.float32)))
        who.append(photo.name)
    return faces, who


def compared(media: Path) -> list[Row]:
    """A row for each clip, stage and backend that can look at it; `times` counts from the fastest of its group."""
    labels = read_labels(media / "videos" / "ground_truth_frames.csv")
    clips = {
        name: labelled_frames(media / "videos" / name, [row for row in labels if row["video"] == name])
        for name in sorted({row["video"] for row in labels})
    }
    clips["anime_cast.mp4"] = labelled_frames(
        media / "anime" / "anime_cast.mp4", read_labels(media / "anime" / "anime_gt.csv")
    )
    rows = []
    for clip, pictures in clips.items():
        group = [
            {"clip": clip, "stage": "detect", "backend": name} | detection(load(), pictures)
            for name, load in detectors(media).items()
        ]
        rows += _timed(group)
    sprites = [(Face(one.image, {"face": box}, None), who) for one in pictures for box, who in zip(one.faces, one.who)]
    for clip, faces, who in (("cc_by_faces", *photographed(media)), ("anime_cast.mp4", *zip(*sprites, strict=True))):
        group = [
            {"clip": clip, "stage": "embed", "backend": name} | identity(load(), faces, who)
            for name, load in embedders(media).items()
            if not name.startswith("arcface") or faces[0].landmarks is not None
        ]
        rows += _timed(group)
    return rows


def _timed(rows: list[Row]) -> list[Row]:
    fastest = min(row["seconds"] for row in rows)
    return [row | {"times": row["seconds"] / fastest} for row in rows]
