import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
import yaml
from builders import (
    caption_row,
    character_row,
    class_row,
    composite_row,
    control_row,
    crop_row,
    variant_row,
    write,
)
from conftest import TOP
from shows import HELD, LIMITS, PARAMS, Show, changed, contents, crops_of, rows_of, source

from dramatis.caption.schema import CAPTIONS
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows, stored_box, write_table
from dramatis.dataset.params import DatasetParams
from dramatis.dataset.schema import CONFIGS, SPLITS
from dramatis.selection.schema import SELECTION


@pytest.fixture
def show(tmp_path):
    return Show(tmp_path)


def test_held_out_shots_and_their_control_images_are_apart(show, caplog):
    with caplog.at_level("WARNING"):
        out = show.build()
    assert "no picture for training: cyrus" in caplog.text
    assert "fewer than 2 held-out heads, so stage score cannot judge a run of them: bela" in caplog.text
    held = [row for config in ("characters", "scenes", "control") for row in rows_of(out, config, "validation")]
    training = [row for config in ("characters", "scenes", "control") for row in rows_of(out, config, "train")]
    assert {row["shot"] for row in held} == {HELD} and HELD not in {row["shot"] for row in training}
    assert Counter(row["origin"] for row in held) == {"crop": 12, "scene": 2, "landmarks": 12}
    assert Counter(row["origin"] for row in training) == {"crop": 38, "exposure": 38, "scene": 6, "landmarks": 36}


def test_every_row_says_what_it_is_made_of(show):
    out = show.build()
    crops = {row["id"]: row for row in rows_of(out, "characters", "train")}
    crop, variant = crops["a-000000-00-head"], crops["a-000000-00-head-exposure-0"]
    assert crop["parents"] == ["a-000000"] and variant["parents"] == [crop["id"]]
    assert crop["caption"] == "ada, head" and variant["caption"] == "ada, head, dark"
    assert crop["caption_origin"] == "wd14:0" and crop["characters"] == ["ada"] and crop["keep"] == crop["face"]
    bela = crops["a-000090-00-head"]
    assert bela["characters"] == ["ada", "bela"]  # ada is to the left of her
    assert (bela["outfit"], bela["outfit_name"]) == ("o1", "gown")
    (joined,) = rows_of(out, "composites")
    assert joined["parents"] == ["a-000000-00-head", bela["id"]] and joined["video"] is None
    assert joined["origin"] == "join" and joined["caption"] == "ada and bela"
    assert joined["keep"] == stored_box((0, 0, 128, 64)) and joined["face"] is None
    scene = rows_of(out, "scenes", "train")[0]
    assert scene["keep"] == stored_box((20, 20, 100, 44)) and scene["characters"] == ["ada", "bela"]
    assert scene["parents"] == [scene["frame_id"]] and scene["image"]["path"].endswith(".jpg")
    drawn = rows_of(out, "regularization")[0]
    assert (drawn["origin"], drawn["caption_origin"], drawn["parents"]) == ("base", "prompt", [])
    lines = next(row for row in rows_of(out, "control", "train") if row["id"] == "a-000010-00-head-landmarks")
    crop = crops["a-000010-00-head"]
    assert lines["image"] == crop["image"] and lines["caption"] == crop["caption"] and lines["parents"] == [crop["id"]]
    assert lines["conditioning_image"]["bytes"] and lines["landmarks"] == [10.0] * 136 and lines["segmentation"] is None


def test_a_flipped_variant_has_its_face_and_people_on_the_other_side(show):
    crops = crops_of("a")
    crops[0] |= {"face": stored_box((4, 0, 24, 30)), "others": ["bela"], "left": 0}
    show.add("a", crops)
    write(show.folder / "augmented/a", augmented=[variant_row(crops[0], flipped=True, word=None)])
    found = {row["id"]: row for row in rows_of(show.build(), "characters", "train")}
    flipped = found["a-000000-00-head-exposure-0"]
    assert flipped["face"] == flipped["keep"] == stored_box((40, 0, 60, 30))
    assert flipped["characters"] == ["bela", "ada"] and flipped["caption"] == "ada, head"


