import numpy as np
import pytest
from builders import crop_row, scene_row, write
from conftest import TOP
from hypothesis import given
from hypothesis import strategies as st
from tiny_blip import write_blip
from tiny_tagger import write_tagger

from dramatis.backends.tag import Sentence, Tag
from dramatis.core.errors import InputError
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows
from dramatis.tag.params import TagParams
from dramatis.tag.run import noted, run

TAGS = [Tag("a", "general"), Tag("b", "character"), Tag("c", "general"), Tag("d", "general"), Tag("e", "character")]


@pytest.fixture
def params(tmp_path):
    scores = {"bright": 0.0, "red_hair": 0.6, "dark": 0.05, "ada": 0.9, "bela": 0.01, "safe": 0.02}
    write_tagger(tmp_path / "wd14", scores, {"ada": "character", "bela": "character", "safe": "rating"})
    return TagParams(
        backend="wd14",
        weights=str(tmp_path / "wd14"),
        floor=0.1,
        batch_size=2,
        providers=("CPUExecutionProvider",),
        sentence=Sentence(max_tokens=4),
    )


@pytest.fixture
def shards(tmp_path):
    crops = [crop_row(0), crop_row(1), crop_row(2, rejected_by="near_duplicate", image=b"", picture=None, phash=None)]
    return write(tmp_path / "in", crops=crops, scenes=[scene_row(0), scene_row(1, rejected_by="blurred", image=b"")])


def rows_of(params, shards, out):
    run(params, "v", **shards, out=out)
    return {row["id"]: row for row in read_rows(out / "tags.parquet", "tag")}


def test_worked_example(params, shards, tmp_path):
    rows = rows_of(params, shards, tmp_path / "out")
    assert list(rows) == ["v-000000-00-head", "v-000000-scene", "v-000001-00-head"]
    row = rows["v-000000-scene"]
    assert row["tags"][0] == "ada" and set(row["tags"]) == {"ada", "red_hair", "bright", "dark", "bela", "safe"}
    assert row["tags"][-3:] == ["dark", "safe", "bela"]  # the surest below the floor of each category
    assert row["scores"] == sorted(row["scores"], reverse=True)
    assert [row["places"][row["tags"].index(tag)] for tag in ("bright", "red_hair", "ada")] == [0, 1, 3]
    assert row["categories"][0] == "character" and row["categories"][-2] == "rating"
    assert row["sentence"] is None and row["model"].startswith("wd14:")


def test_noted_by_hand():
    scores = np.array([0.05, 0.9, 0.5, 0.08, 0.02], np.float32)
    assert noted(TAGS, scores, 0.1) == [1, 2, 3, 4]  # d is the surest general tag below, e the surest character
    assert noted(TAGS, scores, 0.0) == [1, 2, 3, 0, 4]
    assert noted(TAGS, scores, 1.0) == [1, 2]


@given(st.lists(st.floats(0, 1, width=32), min_size=5, max_size=5), st.floats(0, 1))
def test_noted_holds_every_tag_from_the_floor_on_and_one_more_a_category(scores, floor):
    scores = np.array(scores, np.float32)
    places = noted(TAGS, scores, floor)
    assert {n for n in range(5) if scores[n] >= floor} <= set(places)
    below = [TAGS[n].category for n in places if scores[n] < floor]
    assert len(below) == len(set(below))
    assert (np.diff(scores[places]) <= 0).all()


def test_a_captioner_says_sentences(params, shards, tmp_path):
    write_blip(tmp_path / "blip")
    rows = rows_of(
        params.model_copy(update={"backend": "blip", "weights": str(tmp_path / "blip")}), shards, tmp_path / "out"
    )
    assert all(row["tags"] == [] and isinstance(row["sentence"], str) for row in rows.values())
    assert all(row["model"].startswith("blip:") for row in rows.values())


def test_equal_bytes_and_nothing_lost_by_a_fault(params, shards, tmp_path):
    rows_of(params, shards, tmp_path / "a")
    rows_of(params.model_copy(update={"batch_size": 1}), shards, tmp_path / "b")
    before = (tmp_path / "a/tags.parquet").read_bytes()
    assert before == (tmp_path / "b/tags.parquet").read_bytes()
    write(tmp_path / "in", crops=[crop_row(0, image=b"no picture")])
    with pytest.raises(InputError, match="v-000000-00-head: 10 bytes that are no readable picture"):
        rows_of(params, shards, tmp_path / "a")
    assert (tmp_path / "a/tags.parquet").read_bytes() == before


def test_no_pictures_no_rows(params, tmp_path):
    assert rows_of(params, write(tmp_path / "in", crops=[], scenes=[]), tmp_path / "out") == {}


def test_the_project_s_own_parameters_are_valid(monkeypatch):
    monkeypatch.chdir(TOP)
    assert load_params("tag", TagParams).backend == "wd14"
