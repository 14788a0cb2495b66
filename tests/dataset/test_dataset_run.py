import datasets
import pyarrow.parquet as pq
import pytest
import yaml
from builders import caption_row, character_row, crop_row, picture, write

from dramatis.augment.schema import AUGMENTED
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.images import encode_png
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows, write_table
from dramatis.dataset.params import DatasetParams
from dramatis.dataset.run import run
from dramatis.repeats.schema import COPIES

PARAMS = DatasetParams(
    seed=7,
    validation_share=0.2,
    validation_min=2,
    leak_distance=2,
    skip_copies=True,
    stage_weights={"full": 1, "head": 1},
    max_weight=99,
    regularization_weight=0.5,
    resolution_px=128,
    bucket_step_px=32,
    bucket_sides_px=(64, 256),
    license=None,
)
VIDEOS = {"a": "a.mp4", "b": "b.mkv"}


def crops_of(video):
    """Ada in four shots of three frames as head and full, bela in one shot."""
    first = 100 if video == "b" else 0
    ada = [
        crop_row(
            10 * shot + n,
            video,
            shot,
            "ada",
            stage,
            seed=first + 10 * shot + n + 500 * (stage == "full"),
            size=(64, 64) if stage == "head" else (40, 90),
        )
        for shot in range(4)
        for n in range(3)
        for stage in ("head", "full")
    ]
    dressed = {"outfit": "o1", "outfit_name": "gown"}
    bela = (
        [crop_row(90 + n, video, 9, "bela", seed=first + 90 + n, **dressed) for n in range(2)] if video == "a" else []
    )
    return [*ada, *bela, crop_row(99, video, 3, "ada", rejected_by="near_duplicate", image=b"")]


@pytest.fixture
def shards(tmp_path):
    variants = []
    for video in VIDEOS:
        crops = crops_of(video)
        write(tmp_path / "crops" / video, crops=crops)
        kept = [crop for crop in crops if not crop["rejected_by"]]
        write(tmp_path / "captions" / video, captions=[caption_row(crop) for crop in kept])
        variants += [
            {
                "picture_id": f"{crop['crop_id']}-exposure-0",
                "crop_id": crop["crop_id"],
                "variant": "exposure-0",
                "exposure_ev": -1.0,
                "contrast": 1.0,
                "caption": "dark",
                "image": crop["image"],
            }
            for crop in kept
        ]
    write_table(variants, AUGMENTED, tmp_path / "augmented.parquet")
    drawn = [
        {"picture_id": f"reg-{n:05d}", "prompt": "1person", "seed": n, "image": encode_png(picture(n))}
        for n in range(3)
    ]
    cast = [character_row("ada"), character_row("bela"), character_row("cyrus")]
    files = write(tmp_path, regularization=drawn, characters=cast)
    folders = {"crops": tmp_path / "crops", "captions": tmp_path / "captions"}
    write_table([], COPIES, tmp_path / "copies.parquet")
    return {**folders, "augmented": tmp_path / "augmented.parquet", "copies": tmp_path / "copies.parquet", **files}


def splits(shards, out, params=PARAMS, human=()):
    run(params, VIDEOS, human, **shards, out=out)
    return {name: read_rows(out / f"{name}.parquet", "dataset") for name in ("train", "validation", "regularization")}


def test_whole_shots_are_held_out_before_variants_are_made(shards, tmp_path, caplog):
    with caplog.at_level("WARNING"):
        got = splits(shards, tmp_path / "out")
    assert "bela has fewer than 2 held-out heads" in caplog.text
    training, validation = ({(row["video"], row["shot"]) for row in got[name]} for name in ("train", "validation"))
    assert validation
    assert not training & validation
    assert {row["origin"] for row in got["validation"]} == {"crop"}
    assert {row["character"] for row in got["validation"]} == {"ada"}  # bela is seen in a single shot
    crops = {row["crop_id"] for row in got["train"] if row["origin"] == "crop"}
    assert crops == {row["crop_id"] for row in got["train"] if row["origin"] == "augment"}


def test_near_repeats_of_a_held_out_picture_are_left_out(shards, tmp_path):
    held = next(row for row in splits(shards, tmp_path / "out")["validation"] if row["stage"] == "head")
    crops = crops_of("b")
    repeated = next(crop for crop in crops if (crop["video"], crop["shot"]) != (held["video"], held["shot"]))
    repeated["image"] = held["image"]["bytes"]
    write(shards["crops"] / "b", crops=crops)
    got = splits(shards, tmp_path / "out")
    left = read_rows(tmp_path / "out/left_out.parquet", "dataset")
    assert [row["crop_id"] for row in left if row["reason"] == "near_validation"] == [repeated["crop_id"]]
    assert not {row["crop_id"] for row in left} & {row["crop_id"] for row in got["train"]}


