import numpy as np
import pytest
from clips import PARAMS, scene

from dramatis.bench.best_of_shot import MOST, blurs, measured, scored, with_blur
from dramatis.film.params import FilmParams
from dramatis.film.run import run


def test_worked_example():
    blur = {(0, "ada"): {0: 0.1, 1: 0.0, 2: 0.05}, (0, "bela"): {0: 0.02, 1: 0.06, 2: 0.04}}
    got = scored(blur, [0, 2])
    assert got["frames"] == 2 and got["excess"] == pytest.approx((0.05 + 0) / 2) and got["sharp"] == 0.5
    assert scored(blur, [0, 1])["excess"] == 0


def test_faces_are_sharp_at_some_moment_and_blurred_at_most():
    amounts = blurs(1, "a", 96, 24)
    assert amounts.min() == 0 and 0 < np.mean(amounts) <= amounts.max() <= MOST


def test_only_the_face_is_blurred():
    image = scene(1)
    soft = with_blur(image, [60, 30, 100, 70], 0.1)
    assert (soft[:10] == image[:10]).all() and (soft[30:70, 60:100] != image[30:70, 60:100]).any()
    assert with_blur(image, [60, 30, 100, 70], 0.0) is image


@pytest.mark.slow
def test_the_sharpest_moments_are_kept(tmp_path):
    run(FilmParams(titles=["x"], seed=21, width_px=320, height_px=180, fps=24, episode_s=44), "x", tmp_path / "x")
    got = measured(tmp_path / "x", PARAMS)
    assert got["best_of_shot"]["excess"] <= 0.5 * got["fps, denser"]["excess"]
    assert got["best_of_shot"]["frames"] <= 1.1 * got["fps"]["frames"]
