import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.crops.boxes import Cut, figure_boxes, from_face, shifted, stage_cuts, widened, without_repeats

ADULT = {"head": (0.35, 0.6, 0.2), "halfbody": (1.4, 0.6, 3.0), "person": (1.8, 0.6, 8.5)}
some_box = st.tuples(*[st.floats(-200, 600)] * 2, *[st.floats(1, 500)] * 2).map(
    lambda v: np.array([v[0], v[1], v[0] + v[2], v[1] + v[3]])
)


def cuts(**sides):
    return {stage: Cut(np.array(box), fallback=False) for stage, box in sides.items()}


def repeats(pieces, cut_off=False):
    return without_repeats(pieces, max_share=0.5, cut_off=cut_off)


def test_worked_example():
    found = {"face": [40, 30, 60, 50], "head": [30, 20, 70, 60], "person": [20, 20, 80, 180]}
    found = {kind: np.array(box, float) for kind, box in found.items()}
    boxes = figure_boxes(found, ADULT)
    got = stage_cuts(boxes, found, width=320, height=180, head_margin=1.5, max_aspect=3)
    assert got["full"].box.tolist() == [20, 20, 80, 180]
    assert got["head"].box.tolist() == [20, 10, 80, 70]  # 1.5 x 40 px about the same centre
    assert got["upper"].box.tolist() == [12, 18, 88, 110]  # 1.4 faces to each side, 0.6 above, 3 below
    assert [cut.fallback for cut in got.values()] == [False, True, False]


def test_a_head_at_the_edge_is_shifted_and_not_cut():
    boxes = figure_boxes({"face": np.array([2, 4, 30, 30]), "head": np.array([0, 0, 40, 40])}, ADULT)
    got = stage_cuts(boxes, ["face", "head"], 320, 180, head_margin=1.5, max_aspect=1)
    assert got["head"].box.tolist() == [0, 0, 60, 60]


def test_a_tall_box_takes_in_more_of_the_frame():
    assert widened(np.array([100, 0, 140, 160.0]), 1).tolist() == [40, 0, 200, 160]
    assert widened(np.array([100, 0, 140, 160.0]), 2).tolist() == [80, 0, 160, 160]


def test_a_crop_above_the_share_gives_way_to_its_parent():
    got = repeats(cuts(full=[0, 0, 100, 200], upper=[0, 0, 100, 120], head=[30, 0, 70, 40]))
    assert [cut.rejected_by for cut in got.values()] == [None, "same_as_full", None]


def test_what_is_cut_by_the_frame_at_the_waist_is_no_full_body():
    got = repeats(cuts(full=[0, 0, 100, 100], upper=[0, 0, 98, 98], head=[30, 0, 70, 40]))
    assert [cut.rejected_by for cut in got.values()] == ["same_as_upper", None, None]
    assert got["upper"].box.tolist() == [0, 0, 100, 100]  # the parent's picture


def test_a_close_up_stays_once_as_head():
    got = repeats(cuts(full=[0, 0, 100, 100], upper=[0, 0, 99, 100], head=[0, 0, 95, 95]))
    assert [cut.rejected_by for cut in got.values()] == ["same_as_upper", "same_as_head", None]
    assert got["head"].box.tolist() == [0, 0, 100, 100]


def test_nor_is_what_is_cut_below_the_waist():
    pieces = cuts(full=[0, 0, 100, 140], upper=[0, 0, 100, 100], head=[30, 0, 70, 40])
    got = repeats(pieces, cut_off=True)
    assert [cut.rejected_by for cut in got.values()] == ["same_as_upper", None, None]


def test_a_rejected_parent_takes_no_place():
    pieces = cuts(full=[0, 0, 100, 100], upper=[0, 0, 80, 80])
    pieces["full"] = Cut(pieces["full"].box, False, "max_people")
    assert repeats(pieces)["upper"].rejected_by is None


@given(some_box, st.integers(1, 400), st.integers(1, 400))
def test_a_shifted_box_lies_in_the_frame_and_keeps_its_size_if_it_fits(box, width, height):
    got = shifted(box, width, height)
    assert (got[:2] >= 0).all()
    assert got[2] <= width
    assert got[3] <= height
    assert (got[2:] - got[:2]).tolist() == np.clip(np.rint(box[2:] - box[:2]), 1, [width, height]).tolist()


@given(some_box, st.floats(1, 4))
def test_a_widened_box_holds_the_box(box, max_aspect):
    got = widened(box, max_aspect)
    sides = got[2:] - got[:2]
    assert sides.max() / sides.min() <= max_aspect * 1.001
    assert (got[:2] <= box[:2] + 1e-6).all()
    assert (got[2:] >= box[2:] - 1e-6).all()


@given(some_box)
def test_fallbacks_hold_the_face_and_grow(face):
    head, half, person = (from_face(face, ADULT[kind]) for kind in ("head", "halfbody", "person"))
    for inner, outer in ((face, head), (head, half), (half, person)):
        assert (outer[:2] <= inner[:2] + 1e-6).all()
        assert (outer[2:] >= inner[2:] - 1e-6).all()