def test_load_dataset_reads_it(shards, tmp_path, monkeypatch):
    got = splits(shards, tmp_path / "out")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {name: len(split) for name, split in loaded.items()} == {name: len(rows) for name, rows in got.items()}
    row = loaded["train"][0]
    assert row["image"].size == (row["width_px"], row["height_px"])
    assert row["image"].mode == "RGB"
    assert isinstance(row["caption"], str)
    assert row["others"] == []
    assert row["face"] == {"x0": 0, "y0": 0, "x1": row["width_px"], "y1": row["height_px"]}
    prior = loaded["regularization"][0]
    assert prior["character"] is None and prior["face"] is None
    assert loaded["train"].features["weight"] == datasets.Value("float32")


def test_load_dataset_reads_what_there_is_beside_empty_splits(shards, tmp_path):
    write(tmp_path, regularization=[])
    nothing_held = PARAMS.model_copy(update={"validation_share": 0.0, "validation_min": 0})
    splits(shards, tmp_path / "out", nothing_held)
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert len(loaded["train"]) == 2 * (24 + 24 + 2)
    assert list(loaded) == ["train"]
    assert read_rows(tmp_path / "out/validation.parquet", "dataset") == []


def test_weights_and_buckets(shards, tmp_path):
    got = splits(shards, tmp_path / "out")
    totals = {name: sum(row["weight"] for row in got["train"] if row["character"] == name) for name in ("ada", "bela")}
    assert totals["ada"] == pytest.approx(totals["bela"], rel=1e-5)
    assert {row["weight"] for row in got["regularization"]} == {0.5}
    assert {row["bucket"] for row in got["train"]} == {"64x192", "128x128"}


def test_pictures_say_what_is_worn(shards, tmp_path):
    rows = [row for split in splits(shards, tmp_path / "out").values() for row in split]
    worn = {(row["character"], row["outfit"], row["outfit_name"]) for row in rows}
    assert worn == {("ada", None, None), ("bela", "o1", "gown"), (None, None, None)}


def test_the_card(shards, tmp_path):
    splits(shards, tmp_path / "out", PARAMS.model_copy(update={"license": "cc-by-4.0"}))
    text = (tmp_path / "out/README.md").read_text()
    header = yaml.safe_load(text.split("---\n")[1])
    assert header["license"] == "cc-by-4.0"
    assert [entry["split"] for entry in header["configs"][0]["data_files"]] == ["train", "validation", "regularization"]
    assert "**bela** has no picture held out: it is seen in a single shot" in text
    assert "**cyrus** has no picture for training" in text
    assert "| near_duplicate | 2 |" in text
    assert "| b | b.mkv |" in text


def test_equal_bytes_on_a_rerun(shards, tmp_path):
    splits(shards, tmp_path / "a")
    splits(shards, tmp_path / "b")
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["README.md", "left_out.parquet", "regularization.parquet", "train.parquet", "validation.parquet"]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


def test_columns_are_documented(shards, tmp_path):
    splits(shards, tmp_path / "out")
    schema = pq.read_schema(tmp_path / "out/train.parquet")
    assert all(schema.field(name).metadata[b"doc"] for name in schema.names)


def test_faults_are_one_clear_line(shards, tmp_path):
    with pytest.raises(ParameterError, match=r"cast\.yaml: captions\.c-000001-00-head: no video"):
        splits(shards, tmp_path / "out", human=["a-000001-00-head", "c-000001-00-head"])
    with pytest.raises(ParameterError, match="no bucket"):
        splits(shards, tmp_path / "out", PARAMS.model_copy(update={"bucket_sides_px": (200, 256)}))
    for video in VIDEOS:
        write(shards["crops"] / video, crops=[])
    with pytest.raises(InputError, match="not one crop"):
        splits(shards, tmp_path / "out")
    (shards["captions"] / "a/captions.parquet").unlink()
    with pytest.raises(MissingError, match="stage caption@a makes it"):
        splits(shards, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_project_s_own_parameters_are_valid():
    assert load_params("dataset", DatasetParams).seed == 7


def test_what_an_earlier_video_shows_is_left_out(tmp_path, shards):
    copied = [crop for crop in crops_of("b") if not crop["rejected_by"] and crop["shot"] == 1]
    rows = [
        {"frame_id": frame, "copy_of": frame.replace("b-", "a-"), "distance": 0, "segment_id": None}
        for frame in sorted({crop["frame_id"] for crop in copied})
    ]
    write_table(rows, COPIES, shards["copies"])
    run(PARAMS, VIDEOS, {}, **shards, out=tmp_path / "dataset")
    left_out = {row["crop_id"]: row["reason"] for row in read_rows(tmp_path / "dataset/left_out.parquet", "dataset")}
    assert {crop["crop_id"] for crop in copied} == {name for name, reason in left_out.items() if reason == "copy"}
    run(PARAMS.model_copy(update={"skip_copies": False}), VIDEOS, {}, **shards, out=tmp_path / "all")
    left_out = read_rows(tmp_path / "all/left_out.parquet", "dataset")
    assert "copy" not in {row["reason"] for row in left_out}
