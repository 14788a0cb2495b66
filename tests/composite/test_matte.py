"""A figure is cut out along its outline, or refused."""

import numpy as np
import pytest
from outlined import person

from dramatis.composite.matte import Boxes, cut_out, edge_share, is_whole
from dramatis.composite.picture import Figure
from dramatis.composite.stand import stand


@pytest.mark.parametrize("below", [260, 300])
def test_a_figure_is_found_to_its_edge(below):
    image, mask, boxes = person(below)
    matte = cut_out(image, boxes)
    found = matte.alpha > 0.5
    assert (found & mask).sum() / (found | mask).sum() > 0.97
    assert matte.alpha[mask].mean() > 0.96 and matte.alpha[~mask].mean() < 0.02


def test_no_background_shines_through_the_edge():
    image, mask, boxes = person()
    matte = cut_out(image, boxes)
    edge = (matte.alpha > 0.2) & (matte.alpha < 0.98)
    red = matte.colour[edge].astype(int)
    assert edge.sum() > 50 and (red[:, 0] - red[:, 2]).min() > 40  # figure colours are red, the background is blue


def test_without_boxes_of_head_and_person_too():
    image, mask, boxes = person()
    matte = cut_out(image, boxes._replace(head=None))
    assert ((matte.alpha > 0.5) & mask).sum() / mask.sum() > 0.97


def test_again_is_the_same():
    image, _, boxes = person()
    first, again = cut_out(image, boxes), cut_out(image, boxes)
    assert (first.alpha == again.alpha).all() and (first.colour == again.colour).all()


def test_somebody_of_the_colour_of_the_background_is_refused():
    image, mask, boxes = person()
    image[~mask] = (150, 40, 44)
    assert cut_out(image, boxes) is None


def test_somebody_cut_off_at_the_side_or_without_background_is_refused():
    image, _, boxes = person()
    shift = np.array([70, 0, 70, 0])
    assert cut_out(image[:, 70:], Boxes(*(box - shift for box in boxes))) is None
    assert cut_out(image, boxes._replace(person=np.array([0, 0, 200, 300.0]))) is None


def test_what_a_whole_figure_is():
    _, mask, boxes = person()
    assert is_whole(mask, *boxes)
    scalped, halved = mask.copy(), mask.copy()
    scalped[:55] = False
    halved[150:] = False
    assert not is_whole(scalped, *boxes) and not is_whole(halved, *boxes)


def test_an_outline_inside_one_colour_is_no_edge():
    image, mask, _ = person()
    assert edge_share(image, mask) > 0.95
    inner = mask.copy()
    inner[:, 100:] = False
    assert edge_share(image, inner) < 0.7


def figure(below, scale=1):
    image, _, boxes = person(below)
    return Figure(*cut_out(image, boxes), boxes.face * scale, below < 300)


@pytest.mark.parametrize("below", [260, 300])
def test_figures_stand_side_by_side_with_equal_faces(below):
    background = np.full((50, 80, 3), 240, np.uint8)
    made = stand([figure(below), figure(below)], background, 2000, np.random.default_rng(3))
    (left, right), height = made.boxes, made.image.shape[0]
    assert left[2] <= right[0] + 1 and right[2] <= made.image.shape[1]
    for box, face in zip(made.boxes, made.faces, strict=True):
        assert face[3] - face[1] == pytest.approx(50, abs=1)
        assert box[0] <= face[0] < face[2] <= box[2] and box[1] <= face[1] < face[3] <= box[3]
        x, y = int(face[0] + face[2]) // 2, int(face[1] + face[3]) // 2
        assert np.abs(made.image[y, x].astype(int) - (235, 190, 160)).max() < 10
    if below == 300:  # cut off by the frame: no gap below the higher one, so nobody floats
        assert left[3] == right[3] == height
    else:
        assert max(left[3], right[3]) < height


def test_a_picture_is_no_larger_than_allowed():
    made = stand([figure(300)] * 3, np.zeros((9, 9, 3), np.uint8), 200, np.random.default_rng(0))
    assert max(made.image.shape[:2]) <= 200
    assert len(made.faces) == 3
