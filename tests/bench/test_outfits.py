"""The ways to tell outfits apart, on drawn people, and the figures that are made of them."""

import json

import numpy as np
import pytest
from conftest import TOP
from dressed import FACE, HALFBODY, dressed

from dramatis.bench.outfit_ways import WAYS, Seen, Tools
from dramatis.bench.outfits import auc, best_ari, figures
from dramatis.body.regions import Build

RED, BLUE = (200, 30, 30), (60, 60, 200)
NIGHT = {"light": 0.5, "tint": (0.6, 0.75, 1)}


@pytest.fixture(scope="module")
def tools():
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(TOP)
        return Tools.of_project()._replace(build=Build(0.5, 1.5, 0.5))


def seen(colour, **light):
    return [Seen(dressed(colour, **light), {"face": FACE, "halfbody": HALFBODY}, [])]


@pytest.mark.parametrize("name", WAYS)
def test_every_way_gives_symmetric_differences(name, tools):
    apart = WAYS[name]([seen(RED), seen(BLUE), seen(RED)], tools)
    assert apart.shape == (3, 3) and (apart >= 0).all()
    np.testing.assert_allclose(apart, apart.T, atol=1e-6)
    np.testing.assert_allclose(np.diag(apart), 0, atol=1e-3)
    assert apart[0, 2] < 1e-3 < apart[0, 1]


def test_ours_sees_the_same_coat_by_night(tools):
    shots = [seen(RED), seen(RED), seen(RED, **NIGHT), seen(BLUE)]
    ours, plain = (WAYS[name](shots, tools) for name in ("quantiles, light by the face", "quantiles as they are"))
    assert ours[0, 2] < 8 < 40 < ours[0, 3]
    assert plain[0, 2] > 20


def test_auc_and_best_ari_by_hand():
    """Three shots: the pair in one outfit is 1 apart, others 5 and 6; of a second character one pair in one is 9."""
    one = np.array([[0, 1, 5], [1, 0, 6], [5, 6, 0]], float), ["a", "a", "b"]
    two = np.array([[0, 9], [9, 0]], float), ["c", "c"]
    assert auc([one]) == 1 and auc([one, two]) == 0.5
    ari, limit = best_ari([one])
    assert ari == 1 and 1 <= limit < 5.5
    assert best_ari([one, two])[0] == 0.5


def test_the_figures_with_a_bar_are_the_least_of_all_films(tmp_path):
    for name, row in {"7": (1.0, 0.9, 0), "8": (0.95, None, 2)}.items():
        (tmp_path / name / "metrics").mkdir(parents=True)
        values = dict(zip(("ari", "changers_ari", "false"), row, strict=True))
        (tmp_path / name / "metrics/outfit.json").write_text(json.dumps(values))
    assert figures([tmp_path / "7", tmp_path / "8"]) == {"outfit_ari": 0.9, "outfits_false": 2}
