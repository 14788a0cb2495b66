import numpy as np
import pytest
from builders import picture
from crowd import person
from hypothesis import given
from hypothesis import strategies as st

from dramatis.crops.masks import regions, spread, without_others

WIDTH, HEIGHT = 160, 120
places = st.tuples(st.integers(0, 140), st.integers(0, 80), st.integers(8, 40))


def inner(box):
    x0, y0, x1, y1 = (int(np.clip(round(v), 0, end)) for v, end in zip(box, (WIDTH, HEIGHT) * 2))
    return slice(y0, y1), slice(x0, x1)


@pytest.mark.parametrize("way", ["blur", "inpaint"])
def test_somebody_before_a_plain_wall_is_gone_or_out_of_focus(way):
    image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    me, other = person("me", 30, 30), person("other", 110, 30)
    for one, colour in ((me, (200, 40, 40)), (other, (40, 40, 200))):
        image[inner(one.boxes["face"])] = colour
    got = without_others(image, me, [other], (0, 0), way)
    assert (got[inner(me.boxes["face"])] == (200, 40, 40)).all()
    left = np.abs(got[inner(other.boxes["face"])].astype(int) - 90).max()
    assert left <= 1 if way == "inpaint" else 0 < left < 90  # the face was 110 away


def test_a_part_of_a_frame_is_painted_as_the_frame_is():
    image, me, other = picture(3, WIDTH, HEIGHT), person("me", 30, 30), person("other", 100, 30)
    whole, _ = regions((HEIGHT, WIDTH), me, [other])
    part, _ = regions((80, 100), me, [other], (40, 10))
    assert (part == whole[10:90, 40:140]).all()
    assert (
        without_others(image[:, :60], me, [other], (0, 0), "blur").tobytes() == image[:, :60].tobytes()
    )  # it is out of it


@given(places, st.lists(places, min_size=1, max_size=3), st.sampled_from(["blur", "inpaint"]))
def test_the_own_face_is_never_touched_and_nothing_outside_the_masks_edge(own, others, way):
    image = picture(5, WIDTH, HEIGHT)
    me = person("me", *own[:2], size=own[2])
    rest = [person(f"o{n}", x, y, face=n != 1, size=size) for n, (x, y, size) in enumerate(others)]
    paint, keep = regions((HEIGHT, WIDTH), me, rest)
    assert not (paint & keep).any()
    got = without_others(image, me, rest, (0, 0), way)
    assert got.shape == image.shape and got.dtype == np.uint8
    assert (got[keep] == image[keep]).all()
    face = inner(me.boxes["face"])
    assert (got[face] == image[face]).all()


@given(places, places)
def test_a_face_beside_the_own_is_covered(own, other):
    me, one = person("me", *own[:2], size=own[2]), person("other", *other[:2], size=other[2])
    gap = max(one.sight[0] - me.sight[2], me.sight[0] - one.sight[2]) / me.boxes["face"][2]
    paint, _ = regions((HEIGHT, WIDTH), me, [one])
    if gap > 0.3 * max(own[2], other[2]):
        assert paint[inner(one.sight)].all()


def test_holes_are_filled_from_their_sides():
    values = np.zeros((8, 9, 3), np.float32)
    values[:4], values[4:] = 10, 200
    weight = np.ones((8, 9), np.float32)
    weight[:, 4] = 0
    hole = values.copy()
    hole[:, 4] = 0
    assert np.abs(spread(hole, weight) - values).max() < 1  # the horizon goes on


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 9))
def test_filling_stays_within_the_known_values(height, width, seed):
    rng = np.random.default_rng(seed)
    values = rng.uniform(0, 255, (height, width, 3)).astype(np.float32)
    weight = (rng.random((height, width)) < 0.3).astype(np.float32)
    weight[0, 0] = 1
    got = spread(values, weight)
    known = values[weight > 0]
    assert (got[weight > 0] == known).all()
    assert got.min() >= known.min() - 0.01 and got.max() <= known.max() + 0.01
