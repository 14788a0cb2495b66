import numpy as np
import pytest
from builders import caption_row, crop_row, write

from dramatis.augment.params import AugmentParams
from dramatis.augment.run import run
from dramatis.core.errors import ParameterError
from dramatis.core.images import decode
from dramatis.core.params import load_params, validate
from dramatis.core.tables import read_rows

VALUES = {
    "seed": 7,
    "variants": 2,
    "exposure_ev": [-2, -1.5],
    "contrast": [1, 1],
    "dark_ev": -1,
    "bright_ev": 1,
    "dark_word": "dark",
    "bright_word": "bright",
}


@pytest.fixture
def shards(tmp_path):
    for video in ("a", "b"):
        crops = [crop_row(0, video), crop_row(1, video, rejected_by="near_duplicate", image=b"")]
        write(tmp_path / "crops" / video, crops=crops)
        write(tmp_path / "captions" / video, captions=[caption_row(crops[0])])
    return {"crops": tmp_path / "crops", "captions": tmp_path / "captions"}


def variants(shards, out, videos=("a", "b"), **changes):
    run(validate({**VALUES, **changes}, AugmentParams, "augment"), videos, **shards, out=out)
    return read_rows(out / "augmented.parquet", "augment")


def test_each_kept_crop_has_its_variants(shards, tmp_path):
    rows = variants(shards, tmp_path / "out")
    assert [row["picture_id"] for row in rows] == [f"{v}-000000-00-head-exposure-{n}" for v in "ab" for n in (0, 1)]
    crop = decode(crop_row(0)["image"])
    for row in rows:
        assert row["caption"] == "ada, head, dark"
        assert decode(row["image"]).shape == crop.shape
        assert np.mean(decode(row["image"])) < np.mean(crop)
    assert rows[0]["exposure_ev"] != rows[1]["exposure_ev"]


def test_only_listed_videos_are_read(shards, tmp_path):
    assert {row["crop_id"][0] for row in variants(shards, tmp_path / "out", videos=("b",))} == {"b"}


def test_another_video_changes_no_variant(shards, tmp_path):
    both, one = variants(shards, tmp_path / "both"), variants(shards, tmp_path / "one", videos=("b",))
    assert both[2:] == one


def test_none_if_none_are_asked_for(shards, tmp_path):
    assert variants(shards, tmp_path / "out", variants=0) == []


def test_a_span_the_wrong_way_round(shards):
    with pytest.raises(ParameterError, match=r"exposure_ev = \[1, -1\].*must be low, high"):
        validate({**VALUES, "exposure_ev": [1, -1]}, AugmentParams, "params.yaml: augment")


def test_the_project_s_own_parameters_are_valid():
    assert load_params("augment", AugmentParams).variants >= 0
