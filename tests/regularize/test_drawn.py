import pytest

from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.images import decode
from dramatis.core.params import PARAMS, load_params, validate
from dramatis.core.regularization import ClassSource, load_source
from dramatis.regularize.params import RegularizeParams


def test_prompts_take_turns_and_every_picture_has_its_seed(tiny_sd, gather):
    rows, _ = gather("base", tiny_sd, 3)
    assert [row["picture_id"] for row in rows] == ["reg-src-00000", "reg-src-00001", "reg-src-00002"]
    assert [row["caption"] for row in rows] == ["1person, head", "1person, forest", "1person, head"]
    assert {(row["origin"], row["parent"], row["source"]) for row in rows} == {("prompt", None, "src")}
    assert len({row["seed"] for row in rows}) == len({row["image"] for row in rows}) == 3
    assert {(decode(row["image"]).shape, row["width_px"], row["height_px"]) for row in rows} == {((64, 64, 3), 64, 64)}


def test_again_is_the_same_bytes_and_more_pictures_change_no_other(tiny_sd, gather, tmp_path):
    gather("base", tiny_sd, 3, "first")
    gather("base", tiny_sd, 3, "again")
    first, again = (tmp_path / name / "regularization.parquet" for name in ("first", "again"))
    assert first.read_bytes() == again.read_bytes()
    (two, _), (four, _) = (gather("base", tiny_sd, n, f"n{n}") for n in (2, 4))
    assert four[:2] == two


def test_none_is_a_table_without_rows(tiny_sd, gather):
    assert gather("base", tiny_sd, 0) == ([], [])


def test_a_missing_base_leaves_nothing(gather, tmp_path):
    with pytest.raises(MissingError, match="no-base: there is no such base model"):
        gather("base", tmp_path / "no-base", 2)
    assert not (tmp_path / "out").exists()


def test_the_project_s_own_sources_and_section_are_valid():
    load_params("regularize", RegularizeParams)
    assert {load_source(name).kind for name in load_params("regularization", dict)} >= {"base"}


def test_a_source_that_is_not_there():
    with pytest.raises(MissingError, match="regularization.none: this section is missing"):
        load_source("none")
    with pytest.raises(ParameterError, match="regularization = 'A/b': must match"):
        load_source("A/b")


def test_what_models_draw_is_counted():
    wrong = {"from": "base", "path": "x", "count": None, "multiplier": 1}
    with pytest.raises(ParameterError, match="a number is needed"):
        validate(wrong, ClassSource, str(PARAMS), "regularization.a")
