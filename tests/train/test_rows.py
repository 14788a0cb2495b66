import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_sd import TRAIN, dataset_row, merged, prior_row, write_dataset

from dramatis.core.buckets import bucket_of
from dramatis.core.errors import InputError, MissingError
from dramatis.core.splits import PLAN_FILE
from dramatis.core.tables import read_rows, write_table
from dramatis.dataset.schema import CONTROLLED, DATASET, PLAN
from dramatis.train.params import TrainParams
from dramatis.train.rows import counted, rows_of, scaled


def rows(dataset, characters, method="lora", **changes):
    return rows_of(dataset, characters, TrainParams.model_validate(merged(TRAIN, changes)), method)


def add(dataset, config, *found):
    """Another configuration beside those that `write_dataset` writes."""
    schema = CONTROLLED if config == "control" else DATASET
    stored = [{name: row.get(name) for name in schema.names} for row in found]
    if config == "control":
        stored = [row | {"conditioning_image": row["image"]} for row in stored]
    write_table(stored, schema, dataset / config / "train" / "v.parquet")
    plan = read_rows(dataset / PLAN_FILE, "dataset")
    plan += [
        {name: row.get(name) for name in PLAN.names} | {"key": f"{config}/{row['id']}", "config": config}
        for row in found
    ]
    write_table(plan, PLAN, dataset / PLAN_FILE)


@pytest.fixture
def dataset(tmp_path):
    several = {"character": None, "trigger": None}
    train = [
        dataset_row(1, per_epoch=2.5),
        dataset_row(2, per_epoch=0.0),
        dataset_row(3, bucket="96x64"),
        dataset_row(4, "bela"),
    ]
    write_dataset(tmp_path, train=train, regularization=[prior_row(30), prior_row(31)])
    add(
        tmp_path,
        "scenes",
        dataset_row(40, **several, characters=["ada"], stage="scene"),
        dataset_row(41, **several, characters=["ada", "bela"], stage="scene"),
        dataset_row(42, **several, characters=[], stage="scene"),
    )
    add(tmp_path, "composites", dataset_row(50, **several, characters=["bela", "ada"], origin="join"))
    add(tmp_path, "control", dataset_row(60, origin="landmarks"), dataset_row(61, origin="canny"))
    return tmp_path


def found(some):
    return [(row["config"], row["id"], row["per_epoch"]) for row in some]


def test_a_run_obeys_the_plan(dataset):
    assert [(row["id"], row["per_epoch"], row["bucket"]) for row in rows(dataset, ["ada"])] == [
        ("row-0001", 2.5, "64x64"),
        ("row-0003", 1.0, "96x64"),
        ("row-0030", 1.0, "64x64"),
        ("row-0031", 1.0, "64x64"),
    ]
    assert len(rows(dataset, ["ada", "bela"], sets={"regularization": 0.0})) == 3


def test_scenes_and_composites_only_of_the_characters_of_the_run(dataset):
    sets = {"characters": 0.0, "scenes": 2.0, "composites": 0.5, "regularization": 0.0}
    assert found(rows(dataset, ["ada"], sets=sets)) == [("scenes", "row-0040", 2.0)]
    both = rows(dataset, ["ada", "bela"], sets=sets)
    assert found(both) == [("composites", "row-0050", 0.5), ("scenes", "row-0040", 2.0), ("scenes", "row-0041", 2.0)]
    assert both[0]["names"] == ["bela", "ada"] and both[0]["trigger"] is None


def test_a_run_without_characters_has_the_scenes_that_name_nobody(dataset):
    nobody = dataset_row(90, character=None, caption="street", trigger=None)
    add(dataset, "scenes", nobody | {"characters": []})
    sets = {"sets": {"characters": 0.0, "scenes": 1.0, "regularization": 0.0}}
    assert [row["id"] for row in rows(dataset, [], "textual_inversion", **sets)] == ["row-0090"]
    named = rows(dataset, ["ada"], **merged(sets, {"sets": {"characters": 1.0}}))
    assert "row-0090" not in {row["id"] for row in named}


