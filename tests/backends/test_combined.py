"""Several detectors for one picture, on boxes that can be checked by hand and on labelled frames of real clips."""

import csv

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tiny_onnx import constant_yolo

from dramatis.backends.detect import Detection, load_detect
from dramatis.backends.detect.combined import merged, surety
from dramatis.core import boxes
from dramatis.detect.params import AlsoParams

POINTS = np.zeros((5, 2), np.float32)


def box(x, score, kind="face", landmarks=None, side=10):
    return Detection(kind, np.array([x, 0, x + side, 10], float), score, landmarks)


def places(found):
    return [(one.kind, float(one.box[0]), one.score) for one in found]


def test_surety_by_hand():
    assert surety(0.4, 0.4) == 0 and surety(1, 0.4) == 1 and surety(0.7, 0.4) == pytest.approx(0.5)
    assert surety(1, 1) == 1


def test_what_one_misses_the_other_finds():
    found = merged([[box(0, 0.9)], [box(100, 0.8)]], [{"face": 0.5}, {"face": 0.5}], 0.4)
    assert places(found) == [("face", 0, 0.9), ("face", 100, 0.8)]


def test_the_surer_box_stays_by_what_its_score_means():
    # 0.7 of a detector that starts at 0.6 is a quarter of the way, 0.6 of one that starts at 0.2 is half of it
    limits = [{"face": 0.6}, {"face": 0.2}]
    assert places(merged([[box(0, 0.7)], [box(2, 0.6)]], limits, 0.4)) == [("face", 2, 0.6)]
    assert places(merged([[box(0, 0.7)], [box(2, 0.3)]], limits, 0.4)) == [("face", 0, 0.7)]


def test_the_landmarks_of_either_are_kept():
    limits = [{"face": 0.5}, {"face": 0.5}]
    [one] = merged([[box(0, 0.9)], [box(1, 0.6, landmarks=POINTS)]], limits, 0.4)
    assert one.box[0] == 0 and one.landmarks is POINTS


def test_two_boxes_over_one_are_one():
    # both of the second overlap the first by 8 / 12: the nearer pair is made, the other goes
    found = merged([[box(0, 0.9)], [box(1, 0.6), box(-2, 0.7)]], [{"face": 0.5}] * 2, 0.4)
    assert places(found) == [("face", 0, 0.9)]


def test_kinds_do_not_touch_and_neighbours_of_one_detector_stay():
    limits = [{"face": 0.5, "head": 0.5}, {"face": 0.5}]
    found = merged([[box(0, 0.9, "head"), box(0, 0.8), box(4, 0.7)], [box(30, 0.6)]], limits, 0.3)
    assert places(found) == [("head", 0, 0.9), ("face", 0, 0.8), ("face", 4, 0.7), ("face", 30, 0.6)]


parts = st.lists(
    st.lists(st.builds(box, st.integers(0, 60), st.floats(0.5, 1), side=st.integers(5, 30)), max_size=6),
    min_size=1,
    max_size=3,
)


@given(parts, st.floats(0, 0.9))
def test_nobody_is_lost_and_nobody_comes_twice(found, same_iou):
    limits = [{"face": 0.5}] * len(found)
    apart = [  # each detector has suppressed its own doubles
        [one for n, one in enumerate(part) if all(boxes.iou(one.box, o.box)[0, 0] <= same_iou for o in part[:n])]
        for part in found
    ]
    result = merged(apart, limits, same_iou)
    everything = [one for part in apart for one in part]
    assert all(any(np.array_equal(one.box, other.box) for other in everything) for one in result)
    for one in apart[0]:
        assert any(boxes.iou(one.box, other.box)[0, 0] > min(same_iou, 0.999) for other in result)
    assert len(result) <= len(everything) and len(merged(apart[:1], limits[:1], same_iou)) == len(apart[0])


def test_detectors_are_loaded_and_combined(tmp_path):
    constant_yolo(tmp_path / "a.onnx", [[100, 100, 20, 20, 0.9, 0.1]], {0: "face", 1: "head"})
    constant_yolo(
        tmp_path / "more" / "b.onnx", [[101, 100, 20, 20, 0.95, 0], [200, 200, 40, 40, 0.6, 0]], ["face", "x"]
    )
    also = {"backend": "yolo_onnx", "weights": tmp_path / "more", "min_score": {"face": 0.5}, "max_iou": 0.5}
    finder = load_detect(
        "yolo_onnx", tmp_path, {"face": 0.4, "head": 0.4}, 0.5, None, also=[also | {"input_px": None}], same_iou=0.4
    )
    found = finder.detect(np.zeros((320, 320, 3), np.uint8))
    assert [(one.kind, one.box[0]) for one in found] == [("face", 91), ("face", 180)]


def test_a_detector_of_faces_is_not_asked_for_heads():
    values = {"backend": "yunet", "weights": "w/x.onnx", "max_iou": 0.3, "input_px": None}
    with pytest.raises(ValidationError, match="yunet finds faces only"):
        AlsoParams(**values, min_score={"face": 0.5, "head": 0.5})
    assert AlsoParams(**values, min_score={"face": 0.5}).min_score == {"face": 0.5}


def labelled(media):
    """Pictures of real clips and the faces in them, boxes of shape (N, 4)."""
    with (media / "videos/ground_truth_frames.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["w"]]
    for name in sorted({row["video"] for row in rows}):
        times = sorted({float(row["time_s"]) for row in rows if row["video"] == name})
        with av.open(str(media / "videos" / name)) as video:
            for frame in video.decode(video=0):
                if times and frame.time >= times[0] - 0.02:
                    at = times.pop(0)
                    own = [row for row in rows if row["video"] == name and float(row["time_s"]) == at]
                    corners = [[float(row[key]) for key in ("x", "y", "w", "h")] for row in own]
                    yield frame.to_ndarray(format="rgb24"), np.array([[x, y, x + w, y + h] for x, y, w, h in corners])


def test_two_detectors_find_more_than_each_and_nobody_twice(media):
    folder = media / "weights"
    large = {"backend": "yunet", "weights": folder / "yunet_s_640_640.onnx", "input_px": None}
    small = {"backend": "yunet", "weights": folder / "yunet_n_640_640.onnx", "input_px": 1280}
    shared = {"min_score": {"face": 0.75}, "max_iou": 0.3}
    alone = [load_detect(**each, **shared) for each in (large, small)]
    both = load_detect(**large, **shared, same_iou=0.4, also=[small | shared])
    hits = np.zeros(3, int)
    faces = 0
    for image, true in labelled(media):
        faces += len(true)
        for number, detector in enumerate((*alone, both)):
            found = np.array([one.box for one in detector.detect(image)]).reshape(-1, 4)
            hits[number] += (boxes.iou(true, found).max(axis=1, initial=0) >= 0.4).sum() if len(true) else 0
            overlap = boxes.iou(found, found) - np.eye(len(found))
            assert overlap.max(initial=0) <= 0.4
    assert hits[2] >= hits[:2].max() and hits[2] >= 0.95 * faces, (hits, faces)
