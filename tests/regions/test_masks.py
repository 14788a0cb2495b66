"""Where characters are drawn: edges that add up, and regions that are refused."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.errors import ParameterError
from dramatis.regions.masks import check_regions, view_of

LEFT, RIGHT = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)


def test_by_hand():
    """Eight latents wide, halves of four; the border is a quarter of a half, one latent."""
    view = view_of(LEFT, (8, 2), 0.25)
    assert (view.columns, view.rows) == (slice(0, 5), slice(0, 2))
    assert view.mask.tolist() == [[1, 1, 1, 0.75, 0.25]] * 2


@given(st.integers(8, 80), st.floats(0, 0.5))
def test_two_halves_add_up_to_one(width, overlap):
    total = torch.zeros(1, width)
    for region in (LEFT, RIGHT):
        view = view_of(region, (width, 1), overlap)
        total[view.rows, view.columns] += view.mask
    if width % 2 == 0:
        assert torch.allclose(total, torch.ones(1, width), atol=1e-5)
    assert (total > 0).all()


@given(*[st.floats(0, 1)] * 4, st.floats(0, 1), st.integers(2, 64), st.integers(2, 64))
def test_a_view_lies_inside_and_has_room(a, b, c, d, overlap, wide, high):
    region = (min(a, b), min(c, d), max(a, b), max(c, d))
    view = view_of(region, (wide, high), overlap)
    assert 0 <= view.columns.start < view.columns.stop <= wide and 0 <= view.rows.start < view.rows.stop <= high
    assert view.mask.shape == (view.rows.stop - view.rows.start, view.columns.stop - view.columns.start)
    assert 0 <= view.mask.min() and view.mask.max() <= 1


def test_regions_side_by_side_are_fine():
    check_regions([LEFT, RIGHT], "story")
    check_regions([(0, 0, 0.6, 1), (0.4, 0, 1, 1)], "story")


@pytest.mark.parametrize(
    ("regions", "said"),
    [
        ([LEFT, LEFT], "story: regions 1 and 2 overlap fully"),
        ([(0, 0, 1, 1), RIGHT], "regions 1 and 2 overlap fully"),
        ([LEFT, RIGHT, (0.5, 0.2, 0.9, 0.4)], "regions 2 and 3 overlap fully"),
        ([LEFT, (0.7, 0, 0.7, 1)], "region 2 is 0.7 0 0.7 1, which has no area"),
        ([(0.5, 0, 0.2, 1)], "region 1 is .* no area"),
    ],
)
def test_what_is_refused(regions, said):
    with pytest.raises(ParameterError, match=said):
        check_regions(regions, "story")