def test_the_plan_holds_every_training_picture_once(show):
    out = show.build()
    plan = {row["key"]: row for row in read_rows(out / "plan.parquet", "dataset")}
    configs = [file.name for file in out.iterdir() if any(file.glob("train/*.parquet"))]
    training = {f"{config}/{row['id']}": row for config in configs for row in rows_of(out, config, "train")}
    assert plan.keys() == training.keys()
    assert all(
        plan[key]["caption"] == row["caption"] and plan[key]["bucket"] == row["bucket"] for key, row in training.items()
    )
    crops = [row for row in plan.values() if row["config"] == "characters"]
    totals = {name: sum(row["per_epoch"] for row in crops if row["character"] == name) for name in ("ada", "bela")}
    assert totals["ada"] == pytest.approx(totals["bela"], rel=1e-5) == len(crops) / 2
    assert {row["per_epoch"] for row in plan.values() if row["config"] == "regularization"} == {0.5}
    assert {row["bucket"] for row in crops} == {"64x192", "128x128"}


def test_every_configuration_says_how_many_pictures_it_has(show):
    """So that each folder is there, whatever it holds: DVC looks at them one by one."""
    out = show.build()
    for config in CONFIGS:
        found = {split: len(rows_of(out, config, split)) for split in SPLITS}
        counts = json.loads((out / config / "pictures.json").read_text())
        assert counts == {split: count for split, count in found.items() if count}


def test_a_bucket_with_too_few_pictures_is_told_of(show, caplog):
    params = PARAMS.model_copy(update={"min_bucket": 60})
    out = show.build(params=params)
    plan = read_rows(out / "plan.parquet", "dataset")
    assert {row["bucket"] for row in plan if row["config"] == "characters"} == {"128x128"}
    assert {row["bucket"] for row in rows_of(out, "characters")} == {"128x128", "64x192"}  # what is nearest to each
    told = "64x192: 36 pictures, fewer than 60 (`dataset.min_bucket`): they go elsewhere"
    assert told in caplog.text and told in (out / "README.md").read_text()


def test_weights_that_are_nobody_s_or_leave_somebody_out_are_told_of(show, caplog):
    show.build(params=changed(characters={"nobody": 2.0, "ada": 0.0}))
    assert "`dataset.multipliers` shows no crop of ada in training" in caplog.text
    assert "`dataset.multipliers.characters` weighs nobody, of whom there is no crop" in caplog.text
    caplog.clear()
    show.build()
    assert "multipliers" not in caplog.text


def test_metrics(show):
    show.build()
    found = json.loads((show.folder / "dataset.json").read_text())
    assert found["leaks"] == 0 and found["faces_cut"]["characters"] == 36  # the tall ones, whose faces fill them
    assert found["characters"]["ada"]["train"] == {"full": 18, "head": 18}
    assert found["characters"]["ada"]["validation"] == {"full": 6, "head": 6}
    assert found["characters"]["bela"] == {"train": {"head": 2}, "validation": {}, "variants": 2, "epoch": 38}
    assert found["pictures"]["control"] == {"train": 36, "validation": 12}
    assert found["left_out"] == {"near_duplicate": pytest.approx(2 / 60, rel=1e-4)}
    assert found["buckets"]["64x192"]["cut_share"] == pytest.approx(1 - 64 * 192 / (85 * 192), abs=1e-5)


def test_an_episode_more_touches_its_own_shards_and_what_is_of_all(tmp_path):
    show = Show(tmp_path)
    before = contents(show.build("before"))
    show.add("c")
    after = contents(show.build("after", videos=("a", "b", "c")))
    new = {
        f"{config}/{split}/c.parquet"
        for config in ("characters", "scenes", "control")
        for split in ("train", "validation")
    }
    assert after.keys() - before.keys() == new and before.keys() < after.keys()
    touched = {name for name in before if before[name] != after[name]}
    counts = {f"{config}/pictures.json" for config in ("characters", "scenes", "control")}
    assert touched == {"README.md", "plan.parquet", "left_out.parquet", *counts}


