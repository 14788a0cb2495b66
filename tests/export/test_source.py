"""What there is to export."""

import pyarrow.parquet as pq
import pytest
from tiny_dataset import SHARDS, write_dataset

from dramatis.core.errors import InputError, MissingError
from dramatis.core.tables import write_table
from dramatis.dataset.schema import PLAN
from dramatis.export.source import picture_of, read_source


@pytest.fixture
def dataset(tmp_path):
    return write_dataset(tmp_path / "data/dataset")


def ids(source):
    return [row.id for row in source.rows]


def test_rates_come_from_the_plan_and_what_it_never_shows_is_left_out(dataset):
    source = read_source(dataset)
    rates = {row.id: row.rate for row in source.rows}
    assert rates["e01-000001-00-head"] == 2.5
    assert rates["composite-1"] == 0.5
    assert "e01-000009-00-full" not in rates
    assert source.left_out == {"the plan never shows them": 1}


def test_held_out_pictures_are_a_split_of_their_own(dataset):
    source = read_source(dataset, "validation")
    assert [(row.id, row.rate) for row in source.rows] == [("e01-000050-00-head", 1.0)]


def test_nothing_held_out_is_not_a_stage_that_did_not_run(dataset, tmp_path):
    for shard in dataset.glob("*/validation/*.parquet"):
        shard.unlink()
    with pytest.raises(MissingError, match="no shard of split validation. Nothing is held out: see `selection.valid"):
        read_source(dataset, "validation")
    with pytest.raises(MissingError, match="Run `dvc repro`: stage dataset makes it"):
        read_source(tmp_path / "none", "validation")


def test_a_shard_or_a_plan_that_is_cut_off_is_one_line(dataset):
    for file in (*dataset.glob("scenes/train/*.parquet"), dataset / "plan.parquet"):
        whole = file.read_bytes()
        file.write_bytes(whole[:-100])
        with pytest.raises(InputError, match=f"{file.name}: this file cannot be read .* stage dataset makes it again"):
            read_source(dataset)
        file.write_bytes(whole)
    assert read_source(dataset).rows


def test_a_choice_of_characters_leaves_out_whoever_else_is_meant(dataset):
    source = read_source(dataset, characters=["ada"])
    assert {row.character for row in source.of("characters")} == {"ada"}
    assert [row.id for row in source.of("scenes", "composites")] == ["e01-000003-scene"]
    assert len(source.of("regularization")) == 2
    both = read_source(dataset, characters=["ada", "bela"])
    assert [row.id for row in both.of("scenes", "composites")] == [
        "e01-000002-scene",
        "e01-000003-scene",
        "composite-1",
    ]


def test_pictures_come_in_the_order_of_the_rows_as_they_are_stored(dataset):
    source = read_source(dataset)
    stored = {row["id"]: row["image"]["bytes"] for rows in SHARDS.values() for row in rows}
    given = list(source.pictures("characters", "scenes"))
    assert [row.id for row, _, _ in given] == [row.id for row in source.of("characters", "scenes")]
    assert all(picture.data == stored[row.id] for row, picture, _ in given)
    assert {picture.ending for _, picture, _ in given} == {"png", "jpg"}
    ((_, picture, control),) = source.pictures("control")
    assert picture.data != control.data


def test_a_character_called_like_a_configuration_has_a_group_of_its_own(dataset):
    groups = {row.id: row.group for row in read_source(dataset).rows}
    assert groups["e02-000003-00-upper.x"] == "character scenes"
    assert groups["e01-000002-scene"] == "scenes"


def test_who_is_not_there_cannot_be_chosen(dataset):
    with pytest.raises(InputError, match="zoe: no such character in it. Choose of ada, bela, scenes"):
        read_source(dataset, characters=["ada", "zoe"])


def test_no_dataset(tmp_path):
    with pytest.raises(MissingError, match="stage dataset makes it"):
        read_source(tmp_path)


def test_a_plan_without_a_picture_is_an_error(dataset):
    plan = pq.read_table(dataset / "plan.parquet").to_pylist()
    write_table([row for row in plan if row["id"] != "composite-1"], PLAN, dataset / "plan.parquet")
    with pytest.raises(InputError, match="composites/composite-1: the plan lacks this picture"):
        read_source(dataset)


def test_bytes_that_are_no_picture_are_an_error():
    with pytest.raises(InputError, match="e01: 3 bytes that are no PNG, JPEG or WebP"):
        picture_of({"bytes": b"abc", "path": "x.png"}, "e01")
    assert picture_of({"bytes": b"\xff\xd8\xff\xe0", "path": "x.png"}, "e01").ending == "jpg"
