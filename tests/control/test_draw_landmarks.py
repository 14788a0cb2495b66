"""What is drawn is where the points are: read back from the picture, moved, scaled, in the colours of its part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.control.landmarks import PARTS, WHITE, draw_landmarks, shifted, stroke
from dramatis.landmark.templates import TEMPLATES

SIZE = 200, 240
FACE = TEMPLATES["drawn"].solid[:, :2] * 60 + [100, 110]
KINDS = ["points", "lines", "both"]


def drawn(points=FACE, draw="points", colours="white", line_width=0.005, size=SIZE):
    return draw_landmarks([points], *size, draw, colours, line_width)


def centroid(image):
    """Mean place of the light of a picture [px]."""
    light = image.astype(float).sum(-1)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]] + 0.5
    return np.array([(x * light).sum(), (y * light).sum()]) / light.sum()


def test_the_lines_have_each_of_the_68_points_once():
    assert [n for part in PARTS for n in part.points] == list(range(68))
    assert len({part.colour for part in PARTS}) == len({part.name for part in PARTS}) == 5


def alone(n, place):
    """A face of which only one point lies in the picture."""
    return np.where(np.arange(68)[:, None] == n, place, -50.0)


@given(st.floats(20, 180), st.floats(20, 220), st.integers(0, 67))
def test_a_drawn_point_is_read_back_where_it_is_in_the_colour_of_its_part(x, y, n):
    image = draw_landmarks([alone(n, [x, y])], *SIZE, "points", "parts", 0.001)
    assert centroid(image) == pytest.approx([x, y], abs=0.2)
    assert image.reshape(-1, 3).max(0).tolist() == list(next(part.colour for part in PARTS if n in part.points))


def test_every_point_of_a_face_is_read_back():
    for n, place in enumerate(FACE):
        assert centroid(drawn(alone(n, place), line_width=0.001)) == pytest.approx(place, abs=0.2)


@pytest.mark.parametrize("draw", KINDS)
def test_light_is_near_points_and_points_are_light(draw):
    image = drawn(draw=draw)
    y, x = np.nonzero(image.max(-1) > 60)  # beyond, the seam of smooth edges
    lit = np.stack([x, y], -1) + 0.5
    lines = np.concatenate([_along(FACE[list(part.points)], part.closed) for part in PARTS])
    assert max(np.linalg.norm(lines - place, axis=1).min() for place in lit) < 3
    for point in FACE:
        column, row = (int(side) for side in point)
        assert image[row - 1 : row + 2, column - 1 : column + 2].max() > 100


def _along(points, closed):
    ends = np.vstack([points, points[:1]]) if closed else points
    return np.concatenate([a + np.linspace(0, 1, 40)[:, None] * (b - a) for a, b in zip(ends[:-1], ends[1:])])


@pytest.mark.parametrize("draw", KINDS)
@given(dx=st.integers(-15, 15), dy=st.integers(-20, 20))
def test_a_face_moved_by_whole_pixels_is_the_same_picture_moved(draw, dx, dy):
    image, moved = drawn(draw=draw), drawn(FACE + [dx, dy], draw=draw)
    assert np.array_equal(moved[20 + dy : 220 + dy, 15 + dx : 185 + dx], image[20:220, 15:185])


def test_a_face_of_twice_the_size_has_lines_of_twice_the_width():
    diagonal = np.hypot(*np.ptp(FACE, axis=0))
    assert stroke(2 * FACE, 4 / diagonal) == 2 * stroke(FACE, 4 / diagonal) == 8
    assert stroke(FACE, 0.0001) == 1
    width = 4 / diagonal
    small, large = (drawn(n * FACE, "lines", size=(n * 200, n * 240), line_width=width) for n in (1, 2))
    assert (large > 127).sum() == pytest.approx(4 * (small > 127).sum(), rel=0.2)


def test_colours_tell_the_parts_and_white_is_white():
    parts = {tuple(pixel) for pixel in drawn(draw="lines", colours="parts", line_width=0.02).reshape(-1, 3).tolist()}
    assert {part.colour for part in PARTS} <= parts
    white = drawn(draw="both")
    assert (white == white[..., :1]).all() and white.max() == WHITE[0]


def test_a_later_face_covers_an_earlier_one_and_none_is_black():
    two = draw_landmarks([FACE, FACE + [0.5, 0]], *SIZE, "both", "parts", 0.01)
    assert two[drawn(FACE + [0.5, 0], "both", "parts", 0.01) == 255].min() == 255
    assert not draw_landmarks([], *SIZE, "both", "parts", 0.01).any()


def test_points_outside_the_picture_do_no_harm():
    assert not drawn(FACE + 1000, "both").any()


def test_the_middle_of_the_first_pixel_is_where_opencv_counts_from():
    assert shifted(np.array([[0.5, 0.5], [1.5, 2.0]])).tolist() == [[0, 0], [16, 24]]