def test_a_training_set_of_nothing_is_one_line(dataset):
    sets = {"sets": {"characters": 0.0, "scenes": 0.0, "composites": 1.0, "regularization": 1.0}}
    with pytest.raises(InputError, match="it has no scene that names nobody. Raise `crops.scenes.nobody_per_video`"):
        rows(dataset, [], "textual_inversion", **sets)


def test_control_pictures_are_for_controlnet_and_nothing_else_is(dataset):
    sets = {"control": 1.0}
    assert {row["config"] for row in rows(dataset, ["ada"], sets=sets)} == {"characters", "regularization"}
    kinds = {"control": 1.0, "control_kinds": ["landmarks"]}
    assert found(rows(dataset, ["ada"], "controlnet", sets=kinds)) == [("control", "row-0060", 1.0)]
    assert len(rows(dataset, ["ada"], "controlnet", sets=sets)) == 2


def test_a_character_without_pictures_is_named(dataset):
    with pytest.raises(InputError, match=r"zoe: no such character in the training set; it has ada \(2\), bela \(1\)"):
        rows(dataset, ["ada", "zoe"])
    with pytest.raises(InputError, match="bela: none of its pictures is in scenes"):
        rows(dataset, ["bela"], sets={"characters": 0.0, "scenes": 1.0})
    with pytest.raises(MissingError, match="stage dataset makes it"):
        rows(dataset / "nowhere", ["ada"])


def test_numbers_of_a_subject_by_hand():
    """Ada has 2 crops and a variant, so the step of 2: 6 in all, as the plan shares them; bela is below the least."""
    some = [
        {"character": "ada", "origin": "crop", "per_epoch": 1.0},
        {"character": "ada", "origin": "crop", "per_epoch": 2.0},
        {"character": "ada", "origin": "exposure", "per_epoch": 1.0},
        {"character": "ada", "origin": "exposure", "per_epoch": 0.0},
        {"character": "bela", "origin": "crop", "per_epoch": 1.0},
    ]
    assert counted(some, {5: 40, 2: 6}) == pytest.approx([1.5, 3, 1.5, 0, 0])
    assert counted(some, {1: 4}) == pytest.approx([1, 2, 1, 0, 4])


def test_numbers_of_a_subject_in_a_run(dataset):
    settings = TrainParams.model_validate(merged(TRAIN, {"sets": {"regularization": 0.0, "characters": 2.0}}))
    some = rows_of(dataset, ["ada"], settings.model_copy(update={"per_subject": {1: 7}}), "lora")
    assert sum(row["per_epoch"] for row in some) == pytest.approx(14)


def test_buckets_at_another_resolution():
    assert scaled(["64x64", "80x48"], 64) == {"64x64": "64x64", "80x48": "80x48"}
    assert scaled(["64x64", "80x48"], 128) == {"64x64": "128x128", "80x48": "160x96"}
    assert scaled(["640x640", "768x512"], 768) == {"640x640": "768x768", "768x512": "896x640"}


@given(st.lists(st.tuples(st.integers(2, 20), st.integers(2, 20)), min_size=1, max_size=8), st.integers(32, 1536))
def test_scaled_sides_are_what_a_unet_takes(sizes, resolution):
    names = [f"{64 * width}x{64 * height}" for width, height in sizes]
    for name in scaled(names, resolution).values():
        step = 64 if resolution >= 384 else 8
        assert all(side >= step and side % step == 0 for side in bucket_of(name))


def test_a_run_at_another_resolution(dataset):
    buckets = {row["id"]: row["bucket"] for row in rows(dataset, ["ada"], resolution_px=96)}
    assert buckets == {
        "row-0001": "80x80",
        "row-0003": "120x80",
        "row-0030": "80x80",
        "row-0031": "80x80",
    }  # 96x64 is the largest
