import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.crops.boxes import Cut, figure_boxes, from_face, shifted, stage_cuts, widened, without_repeats

ADULT = {"head": (0.35, 0.6, 0.2), "halfbody": (1.4, 0.6, 3.0), "person": (1.8, 0.6, 8.5)}
FOUND = {"face": [40, 30, 60, 50], "head": [30, 20, 70, 60], "person": [20, 20, 80, 180]}
FRAME = np.array([0, 0, 320, 180])
some_box = st.tuples(*[st.floats(-200, 600)] * 2, *[st.floats(1, 500)] * 2).map(
    lambda v: np.array([v[0], v[1], v[0] + v[2], v[1] + v[3]])
)


def cuts(**sides):
    return {stage: Cut(np.array(box), fallback=False) for stage, box in sides.items()}


def repeats(pieces, cut_off=False):
    return without_repeats(pieces, max_share=0.5, cut_off=cut_off)


def test_worked_example():
    found = {kind: np.array(box, float) for kind, box in FOUND.items()}
    boxes = figure_boxes(found, ADULT)
    got = stage_cuts(boxes, found, head_margin=1.5, max_aspect=3, frame=FRAME)
    assert got["full"].box.tolist() == [20, 20, 80, 180]
    assert got["head"].box.tolist() == [20, 10, 80, 70]  # 1.5 x 40 px about the same centre
    assert got["upper"].box.tolist() == [12, 18, 88, 110]  # 1.4 faces to each side, 0.6 above, 3 below
    assert [cut.fallback for cut in got.values()] == [False, True, False]


def test_a_head_at_the_edge_is_shifted_and_not_cut():
    boxes = figure_boxes({"face": np.array([2, 4, 30, 30]), "head": np.array([0, 0, 40, 40])}, ADULT)
    got = stage_cuts(boxes, ["face", "head"], head_margin=1.5, max_aspect=1, frame=FRAME)
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


def test_a_stage_without_room_for_the_parent_s_box_keeps_its_own():
    pieces = cuts(full=[0, 0, 100, 100], upper=[0, 0, 98, 98], head=[30, 0, 70, 40])
    got = without_repeats(pieces, 0.5, False, fits=lambda stage, box: box[2] < 100)
    assert [cut.rejected_by for cut in got.values()] == ["same_as_upper", None, None]
    assert got["upper"].box.tolist() == [0, 0, 98, 98]


def test_cuts_stay_in_the_part_without_text():
    found = {kind: np.array(box, float) for kind, box in FOUND.items()}
    clear = np.array([0, 0, 320, 150], float)
    got = stage_cuts(figure_boxes(found, ADULT), found, 1.5, 3, FRAME, clear=lambda box: clear)
    assert got["full"].box.tolist() == [20, 20, 80, 150]  # cut, since it is taller than what is left
    low = {"face": np.array([40, 100, 60, 120.0]), "head": np.array([30, 90, 70, 130.0])}
    got = stage_cuts(figure_boxes(low, ADULT), low, 1.5, 3, FRAME, clear=lambda box: np.array([0, 0, 320, 135.0]))
    assert got["head"].box.tolist() == [20, 75, 80, 135]  # shifted up, and as large as before


@given(some_box, some_box.filter(lambda box: (np.rint(box[2:]) - np.rint(box[:2]) >= 1).all()))
def test_a_shifted_box_lies_within_and_keeps_its_size_if_it_fits(box, within):
    within = np.rint(within)
    got = shifted(box, within)
    assert (got[:2] >= within[:2]).all()
    assert (got[2:] <= within[2:]).all()
    wanted = np.clip(np.rint(box[2:] - box[:2]), 1, within[2:] - within[:2])
    assert (got[2:] - got[:2]).tolist() == wanted.tolist()


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
