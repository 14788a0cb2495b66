"""Tracks on a real clip: five people in twenty shots, one in each."""

import csv
from collections import defaultdict

import numpy as np
import pytest
from shards import frames_of, sampled

from dramatis.backends.embed import EmbedChoice
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows
from dramatis.detect.params import DetectParams, MinScore
from dramatis.detect.run import run

FPS = 3


@pytest.fixture(scope="module")
def clip(media):
    """Pictures, times [s], and the shot and person of each."""
    with (media / "videos/signers_shots.csv").open() as file:
        shots = list(csv.DictReader(file))
    images, seconds = sampled(media / "videos/signers_20shots.mp4", FPS)
    starts = np.array([float(row["start_s"]) for row in shots])
    numbers = [int((starts <= second + 2e-3).sum()) - 1 for second in seconds]
    return images, seconds, numbers, [row["identities"] for row in shots]


def tracks(media, out, images, seconds, shots):
    """Track of each face: pairs of the number of its picture and its track."""
    frames_of(images, out / "frames", "signers", shots, seconds)
    weights = media / "weights"
    params = load_params("detect", DetectParams).model_copy(
        update={
            "backend": "yunet",
            "weights": weights / "yunet_s_640_640.onnx",
            "max_iou": 0.3,
            "input_px": None,
            "min_score": MinScore(face=0.7, head=0.7, halfbody=0.7, person=0.7),
        }
    )
    embedder = load_params("embed", EmbedChoice).model_copy(
        update={"backend": "arcface_onnx", "weights": weights / "MobileFaceNet.onnx", "threshold": 0.2625}
    )
    run(params, embedder, out / "frames", out / "detections")
    rows = read_rows(out / "detections/detections.parquet", "detect")
    return [(int(row["frame_id"].split("-")[1]), row["track_id"]) for row in rows]


def test_no_track_shows_two_people_or_crosses_a_cut(clip, media, tmp_path):
    images, seconds, shots, people = clip
    found = tracks(media, tmp_path, images, seconds, shots)
    of_track = defaultdict(set)
    for picture, track in found:
        of_track[track].add(shots[picture])
    assert all(len(numbers) == 1 for numbers in of_track.values())
    assert len(people) <= len(of_track) <= len(people) + 3  # the skull on a hoodie looks like a face at times


def test_no_track_shows_two_people_even_if_no_cut_is_known(clip, media, tmp_path):
    images, seconds, shots, people = clip
    found = tracks(media, tmp_path, images, seconds, [0] * len(images))
    of_track = defaultdict(set)
    for picture, track in found:
        of_track[track].add(people[shots[picture]])
    assert all(len(names) == 1 for names in of_track.values()), dict(of_track)


def test_somebody_hidden_for_a_second_keeps_the_track(clip, media, tmp_path):
    images, seconds, shots, _ = clip
    hidden, whole = list(images), {}
    for shot in range(20):
        pictures = [n for n, number in enumerate(shots) if number == shot]
        if len(pictures) < 7:
            continue
        middle = pictures[len(pictures) // 2 - 1 : len(pictures) // 2 + 2]
        for picture in middle:
            hidden[picture] = np.full_like(images[picture], 128)
        whole[shot] = (pictures, middle)
    track_of = defaultdict(set)
    for picture, track in tracks(media, tmp_path, hidden, seconds, shots):
        track_of[picture].add(track)
    tested = 0
    for pictures, middle in whole.values():
        assert not any(track_of[picture] for picture in middle)
        before = [track_of[n] for n in pictures if n < middle[0] and track_of[n]]
        after = [track_of[n] for n in pictures if n > middle[-1] and track_of[n]]
        assert not before or not after or before[-1] & after[0]
        tested += bool(before and after)
    assert tested >= 6
