"""HDR clips against the ordinary film that they were made of: are the faces still the same?"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dramatis.backends.detect import Detector, load_detect
from dramatis.backends.embed import Embedder, Face, load_embed
from dramatis.bench.clips import MOBILEFACENET, YUNET
from dramatis.core import boxes
from dramatis.core.images import Image
from dramatis.frames.picture import rgb_of, to_rgb
from dramatis.frames.video import open_video, read_pictures

FIRST = 63
"""The frame of the ordinary film that is the first of the HDR clips."""
CHOSEN = range(0, 119, 10)
ORDINARY = "videos/tears_of_steel_10s.mp4"
CLIPS = {"hdr10": "broken/derived/tos_hdr10.mp4", "hlg": "broken/derived/tos_hlg.mp4"}


class Models(NamedTuple):
    """What looks at the faces."""

    detector: Detector
    embedder: Embedder


def models(media: Path) -> Models:
    """YuNet and MobileFaceNet."""
    weights = media / "weights"
    return Models(
        load_detect("yunet", weights / YUNET, {"face": 0.7}, 0.3, None),
        load_embed("arcface_onnx", weights / MOBILEFACENET, 0.25, "head", {}, "imagenet"),
    )


def pictures(file: Path, first: int = 0) -> list[tuple[Image, Image]]:
    """The chosen frames of a clip, as stage `frames` shows them and as they are without tone mapping."""
    with open_video(file) as video:
        return [
            (
                to_rgb(p.frame, video.stream.sample_aspect_ratio, str(file)),
                rgb_of(p.frame, src_colorspace=9),
            )
            for p in read_pictures(video, False)
            if p.index - first in CHOSEN
        ]


def cosines(look: Models, ordinary: Sequence[Image], shown: Sequence[Image]) -> list[float]:
    """Of the faces in ordinary pictures to the same places of other pictures."""
    found = []
    for image, other in zip(ordinary, shown, strict=True):
        for face in look.detector.detect(image):
            a, b = look.embedder.embed([Face(image, {}, face.landmarks), Face(other, {}, face.landmarks)])
            found.append(float(a @ b))
    return found


def cosines_found_anew(look: Models, ordinary: Sequence[Image], shown: Sequence[Image]) -> list[float]:
    """The same where the detector looks at both pictures, so that its landmarks differ too; 0 for a face not found."""
    found = []
    for image, other in zip(ordinary, shown, strict=True):
        again = look.detector.detect(other)
        for face in look.detector.detect(image):
            overlap = boxes.iou(face.box, np.array([each.box for each in again]))[0] if again else np.zeros(1)
            if overlap.max() < 0.3:
                found.append(0.0)
                continue
            match = again[int(overlap.argmax())]
            a, b = look.embedder.embed([Face(image, {}, face.landmarks), Face(other, {}, match.landmarks)])
            found.append(float(a @ b))
    return found


def figures(media: Path) -> dict[str, float]:
    """Mean cosines of the faces of both clips: at the same places, found anew, and without tone mapping."""
    look = models(media)
    ordinary = [shown for shown, _ in pictures(media / ORDINARY, FIRST)]
    found = {}
    for name, clip in CLIPS.items():
        mapped, washed_out = zip(*pictures(media / clip), strict=True)
        found[f"{name}_cosine"] = float(np.mean(cosines(look, ordinary, mapped)))
        found[f"{name}_cosine_found_anew"] = float(np.mean(cosines_found_anew(look, ordinary, mapped)))
        found[f"{name}_cosine_without"] = float(np.mean(cosines(look, ordinary, washed_out)))
        found[f"{name}_cosine_without_found_anew"] = float(np.mean(cosines_found_anew(look, ordinary, washed_out)))
    return found