def test_a_new_name_touches_captions_and_triggers_only(show):
    before = rows_of(show.build("before"))
    write(show.folder, characters=[character_row("ada", "ada99"), character_row("bela"), character_row("cyrus")])
    after = rows_of(show.build("after"))
    assert {row["trigger"] for row in after if row["character"] == "ada"} == {"ada99"}
    assert [row | {"trigger": None} for row in before] == [row | {"trigger": None} for row in after]


def test_equal_bytes_on_a_rerun(show):
    assert contents(show.build("one")) == contents(show.build("two"))


def test_class_pictures_from_held_out_shots_are_left_out(show):
    frames = [
        class_row(n, "street", parent=f"a-{10 * shot:06d}-scene", origin="wd14:0") for n, shot in enumerate((0, HELD))
    ]
    write(show.folder / "regularization/street", regularization=frames)
    out = show.build(street=source("frames"))
    (row,) = rows_of(out, "regularization")
    assert row["id"] == "reg-street-00000" and row["origin"] == "frames" and row["parents"] == ["a-000000-scene"]
    left = [row for row in read_rows(out / "left_out.parquet", "dataset") if row["reason"] == "held_out_shot"]
    assert [row["id"] for row in left] == ["reg-street-00001"]


def test_columns_are_documented(show):
    for file in sorted(show.build().rglob("*.parquet")):
        schema = pq.read_schema(file)
        assert all(schema.field(name).metadata[b"doc"] for name in schema.names)


def test_groups_of_rows_are_small(show, monkeypatch):
    monkeypatch.setattr("dramatis.dataset.shards.GROUP_BYTES", 10_000)
    file = pq.ParquetFile(show.build() / "characters/train/a.parquet")
    assert file.num_row_groups > 2


def test_the_card(show):
    text = (
        show.build(params=PARAMS.model_copy(update={"license": "cc-by-4.0", "people": "real"})) / "README.md"
    ).read_text()
    header = yaml.safe_load(text.split("---\n")[1])
    assert header["license"] == "cc-by-4.0"
    configs = {one["config_name"]: [file["split"] for file in one["data_files"]] for one in header["configs"]}
    both = ["train", "validation"]
    assert configs == {
        "characters": both,
        "scenes": both,
        "composites": ["train"],
        "control": both,
        "regularization": ["train"],
        "plan": ["train"],
    }
    for told in (
        "**bela** has no picture held out: it is seen in a single shot",
        "**cyrus** has no picture for training",
        "**ada** (few-shot): 12 of 40 are profile; no full body.",
        "| near_duplicate | 2 |",
        f"| b | {'b' * 64} | 7 | 42 | 4 |",
        "Licence: cc-by-4.0.",
        "pictures of real people",
        "weights: wd14",
    ):
        assert told in text
    assert "someone" not in text
    silent = (show.build(params=PARAMS) / "README.md").read_text()
    assert "Licence: not said" in silent and "Nobody said" in silent and "license" not in silent.split("---\n")[1]


def test_the_project_s_own_parameters_are_valid():
    assert load_params("dataset", DatasetParams).multipliers.scheme == "balanced"


def test_the_script(tmp_path):
    show = Show(tmp_path / "data")
    (tmp_path / "data/cast").mkdir()
    (tmp_path / "data/characters.parquet").rename(tmp_path / "data/cast/characters.parquet")
    sections = ("crops", "tag", "augment", "control", "composite", "caption", "regularize")
    params = dict.fromkeys(sections, {}) | {
        "dataset": PARAMS.model_dump(mode="json"),
        "selection": LIMITS.model_dump() | {"seed": 7},
        "videos": {"a": {"source": "a.mp4"}, "b": {"source": "b.mp4"}},
        "regularization": {"drawn": {"from": "base", "path": "models/pocket/sd", "count": 3, "multiplier": 0.5}},
    }
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    script = [sys.executable, str(TOP / "stages/dataset.py")]
    done = subprocess.run(
        script, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(TOP / "src")}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "metrics/dataset.json").is_file()
    show.places = replace(show.places, characters=tmp_path / "data/cast/characters.parquet")
    ours, theirs = contents(show.build("ours")), contents(tmp_path / "data/dataset")
    assert b"leak_distance: 2" in theirs.pop("README.md") and ours.pop("README.md")
    assert ours == theirs


