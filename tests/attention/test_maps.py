import pytest
import torch

from dramatis.attention.maps import finest_selves, gathered, grid_of, mask_of, of_word
from dramatis.attention.region import cells_of, cells_of_mask, pixels_of
from dramatis.core.errors import ParameterError


def test_grids_of_levels():
    assert [grid_of(cells, (10, 6)) for cells in (60, 15, 6)] == [(10, 6), (5, 3), (3, 2)]
    with pytest.raises(ValueError, match="no grid"):
        grid_of(7, (10, 6))


def test_maps_of_all_layers_come_to_the_finest_grid():
    fine, coarse = torch.zeros(1, 16, 3), torch.ones(1, 4, 3)
    assert torch.equal(gathered([fine, coarse], (8, 8)), torch.full((1, 3, 4, 4), 0.5))
    assert finest_selves([torch.ones(1, 4, 4), torch.zeros(1, 16, 16)]).shape == (1, 16, 16)


def test_a_map_is_levelled_by_what_belongs_together():
    crosses = torch.tensor([[0.0, 0.0, 0.0, 0.0], [0.2, 1.0, 0.0, 0.1]]).view(2, 2, 2)
    together = torch.block_diag(torch.full((2, 2), 0.5), torch.full((2, 2), 0.5))  # upper cells, and lower cells
    assert torch.allclose(of_word(crosses, together, [1]), torch.tensor([[1.0, 1.0], [0.0, 0.0]]))
    assert torch.equal(of_word(crosses, together, [0]), torch.zeros(2, 2))  # looks nowhere more than elsewhere


def test_what_may_change_is_where_either_word_is():
    old, new = torch.tensor([[1.0, 0.0], [0.0, 0.0]]), torch.tensor([[0.0, 0.0], [0.0, 1.0]])
    assert mask_of([old, new], 0.5, (2, 2)).tolist() == [[1, 0], [0, 1]]
    assert mask_of([old], 0.5, (4, 4)).sum() < 8


def test_regions_are_cells():
    assert cells_of((0, 0, 0.5, 1), (2, 4)).tolist() == [[1, 1, 0, 0]] * 2
    assert cells_of((0, 0, 1, 1), (2, 2)).min() == 1
    assert pixels_of(torch.tensor([[1.0, 0.0]]), 2).tolist() == [[1, 1, 0, 0]] * 2


@pytest.mark.parametrize("region", [(0.5, 0, 0.5, 1), (0.6, 0, 0.4, 1), (0, 0, 0.01, 0.01)])
def test_regions_without_area(region):
    with pytest.raises(ParameterError, match="area|smaller than a cell"):
        cells_of(region, (16, 16))


def test_masks_are_cells_too():
    mask = torch.zeros(8, 8, 3, dtype=torch.uint8).numpy()
    with pytest.raises(ParameterError, match="white"):
        cells_of_mask(mask, (2, 2))
    mask[:4, :4] = 255
    assert cells_of_mask(mask, (2, 2)).tolist() == [[1, 0], [0, 0]]
