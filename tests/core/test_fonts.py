import numpy as np
import pytest

from dramatis.core.fonts import font


@pytest.mark.parametrize("letter", ["È", "ß", "Ж", "Ω", "ע", "م"])
def test_letters_of_many_scripts_are_no_empty_boxes(letter):
    missing = np.asarray(font(20).getmask("\U0010fffe"))
    drawn = np.asarray(font(20).getmask(letter))
    assert drawn.any() and (drawn.shape != missing.shape or (drawn != missing).any())
