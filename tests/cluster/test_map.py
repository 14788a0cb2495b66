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
    assert read_image(tmp_path / "map.png").shape == (600, 900, 3)
    before = (tmp_path / "map.png").read_bytes()
    draw(plane, ["c0"] * 12 + [None] * 12, tmp_path / "map.png", "24 faces")
    assert (tmp_path / "map.png").read_bytes() == before


def test_names_stand_before_quiet_labels(tmp_path):
    """Clusters without a name come last in the legend and without a colour, however large."""
    plane = np.random.default_rng(0).standard_normal((9, 2)).astype(np.float32)
    coloured, grey = tmp_path / "a.png", tmp_path / "b.png"
    draw(plane, ["c0"] * 6 + ["Ke$ha $"] * 3, coloured, "9 faces")
    draw(plane, ["c0"] * 6 + ["Ke$ha $"] * 3, grey, "9 faces", {"c0"})
    saturated = [(np.ptp(read_image(file).astype(int), axis=-1) > 60).sum() for file in (coloured, grey)]
    assert 0 < saturated[1] < saturated[0]
