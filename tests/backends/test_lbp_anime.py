import csv

import cv2
import numpy as np
import pytest

from dramatis.backends.detect import load_detect
from dramatis.core import boxes
from dramatis.core.errors import InputError


@pytest.fixture(scope="module")
def cascade(media):
    return media / "weights" / "lbpcascade_animeface.xml"


@pytest.fixture(scope="module")
def scene(media):
    """A frame of the anime clip with three people, and their labelled faces."""
    with (media / "anime" / "anime_gt.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["time_s"] == "18.167"]
    video = cv2.VideoCapture(str(media / "anime" / "anime_cast.mp4"))
    video.set(cv2.CAP_PROP_POS_MSEC, 18167)
    sides = np.array([[float(row[key]) for key in "xywh"] for row in rows])
    return np.ascontiguousarray(video.read()[1][..., ::-1]), np.hstack([sides[:, :2], sides[:, :2] + sides[:, 2:]])


@pytest.mark.parametrize("input_px", [None, 480])
def test_finds_the_three_faces_in_frame_pixels(cascade, scene, input_px):
    image, labelled = scene
    before = image.copy()
    found = load_detect("lbp_anime", cascade, {"face": 0.5}, 0.5, input_px).detect(image)
    assert len(found) == len(labelled) == 3 and np.array_equal(image, before)
    assert boxes.cover(labelled, np.array([each.box for each in found])).max(1).min() > 0.7
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True) and all(0.5 <= score < 1 for score in scores)
    assert {(each.kind, each.landmarks) for each in found} == {("face", None)}


def test_a_higher_score_asks_for_more_hits(cascade, scene):
    low, high = (load_detect("lbp_anime", cascade, {"face": score}, 0.5, 480).detect(scene[0]) for score in (0.2, 0.9))
    assert len(high) <= len(low) and all(each.score >= 0.9 for each in high)


@pytest.mark.parametrize("size", [(1, 1), (31, 200)])
def test_small_pictures_are_fine(cascade, size):
    assert load_detect("lbp_anime", cascade, {"face": 0.5}, 0.5, None).detect(np.zeros((*size, 3), np.uint8)) == []


def test_bad_weights_are_one_clear_line(tmp_path):
    with pytest.raises(InputError, match="absent: there is no such weight file or folder"):
        load_detect("lbp_anime", tmp_path / "absent", {"face": 0.5}, 0.5, None)
    (tmp_path / "bad.xml").write_text("<no>cascade</no>")
    with pytest.raises(InputError, match="not one cascade file that OpenCV can read"):
        load_detect("lbp_anime", tmp_path, {"face": 0.5}, 0.5, None)
