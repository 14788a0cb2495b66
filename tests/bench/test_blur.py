"""The benchmark of blur measures: known blurs on known faces, and figures small enough to check by hand."""

import numpy as np
import pytest

from dramatis.bench.blur import (
    EXTENT,
    benchmark,
    dark_change,
    figures,
    sharp_auc,
    within_faces,
    within_series,
)
from dramatis.bench.blur_candidates import FORMULAS, Candidate
from dramatis.bench.blur_faces import (
    FACE_OF_SIGNERS,
    SHARES,
    Blurred,
    Source,
    at_size,
    blurred_faces,
    film_faces,
    measured_faces,
    signer_faces,
)
from dramatis.bench.blur_page import page
from dramatis.bench.blur_picture import COLUMNS, ordered
from dramatis.bench.clips import media_folder
from dramatis.core.errors import MissingError
from dramatis.pocket.blurring import SHARPEST_PX, blurred, kernel
from dramatis.quality.blur import Blur


def face(added, radius_px, light=1.0, series="s", name="f", kind="gaussian", width=100):
    return Blurred(series, name, "photo", kind, np.zeros((120, width, 3), np.uint8), added, radius_px, light)


FACES = [face(0, 0.4), face(0.02, 2), face(0.04, 4), face(0.09, 9)]


@pytest.fixture(scope="module")
def film():
    return film_faces(404, 2)


def test_rank_correlations_by_hand():
    assert within_series(FACES, np.array([1.0, 2, 3, 4])) == 1
    assert within_series(FACES, np.array([4.0, 3, 2, 1])) == -1
    assert within_series(FACES, np.ones(4)) == 0  # a measure that says nothing
    two = [*FACES, *(one._replace(series="t") for one in FACES)]
    assert within_series(two, np.array([1.0, 2, 3, 4, 40, 30, 20, 10])) == 0  # one right, one wrong
    assert within_faces(two, np.array([1.0, 2, 3, 4, 1, 2, 3, 4]), lambda one: one.share) == 1


def test_the_auc_leaves_out_slight_blurs():
    assert sharp_auc(FACES, np.array([1.0, 0, 2, 3])) == 1
    assert sharp_auc(FACES, np.array([2.5, 0, 2, 3])) == 0.5
    disks = [one._replace(kind="disk") for one in FACES]  # of twice the radius: the second is none that is slight
    assert sharp_auc(disks, np.array([1.0, 0, 2, 3]), EXTENT) == pytest.approx(2 / 3)


def test_a_measure_that_follows_the_light_is_found_out():
    rng = np.random.default_rng(0)
    faces = [face(0, radius, light) for radius, light in rng.uniform(0.3, 1, (200, 2))]
    assert abs(dark_change(faces, np.array([one.radius_px for one in faces]))) < 0.1
    assert dark_change(faces, np.array([one.light for one in faces])) > 0.5


def test_a_radius_must_be_right_in_both_units_and_a_plain_measure_in_one():
    faces = [face(0.01, 1, width=50), face(0.02, 2, width=200), face(0.04, 3, width=400), face(0, 4, width=800)]
    by_kind = [one._replace(kind=kind) for kind in ("gaussian", "disk", "motion") for one in faces]
    values = np.array([one.radius_px for one in by_kind])
    assert figures(Candidate(len), by_kind, values)["across_faces"] == 1
    radius = figures(Candidate(len, in_px=True), by_kind, values)
    assert radius["across_faces"] == 1 and radius["error"] == 0


def test_a_source_that_is_enlarged_says_how_blurred_that_makes_it(film):
    small = film[0]._replace(sharp_px=30.0)
    image, base, box = at_size(small, 120)
    assert base == pytest.approx(4 * SHARPEST_PX) and box[2] - box[0] == pytest.approx(120)
    assert at_size(film[0], 120)[1] == pytest.approx(SHARPEST_PX)
    assert image.shape[1] == pytest.approx(120 * 1.8, abs=4)


def test_every_series_holds_every_amount_of_one_blur(film):
    faces = list(blurred_faces(film[:1], sizes=(50,)))
    assert len(faces) == 3 * len(SHARES) and {one.kind for one in faces} == {"gaussian", "disk", "motion"}
    for kind in ("gaussian", "disk", "motion"):
        own = [one for one in faces if one.kind == kind]
        assert [one.added for one in own] == list(SHARES) and len({one.series for one in own}) == 1
        assert np.all(np.diff([one.radius_px for one in own]) > 0)
        assert len({one.image.shape for one in own}) == 1 and len({one.light for one in own}) > 1
        assert own[-1].share == pytest.approx(0.09, rel=0.1)


def test_faces_of_films_are_large_and_repeat(film):
    again = film_faces(404, 2)
    assert all(np.array_equal(one.image, other.image) for one, other in zip(film, again, strict=True))
    assert all(one.sharp_px > 200 for one in film) and len({one.name for one in film}) == 2


def test_the_picture_puts_faces_in_order(film):
    groups = ("film", "photo", "anime")
    faces = [one._replace(group=group) for group in groups for one in blurred_faces(film[:1], sizes=(24,))]
    picture = ordered(faces, np.array([one.share for one in faces]), dict.fromkeys(groups, 2))
    assert picture.shape[1] == COLUMNS * 96 and picture.dtype == np.uint8


@pytest.mark.parametrize("name", FORMULAS)
def test_every_formula_grows_with_the_blur_of_one_face(name, film):
    source = film[0]
    sharp, _, box = at_size(source, 80)
    x0, y0, x1, y1 = box.astype(int)
    faces = [blurred(sharp, kernel("gaussian", radius))[y0:y1, x0:x1] for radius in (1, 2, 4)]
    values = [FORMULAS[name].measure(one[..., 1]) for one in faces]
    assert values == sorted(values)


def test_identities_are_kept_apart_and_all_groups_are_there(media):
    sources = measured_faces(media)
    assert set(sources) == {"film", "photo", "anime"} and all(len(found) >= 8 for found in sources.values())
    names = {source.name for found in sources.values() for source in found}
    assert not any(name.startswith(("signer_A", "signer_B", "film-404")) for name in names)
    assert len(names) == sum(map(len, sources.values()))


def test_a_photograph_is_sharp_only_when_reduced(media):
    (source,) = signer_faces(media, ("signer_A",), 1)
    assert isinstance(source, Source) and source.sharp_px < FACE_OF_SIGNERS[0] / 2
    assert at_size(source, 24)[1] == pytest.approx(SHARPEST_PX)


def test_the_table_has_a_row_for_each_measure(film):
    faces = list(blurred_faces(film, sizes=(40,)))

    def net(luma):
        return Blur(1 + luma.std(), 1.0)

    result, shares = benchmark({"film": faces, "photo": faces}, net)
    assert set(result["candidates"]) == {*FORMULAS, "net"} and len(shares["film"]) == len(faces)
    assert result["blur_spearman"] == result["candidates"]["net"]["spearman"] < 0.9
    assert 0 <= result["blur_auc"] <= 1 and "motion_auc" in result["candidates"]["net"]["by_group"]["film"]
    text = page(result)
    assert all(f"| {name} |" in text for name in result["candidates"]) and f"## film: {len(faces)} pictures" in text


def test_no_media_is_one_clear_line(monkeypatch, tmp_path):
    monkeypatch.setenv("DRAMATIS_MEDIA", str(tmp_path))
    with pytest.raises(MissingError, match="Set DRAMATIS_MEDIA"):
        media_folder()
