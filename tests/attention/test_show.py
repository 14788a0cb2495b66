import numpy as np
import pytest

from dramatis.attention.show import map_sheet, word_maps
from dramatis.core.errors import ParameterError
from dramatis.diffusion.model import load_model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import sample

PARAMS = DrawingParams(steps=2, guidance=3, negative="", batch_size=1, precision="fp32", device="cpu", threads=1)


@pytest.mark.parametrize("layout", ["tiny", "sdxl"])
def test_a_map_for_each_word(bases, layout):
    model = load_model(str(bases[layout]))
    image, maps = word_maps(model, "a (hat:1.2), tree", 3, PARAMS)
    assert np.array_equal(image, next(sample(model, ["a (hat:1.2), tree"], [3], PARAMS)))
    assert list(maps) == ["a hat", "tree"]
    assert all(one.shape == image.shape[:2] and 0 <= one.min() and one.max() <= 1 for one in maps.values())
    assert map_sheet(image, maps).shape == (128 + 14, 3 * 128, 3)
    with pytest.raises(ParameterError, match="does not stand"):
        word_maps(model, "a hat", 3, PARAMS, ["crown"])
