import numpy as np
import pytest
from dressed import FACE, HALFBODY, dressed
from hypothesis import given
from hypothesis import strategies as st

from dramatis.body.regions import Build, bands, covered, strip_of
from dramatis.body.schema import BANDS

BUILD = Build(side=0.5, below=1.5, strip=0.5)
RED, BLUE = (200, 30, 30), (30, 30, 200)


def test_worked_example():
    """A face of 40 px: the half body is 80 px wide, the strip 40; from the chin at 60 to the waist are 60 px."""
    strip = strip_of({"face": FACE}, BUILD)
    assert strip[:4] == (60, 100, 60, 60)
    assert strip.band(0, 1) == [60, 60, 100, 120]
    assert strip.band(0.5, 1) == [60, 90, 100, 120]


def test_the_half_body_draws_the_strip_to_its_middle():
    strip = strip_of({"face": FACE, "halfbody": (50, 10, 130, 120)}, BUILD)
    assert (strip.left, strip.right) == (65, 105)


def test_bands_show_the_clothes():
    found = bands(dressed(RED), {"face": FACE, "halfbody": HALFBODY}, [], BUILD, BANDS)
    assert [share for _, share in found] == pytest.approx([1] * len(BANDS))
    assert all((pixels == RED).all() for pixels, _ in found)


def test_what_lies_below_the_frame_or_the_person_is_not_seen():
    cut = bands(dressed(RED, below=90), {"face": FACE}, [], BUILD, [(0, 1), (1, 2)])
    assert [round(share, 2) for _, share in cut] == [0.5, 0]
    short = bands(dressed(RED), {"face": FACE, "person": (40, 10, 120, 90)}, [], BUILD, [(0, 1), (1, 2)])
    assert [round(share, 2) for _, share in short] == [0.5, 0]


def test_others_are_left_out():
    """Somebody in front, whose head covers the chest."""
    other = {"face": (60, 70, 100, 110), "head": (55, 60, 105, 115)}
    alone, hidden = (
        [share for _, share in bands(dressed(RED), {"face": FACE}, o, BUILD, BANDS)] for o in ([], [other])
    )
    assert hidden[0] < 0.1 < alone[0] and all(a >= h for a, h in zip(alone, hidden, strict=True))
    assert not covered((10, 10), [], BUILD).any()
    assert covered((100, 100), [{"head": (10, 20, 30, 40)}], BUILD).sum() == 400


@given(st.integers(-80, 200), st.integers(-80, 200), st.integers(1, 120))
def test_pixels_and_shares_belong_together(x, y, side):
    image = np.zeros((120, 90, 3), np.uint8)
    for pixels, share in bands(image, {"face": (x, y, x + side, y + side)}, [], BUILD, BANDS):
        assert 0 <= share <= 1 and (share > 0) == (len(pixels) > 0)
