"""Parts of a face by their numbers, each round its own points."""

import cv2
import numpy as np
import pytest

from dramatis.control import segmentation as parts
from dramatis.control.segmentation import encode_mask, segment
from dramatis.landmark.templates import TEMPLATES

SIZE = 200, 240
FACE = TEMPLATES["drawn"].solid[:, :2] * 60 + [100, 110]


def at(mask, point):
    return mask[int(point[1]), int(point[0])]


def open_mouth():
    face = FACE.copy()
    face[[55, 56, 57, 58, 59, 65, 66, 67], 1] += 15
    return face


def test_every_part_is_where_its_points_are():
    face = open_mouth()
    mask = segment([face], *SIZE)
    assert mask.shape == (240, 200) and mask.dtype == np.uint8
    assert at(mask, face[36:42].mean(0)) == parts.RIGHT_EYE and at(mask, face[42:48].mean(0)) == parts.LEFT_EYE
    assert face[36:42, 0].mean() < face[42:48, 0].mean()  # the person's right eye is on the left of the picture
    assert at(mask, face[17:22].mean(0)) == parts.RIGHT_BROW and at(mask, face[22:27].mean(0)) == parts.LEFT_BROW
    assert at(mask, face[30:36].mean(0)) == parts.NOSE
    assert at(mask, face[60:68].mean(0)) == parts.INNER_MOUTH
    assert at(mask, face[[51, 62]].mean(0)) == parts.UPPER_LIP and at(mask, face[[57, 66]].mean(0)) == parts.LOWER_LIP
    assert at(mask, (face[36:42].mean(0) + face[4]) / 2) == parts.SKIN
    assert mask[0, 0] == mask[-1, -1] == parts.UNKNOWN


def test_only_known_numbers_and_nothing_outside_the_hull():
    mask = segment([FACE], *SIZE)
    known = {parts.SKIN, parts.UNKNOWN, *parts.AREAS, *parts.BROWS}
    assert set(np.unique(mask)) <= known
    y, x = np.nonzero(mask != parts.UNKNOWN)
    assert x.min() >= FACE[:, 0].min() - 5 and x.max() <= FACE[:, 0].max() + 5
    assert y.min() >= FACE[:, 1].min() - 5 and y.max() <= FACE[:, 1].max() + 5


def test_the_areas_are_as_large_as_their_polygons():
    mask = segment([open_mouth()], *SIZE)
    for part in (parts.LEFT_EYE, parts.INNER_MOUTH):
        area = cv2.contourArea(open_mouth()[parts.AREAS[part]].astype(np.float32))
        assert (mask == part).sum() == pytest.approx(area, rel=0.25)


def test_a_face_partly_outside_or_none_at_all():
    assert (segment([FACE - 80], *SIZE) != parts.UNKNOWN).any()
    assert (segment([], *SIZE) == parts.UNKNOWN).all()


def test_the_png_has_one_channel_and_the_same_numbers():
    mask = segment([FACE], *SIZE)
    read = cv2.imdecode(np.frombuffer(encode_mask(mask), np.uint8), cv2.IMREAD_UNCHANGED)
    assert read.shape == (240, 200) and np.array_equal(read, mask)
    assert len(encode_mask(mask)) < 2000
