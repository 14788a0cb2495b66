"""HDR clips against the ordinary film they were made of: does it look the same, and is it still the same face?"""

import numpy as np
import pytest

from dramatis.backends.detect import load_detect
from dramatis.backends.embed import Face, load_embed
from dramatis.frames.picture import to_rgb
from dramatis.frames.video import open_video, read_pictures

FIRST = 63
"""The frame of the ordinary film that is the first of the HDR clips."""
CHOSEN = range(0, 119, 10)


def pictures(file, numbers):
    with open_video(file) as video:
        return [
            (
                to_rgb(p.frame, video.stream.sample_aspect_ratio, str(file)),
                p.frame.to_ndarray(format="rgb24", src_colorspace=9),
            )
            for p in read_pictures(video, False)
            if p.index in numbers
        ]


@pytest.fixture(scope="module")
def ordinary(media):
    return [shown for shown, _ in pictures(media / "videos/tears_of_steel_10s.mp4", {FIRST + n for n in CHOSEN})]


@pytest.fixture(scope="module")
def models(media):
    weights = media / "weights"
    detector = load_detect("yunet", weights / "yunet_n_640_640.onnx", {"face": 0.7}, 0.3, None)
    return detector, load_embed("arcface_onnx", weights / "MobileFaceNet.onnx", 0.25, "head", {}, "imagenet")


def cosines(models, ordinary, shown):
    """Of the faces in ordinary pictures to the same places of other pictures."""
    detector, embedder = models
    found = []
    for image, other in zip(ordinary, shown, strict=True):
        for face in detector.detect(image):
            a, b = embedder.embed([Face(image, {}, face.landmarks), Face(other, {}, face.landmarks)])
            found.append(float(a @ b))
    return found


@pytest.mark.parametrize("clip, least, gain", [("tos_hdr10.mp4", 0.94, 0.05), ("tos_hlg.mp4", 0.96, 0.005)])
def test_faces_stay_themselves(media, models, ordinary, clip, least, gain):
    mapped, washed_out = zip(*pictures(media / "broken/derived" / clip, set(CHOSEN)))
    after, before = cosines(models, ordinary, mapped), cosines(models, ordinary, washed_out)
    assert len(after) >= 10 and np.mean(after) >= least and min(after) >= 0.86
    assert np.mean(before) < np.mean(after) - gain


@pytest.mark.parametrize("clip", ["tos_hdr10.mp4", "tos_hlg.mp4"])
def test_pictures_look_alike(media, ordinary, clip):
    for (shown, _), true in zip(pictures(media / "broken/derived" / clip, set(CHOSEN)), ordinary, strict=True):
        assert np.abs(shown.mean((0, 1)) - true.mean((0, 1))).max() < 8
        assert np.abs(shown.astype(int) - true).mean() < 10
        assert 0.85 < shown.std() / true.std() < 1.15  # washed out, it would be about half
