"""The 68 points of drawn faces: where the painter paints, at every turn."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core import seeds
from dramatis.film.brush import canvas, develop, pixel_brush
from dramatis.film.character import EYE_COLOURS, FACE_SHAPES, draw_character
from dramatis.film.figure import figure_boxes, paint_figure
from dramatis.film.head import LARGEST_TURN, Pose
from dramatis.film.landmarks import JAW, face_solid, landmarks, turned
from dramatis.pocket.landmarks_samples import MIRRORED

PLAIN = replace(draw_character(seeds.rng(1, "plain")), face_shape="round", eye_shape="round", mark="none")
RADIUS = 100.0


def points_of(pose, character=PLAIN):
    """In head radii from the middle of the head."""
    found = landmarks(pixel_brush(canvas(1, 1)).moved(scale=RADIUS), character, pose)
    return None if found is None else found / RADIUS


def test_a_face_from_the_front_by_hand():
    points = points_of(Pose(mouth="flat"))
    assert points.shape == (68, 2)
    assert points[8] == pytest.approx([0, 0.97])  # the chin: 0.92 below the middle of the face, which is at 0.05
    assert points[36:42].mean(0) == pytest.approx([-0.38, 0.11]) and points[42:48].mean(0) == pytest.approx(
        [0.38, 0.11]
    )
    assert points[30] == pytest.approx([0, 0.4])
    assert points[48] == pytest.approx([-0.17, 0.68]) and points[54] == pytest.approx([0.17, 0.68])
    assert points[[0, 16], 0] == pytest.approx([-0.9 * np.sin(np.radians(78)), 0.9 * np.sin(np.radians(78))])


def test_from_behind_there_are_none():
    assert points_of(Pose(back=True)) is None


def test_in_profile_the_nose_stands_out_and_hidden_points_lie_on_the_edge():
    points = points_of(Pose(yaw=1.0))
    assert points[30, 0] == pytest.approx(1.0 * np.sin(np.radians(LARGEST_TURN)))  # 0.9 and 0.1 beyond
    assert points[45, 0] == pytest.approx(0.9, abs=0.03)  # the outer corner of the far eye: the edge of the head
    assert points[36, 0] < points[39, 0] < points[42, 0]


@given(st.floats(-1, 1), st.sampled_from(FACE_SHAPES), st.integers(0, 40))
def test_mirrored_heads_have_mirrored_points(yaw, shape, seed):
    character = replace(draw_character(seeds.rng(seed, "who")), face_shape=shape)
    one, other = (points_of(Pose(yaw=side * yaw), character) for side in (1, -1))
    assert one == pytest.approx(other[MIRRORED] * [-1, 1], abs=1e-6)


@given(st.floats(-1, 1), st.floats(-40, 40), st.sampled_from(["smile", "open", "flat"]), st.integers(0, 40))
def test_the_jaw_lies_in_the_head_and_runs_from_left_to_right(yaw, roll, mouth, seed):
    character = draw_character(seeds.rng(seed, "who"))
    points = points_of(Pose(yaw=yaw, mouth=mouth), character)
    box = figure_boxes(pixel_brush(canvas(1, 1)).moved(scale=1), character, Pose(yaw=yaw)).head
    jaw = points[JAW]
    assert (jaw >= box[:2] - 0.01).all() and (jaw <= box[2:] + 0.01).all()
    assert (np.diff(jaw[:, 0]) > -0.05).all()  # in profile some lie on one upright line
    tilted = points_of(Pose(yaw=yaw, roll=roll, mouth=mouth), character)
    apart = [np.linalg.norm(each[:, None] - each[None], axis=-1) for each in (points, tilted)]
    assert apart[0] == pytest.approx(apart[1], abs=1e-9)  # a tilt moves all points together


def test_a_turn_is_rigid_for_what_can_be_seen():
    solid = face_solid(PLAIN, Pose())
    turn = np.radians(20)
    seen = np.arctan2(solid[:, 0], solid[:, 2]) + turn < np.pi / 2
    rigid = solid[:, 0] * np.cos(turn) + solid[:, 2] * np.sin(turn)
    assert seen.sum() > 60
    assert turned(solid, turn)[seen, 0] == pytest.approx(rigid[seen])


@pytest.mark.parametrize("yaw", [-0.4, 0.0, 0.4])
def test_eyes_are_where_their_colour_is(yaw):
    """The iris in the picture against the middle of the six points of each eye."""
    character = replace(PLAIN, eye_colour="purple", hair_style="mohawk", headgear="none")
    on = canvas(300, 300)
    brush, pose = pixel_brush(on).moved(150, 150, RADIUS), Pose(yaw=yaw, roll=6)
    paint_figure(brush, character, pose)
    iris = np.abs(develop(on).astype(int) - EYE_COLOURS["purple"]).sum(-1) < 40
    points = landmarks(brush, character, pose)
    _, _, boxes, middles = cv2.connectedComponentsWithStats(iris.astype(np.uint8))
    large = sorted(middles[1:][boxes[1:, 4] > 100].tolist())
    for middle, eye in zip(large, (points[36:42], points[42:48]), strict=True):
        assert eye.mean(0) == pytest.approx(middle, abs=0.05 * RADIUS)