# Bad input


def test_a_leak_ends_the_stage_with_one_line(show):
    held = next(crop for crop in crops_of("a") if crop["shot"] == HELD)
    crops = crops_of("b")
    crops[0] |= {"image": held["image"], "picture": held["picture"], "phash": held["phash"]}
    show.add("b", crops)
    line = r"data/selection: characters/b-000000-00-head has the pixels of a held-out picture, and 1 more\. Run"
    with pytest.raises(InputError, match=line):
        show.build()
    assert not (show.folder / "dataset").exists() and not (show.folder / "dataset.json").exists()


def test_a_composite_of_a_held_out_crop_ends_the_stage(show):
    crops = crops_of("a")
    held = next(crop for crop in crops if crop["shot"] == HELD)
    show.composites([composite_row(crops[0], held)])
    with pytest.raises(InputError, match=rf"composites/composite-\w+ is made of {held['crop_id']}, which is held out"):
        show.build()


def test_no_bucket_and_nobody(show):
    with pytest.raises(ParameterError, match="no bucket"):
        show.build(params=PARAMS.model_copy(update={"bucket_sides_px": (200, 256)}))
    for video in ("a", "b"):
        write_table([], SELECTION, show.folder / f"selection/{video}.parquet")
        write(show.folder / "crops" / video, crops=[], scenes=[])
    with pytest.raises(InputError, match="not one crop"):
        show.build()


def test_a_character_whom_no_picture_is_to_show(show):
    out = show.build(params=changed(stages={"full": 1.0}))
    plan = [row for row in read_rows(out / "plan.parquet", "dataset") if row["config"] == "characters"]
    assert {row["per_epoch"] for row in plan if row["character"] == "bela"} == {0}  # heads only
    assert all((row["per_epoch"] > 0) == ("-full" in row["id"]) for row in plan)


def test_missing_broken_and_old_tables(show):
    file = show.folder / "crops/a/crops.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:-100])
    with pytest.raises(
        InputError, match=r"crops\.parquet: this file cannot be read \(.*\)\. Delete it.* crops@a makes"
    ):
        show.build()
    file.write_bytes(whole)
    pq.write_table(pq.read_table(file).drop_columns(["left"]), file)
    with pytest.raises(InputError, match="it has no column left, so an earlier version wrote it"):
        show.build()
    file.write_bytes(whole)
    (show.folder / "captions/a.parquet").unlink()
    with pytest.raises(MissingError, match="stage caption makes it"):
        show.build()
    write_table([caption_row(crop_row())], CAPTIONS, show.folder / "captions/a.parquet")
    with pytest.raises(InputError, match=r"it says nothing of a-\S+\. Run `dvc repro`: stage caption makes it"):
        show.build()
    show.add("a")
    (show.folder / "frames/a/source.json").unlink()
    with pytest.raises(MissingError, match="stage frames@a makes it"):
        show.build()


@pytest.mark.parametrize("number", [0, 1, 7])
def test_a_row_without_a_picture(show, monkeypatch, number):
    monkeypatch.setattr("dramatis.dataset.shards.READ_ROWS", 1)  # each row is read after the others are gone
    crops = crops_of("a")
    crops[number]["image"] = b""
    show.add("a", crops)
    with pytest.raises(InputError, match=rf"crops\.parquet: {crops[number]['crop_id']}: this row has no picture"):
        show.build()


def test_a_video_that_brings_the_ids_of_another(show):
    show.add("b", crops_of("a"))
    with pytest.raises(InputError, match=r"a-\S+: 2 pictures of characters have this id \(shards a, b\)"):
        show.build()


def test_control_images_of_crops_that_are_gone_are_passed_over(show):
    rows = read_rows(show.folder / "control/a/control.parquet", "control")
    gone = control_row(crop_row(5, "a"))  # no such crop, between two that there are
    write(show.folder / "control/a", control=[*rows, gone])
    assert len(rows_of(show.build(), "control")) == 48
