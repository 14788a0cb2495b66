"""What each trainer demands of its files, written down from its documents, where its own code is not at hand.

The trainers' own code reads the same exports in tests/bench/test_formats.py.
"""

import json
import re
import tarfile
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml
from tiny_dataset import write_dataset
from voluptuous import Any, Optional, Required, Schema

from dramatis.export.formats import Settings
from dramatis.export.run import export
from dramatis.export.source import read_source
from dramatis.export.text import one_line

PICTURE = (".png", ".jpg")


@pytest.fixture(scope="module")
def top(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    write_dataset(folder / "data/dataset")
    return folder


@pytest.fixture(scope="module")
def rows(top):
    return read_source(top / "data/dataset").rows


def exported(top, name):
    out = top / "exports" / name
    if not out.exists():
        export(name, top / "data/dataset", out, Settings(out, 768, 64, (256, 1024), 4, "base/model"), project=top)
    return out


def pictures(folder):
    return sorted(file for file in Path(folder).iterdir() if file.suffix in PICTURE)


SUBSET = {
    Required("image_dir"): str,
    Required("num_repeats"): int,
    Required("keep_tokens"): int,
    Optional("caption_extension"): ".txt",
    Optional("is_reg"): bool,
    Optional("conditioning_data_dir"): str,
    Optional("metadata_file"): str,
}
KOHYA = Schema(
    {
        Required("general"): {"shuffle_caption": bool},
        Required("datasets"): [
            {
                Required("resolution"): int,
                Required("batch_size"): int,
                Required("enable_bucket"): bool,
                Required("bucket_reso_steps"): int,
                Required("min_bucket_reso"): int,
                Required("max_bucket_reso"): int,
                Required("bucket_no_upscale"): bool,
                Required("subsets"): [SUBSET],
            }
        ],
    }
)
"""Keys and types that sd-scripts allows; others it refuses."""


@pytest.mark.parametrize("file", ["dataset.toml", "finetune.toml", "controlnet.toml"])
def test_kohya_config(top, file):
    out = exported(top, "kohya")
    (dataset,) = KOHYA(tomllib.loads((out / file).read_text()))["datasets"]
    assert dataset["min_bucket_reso"] <= dataset["resolution"] <= dataset["max_bucket_reso"]
    assert dataset["min_bucket_reso"] % dataset["bucket_reso_steps"] == 0
    folders = [subset["image_dir"] for subset in dataset["subsets"]]
    assert len(set(folders)) == len(folders)  # a second subset of a folder would be ignored
    for subset in dataset["subsets"]:
        folder = Path(subset["image_dir"])
        assert pictures(folder)
        assert subset["num_repeats"] == int(re.match(r"\d+(?=_)", folder.relative_to(out).parts[1])[0]) >= 1
        assert ("metadata_file" in subset) == (file == "finetune.toml")
        assert subset.get("is_reg", False) == ("reg" in folder.relative_to(out).parts)


def test_kohya_captions_are_one_line_and_no_file_is_empty(top, rows):
    out = exported(top, "kohya")
    found = Counter()
    for kind in ("train", "reg", "control"):
        for picture in (out / kind).rglob("*"):
            if picture.suffix in PICTURE and picture.parent.name != "conditioning":
                (line,) = picture.with_suffix(".txt").read_text().splitlines(keepends=True)
                found[line.strip()] += 1
    assert found == Counter(one_line(row.caption) for row in rows)


def test_kohya_metadata_names_every_picture_of_its_folder(top):
    out = exported(top, "kohya")
    for subset in tomllib.loads((out / "finetune.toml").read_text())["datasets"][0]["subsets"]:
        metadata = json.loads(Path(subset["metadata_file"]).read_text())
        assert sorted(metadata) == [file.name for file in pictures(subset["image_dir"])]
        for said in metadata.values():
            Schema({"caption": str, "image_size": [int, int]}, required=True)(said)


def test_kohya_control_images_pair_by_name(top):
    (subset,) = tomllib.loads((exported(top, "kohya") / "controlnet.toml").read_text())["datasets"][0]["subsets"]
    assert [file.stem for file in pictures(subset["conditioning_data_dir"])] == [
        file.stem for file in pictures(subset["image_dir"])
    ]


def test_kohya_repeats_follow_the_plan_and_say_how_well(top, rows):
    said = json.loads((exported(top, "kohya") / "repeats.json").read_text())
    assert said["epochs_of_the_plan"] == 4  # rates of 0.5, 1.25, 2 and 2.5
    assert said["largest_deviation"] == 0
    seen = sum(folder["pictures"] * folder["repeats"] for folder in said["folders"])
    assert seen == 4 * sum(row.rate for row in rows)


def test_everydream2_folders_have_a_multiplier_and_pictures_a_sidecar(top, rows):
    out, seen = exported(top, "everydream2"), Counter()
    for picture in out.rglob("*"):
        if picture.suffix in PICTURE:
            multiplier = float((picture.parent / "multiply.txt").read_text())
            assert multiplier > 0
            seen[multiplier] += 1
            (sidecar,) = [picture.with_suffix(end) for end in (".txt", ".yaml") if picture.with_suffix(end).exists()]
            assert sidecar.read_text().strip()
    assert seen == Counter(row.rate for row in rows if row.config != "control")


def test_everydream2_captions_with_equal_tags_are_one_prompt(top):
    out = exported(top, "everydream2")
    prompts = [yaml.safe_load(file.read_text()) for file in sorted(out.rglob("*.yaml"))]
    assert prompts == [{"main_prompt": "ada, red, blue, red"}, {"main_prompt": " "}]
    for file in out.rglob("*.txt"):
        tags = [tag.strip() for tag in file.read_text().split(",")]
        assert len(set(tags)) == len(tags)


DATASET_OF_AI_TOOLKIT = {
    Required("folder_path"): str,
    Required("caption_ext"): "txt",
    Required("num_repeats"): int,
    Required("resolution"): [int],
    Required("buckets"): True,
    Required("shuffle_tokens"): False,
    Required("keep_tokens"): int,
    Required("is_reg"): bool,
    Optional("control_path"): str,
}
JOB = Schema(
    {
        "job": "extension",
        "config": {
            "name": str,
            "process": [
                {
                    "type": "sd_trainer",
                    "training_folder": str,
                    "datasets": [DATASET_OF_AI_TOOLKIT],
                    "train": {"batch_size": int},
                    "model": {"name_or_path": Any(str)},
                }
            ],
        },
    },
    required=True,
)


@pytest.mark.parametrize("file", ["config.yaml", "control.yaml"])
def test_ai_toolkit_config(top, file):
    (process,) = JOB(yaml.safe_load((exported(top, "ai-toolkit") / file).read_text()))["config"]["process"]
    assert process["model"]["name_or_path"] == "base/model"
    for dataset in process["datasets"]:
        found = pictures(dataset["folder_path"])
        assert found
        assert all(len(one.with_suffix(".txt").read_text().splitlines()) <= 1 for one in found)
        if file == "control.yaml":
            assert [one.stem for one in pictures(dataset["control_path"])] == [one.stem for one in found]


def test_imagefolder_metadata_has_the_file_first_and_the_text_next(top, rows):
    out, texts = exported(top, "imagefolder"), []
    for metadata in sorted(out.glob("*/train/metadata.jsonl")):
        for line in metadata.read_text().split("\n")[:-1]:
            said = json.loads(line)
            assert list(said)[:2] == ["file_name", "text"]
            assert (metadata.parent / said["file_name"]).is_file()
            assert ("conditioning_image_file_name" in said) == (metadata.parts[-3] == "control")
            texts.append(said["text"])
    assert sorted(texts) == sorted(row.caption for row in rows)
    assert not list(out.glob("pictures/train/ada/*.jsonl"))  # DreamBooth opens every file of a folder as a picture


def test_webdataset_tars_are_sorted_without_times_and_alike(top, rows):
    count = 0
    for tar in sorted(exported(top, "webdataset").rglob("*.tar")):
        with tarfile.open(tar) as opened:
            members = opened.getmembers()
        assert {(one.mtime, one.uid, one.gid, one.uname) for one in members} == {(0, 0, 0, "")}
        fields: dict[str, list[str]] = {}
        for one in members:
            key, field = one.name.split(".", 1)
            fields.setdefault(key, []).append(field)
        assert len({tuple(found) for found in fields.values()}) == 1  # or `datasets` refuses it
        assert {"txt", "json"} <= set(next(iter(fields.values())))
        count += len(fields)
    assert count == len(rows)


def test_webdataset_begins_a_new_tar_when_one_is_full(top, tmp_path, monkeypatch):
    from dramatis.export import webdataset

    monkeypatch.setattr(webdataset, "SAMPLES", 3)
    export("webdataset", top / "data/dataset", tmp_path / "out", Settings(tmp_path, 64, 64, (64, 64), 4), project=top)
    names = sorted(file.name for file in (tmp_path / "out/characters-png").iterdir())
    assert names == ["train-000000.tar", "train-000001.tar", "train-000002.tar"]


def test_huggingface_is_the_dataset_file_by_file(top):
    here, there = top / "data/dataset", exported(top, "huggingface")
    files = {file.relative_to(here): file.read_bytes() for file in here.rglob("*") if file.is_file()}
    assert files == {file.relative_to(there): file.read_bytes() for file in there.rglob("*") if file.is_file()}
