import numpy as np
import pytest

from dramatis.train.focus import covered, loss_map


def test_cells_are_covered_by_their_share():
    found = covered(np.array([0.5, 1, 2.25, 2]), 3, 3).numpy()
    assert found == pytest.approx(np.array([[0, 0, 0], [0.5, 1, 0.25], [0, 0, 0]]))


def test_the_face_weighs_as_said_and_the_whole_as_before():
    weights = loss_map(np.array([1.0, 1.0, 3.0, 2.0]), 4, 4, 5.0)
    assert weights.mean() == pytest.approx(1)
    assert weights[1, 1] / weights[0, 0] == pytest.approx(5)
    assert (loss_map(None, 4, 2, 5.0) == 1).all() and loss_map(None, 4, 2, 5.0).shape == (2, 4)
    assert (loss_map(np.array([1.0, 1.0, 3.0, 2.0]), 4, 4, 1.0) == 1).all()
