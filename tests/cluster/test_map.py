import numpy as np
import pytest

from dramatis.cluster.map import draw, layout, principal
from dramatis.cluster.tracks import normalised
from dramatis.core.images import read_image


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_few_faces_are_laid_out_by_principal_components(count):
    vectors = normalised(np.random.default_rng(0).standard_normal((count, 16)))
    plane = layout(vectors, seed=7)
    assert plane.shape == (count, 2) and np.isfinite(plane).all()
    assert np.array_equal(plane, principal(vectors))


def test_the_map_is_the_same_each_time_and_keeps_neighbours(tmp_path):
    rng = np.random.default_rng(0)
    vectors = normalised(np.repeat(np.eye(16)[:2], 12, 0) + 0.1 * rng.standard_normal((24, 16)))
    plane = layout(vectors, seed=7)
    assert np.array_equal(plane, layout(vectors, seed=7)) and plane.shape == (24, 2)
    apart = np.linalg.norm(plane[:12].mean(0) - plane[12:].mean(0))
    assert apart > 2 * plane[:12].std()
    draw(plane, ["c0"] * 12 + [None] * 12, tmp_path / "map.png", "24 faces")
    assert read_image(tmp_path / "map.png", "24 faces").shape == (600, 900, 3)
    before = (tmp_path / "map.png").read_bytes()
    draw(plane, ["c0"] * 12 + [None] * 12, tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes() == before
