"""The real `datasets` opens what stage `dataset` wrote: every configuration and split, whole and as a stream."""

import io

import datasets
import pytest
from builders import write
from PIL import Image
from shows import HELD, Show, rows_of

from dramatis.caption.schema import CAPTIONS
from dramatis.core.tables import read_rows, write_table
from dramatis.dataset.schema import CONFIGS
from dramatis.selection.schema import SELECTION


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    show = Show(tmp_path_factory.mktemp("show"))
    crop = read_rows(show.folder / "control/b/control.parquet", "control")
    file = io.BytesIO()
    Image.new("L", (64, 64), 3).save(file, "PNG")
    crop[0] |= {"segmentation": file.getvalue()}
    write(show.folder / "control/b", control=crop)
    return show.build()


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


@pytest.mark.parametrize("config", CONFIGS)
def test_every_configuration_and_split(written, tmp_path, config):
    splits = {"train": 0, "validation": 0} if config in ("characters", "scenes", "control") else {"train": 0}
    loaded = datasets.load_dataset(str(written), config, cache_dir=str(tmp_path))
    assert loaded.keys() == splits.keys()
    for split in splits:
        wanted = {row["id"]: row for row in rows_of(written, config, split)}
        assert len(loaded[split]) == len(wanted) > 0
        for row in loaded[split]:
            assert row["caption"] == wanted[row["id"]]["caption"]
            assert row["image"].size == (row["width_px"], row["height_px"]) and row["image"].mode == "RGB"


@pytest.mark.parametrize("config", CONFIGS)
def test_as_a_stream(written, config):
    loaded = datasets.load_dataset(str(written), config, split="train", streaming=True)
    found = {row["id"]: row["image"].size for row in loaded}
    assert found == {row["id"]: (row["width_px"], row["height_px"]) for row in rows_of(written, config, "train")}


def test_features_are_typed(written, tmp_path):
    box = {side: datasets.Value("int32") for side in ("x0", "y0", "x1", "y1")}
    features = datasets.load_dataset(str(written), "control", split="train", cache_dir=str(tmp_path)).features
    assert features["image"] == features["conditioning_image"] == features["segmentation"] == datasets.Image()
    assert features["face"] == features["keep"] == box
    assert features["characters"] == features["parents"] == datasets.List(datasets.Value("string"))
    assert features["landmarks"] == datasets.List(datasets.Value("float32"))
    assert features["shot"] == datasets.Value("int32") and features["cut_share"] == datasets.Value("float32")


def test_control_images_and_what_is_beside_them(written, tmp_path):
    rows = datasets.load_dataset(str(written), "control", split="train", cache_dir=str(tmp_path))
    assert all(row["conditioning_image"].size == row["image"].size for row in rows)
    masks = [row["segmentation"] for row in rows if row["segmentation"]]
    assert len(masks) == 1 and masks[0].mode == "L" and masks[0].getpixel((0, 0)) == 3
    assert all(len(row["landmarks"]) == 136 for row in rows)


def test_the_default_is_characters_and_the_plan_joins_by_id(written, tmp_path):
    loaded = datasets.load_dataset(str(written), cache_dir=str(tmp_path))
    assert set(loaded["train"]["origin"]) == {"crop", "exposure"}
    assert set(loaded["validation"]["shot"]) == {HELD}
    plan = datasets.load_dataset(str(written), "plan", split="train", cache_dir=str(tmp_path))
    mine = {row["id"]: row["per_epoch"] for row in plan if row["config"] == "characters"}
    assert mine.keys() == set(loaded["train"]["id"])
    assert plan.features["per_epoch"] == datasets.Value("float32")


def test_what_is_empty_is_not_named(tmp_path):
    show = Show(tmp_path / "show", videos=("a",))
    show.composites([])
    write(tmp_path / "show/regularization/drawn", regularization=[])
    write(tmp_path / "show/control/a", control=[])
    file = tmp_path / "show/selection/a.parquet"
    rows = read_rows(file, "selection")
    write_table([row | {"split": row["split"] and "train"} for row in rows], SELECTION, file)
    out = show.build(videos=("a",))
    assert datasets.get_dataset_config_names(str(out)) == ["characters", "scenes", "plan"]
    loaded = datasets.load_dataset(str(out), "characters", cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == ["train"] and len(loaded["train"]) == 24 + 2 + 18 + 2
    assert not list((out / "composites").glob("*.parquet")) and not (out / "characters/validation").exists()


def test_names_and_captions_of_any_language(tmp_path):
    show = Show(tmp_path, videos=("a",))
    file = tmp_path / "captions/a.parquet"
    rows = [row | {"caption": "Ælfgifu 王, «head» 🎭"} for row in read_rows(file, "caption")]
    write_table(rows, CAPTIONS, file)
    loaded = datasets.load_dataset(
        str(show.build(videos=("a",))), split="validation", cache_dir=str(tmp_path / "cache")
    )
    assert set(loaded["caption"]) == {"Ælfgifu 王, «head» 🎭"}
