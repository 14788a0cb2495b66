import numpy as np
import pytest
from builders import crop_row, scene_row, selection_row, write

from dramatis.augment.params import AugmentParams
from dramatis.augment.run import run
from dramatis.core.errors import ParameterError
from dramatis.core.images import decode
from dramatis.core.params import load_params, validate
from dramatis.core.tables import read_rows

VALUES = {
    "seed": 7,
    "variants": 2,
    "flips": False,
    "exposure_ev": [-2, -1.5],
    "contrast": [1, 1],
    "dark_ev": -1,
    "bright_ev": 1,
    "dark_word": "dark",
    "bright_word": "bright",
}
TRAIN, HELD_OUT, LEFT_OUT = crop_row(0), crop_row(1), crop_row(2, rejected_by="near_duplicate", image=b"")


@pytest.fixture
def shards(tmp_path):
    chosen = [
        selection_row(TRAIN),
        selection_row(HELD_OUT, split="validation"),
        selection_row(LEFT_OUT, left_out="near_duplicate"),
        selection_row(scene_row(0)),
    ]
    return write(tmp_path, crops=[TRAIN, HELD_OUT, LEFT_OUT], selection=chosen)


def variants(shards, out, **changes):
    run(validate({**VALUES, **changes}, AugmentParams, "augment"), "v", **shards, out=out)
    return read_rows(out / "augmented.parquet", "augment")


def test_each_training_crop_has_its_variants_and_no_other_picture_has(shards, tmp_path):
    rows = variants(shards, tmp_path / "out")
    assert [row["picture_id"] for row in rows] == [f"v-000000-00-head-exposure-{n}" for n in (0, 1)]
    crop = decode(TRAIN["image"])
    for row in rows:
        assert (row["word"], row["flipped"]) == ("dark", False)
        assert decode(row["image"]).shape == crop.shape
        assert np.mean(decode(row["image"])) < np.mean(crop)
    assert rows[0]["exposure_ev"] != rows[1]["exposure_ev"]


def test_other_crops_and_more_variants_change_none(shards, tmp_path):
    few = variants(shards, tmp_path / "few")
    crops = [TRAIN, crop_row(9)]
    more = write(tmp_path / "more", crops=crops, selection=[selection_row(row) for row in crops])
    rows = variants(more, tmp_path / "out", variants=3)
    assert [row for row in rows if row["picture_id"] in {row["picture_id"] for row in few}] == few


def test_a_flip_is_a_picture_of_its_own(shards, tmp_path):
    rows = variants(shards, tmp_path / "out", flips=True)
    assert [row["picture_id"].rsplit("-head-")[1] for row in rows] == ["exposure-0", "exposure-1", "flip"]
    assert rows[-1]["flipped"] and rows[-1]["word"] is None
    assert (decode(rows[-1]["image"]) == decode(TRAIN["image"])[:, ::-1]).all()


def test_none_if_none_are_asked_for(shards, tmp_path):
    assert variants(shards, tmp_path / "out", variants=0) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"exposure_ev": [1, -1]}, r"exposure_ev = \[1, -1\].*must be low, high"),
        ({"dark_word": "dark, gloomy"}, "dark_word = 'dark, gloomy': must"),
    ],
)
def test_bad_values(changes, said):
    with pytest.raises(ParameterError, match=said):
        validate({**VALUES, **changes}, AugmentParams, "params.yaml: augment")


def test_the_project_s_own_parameters_are_valid():
    assert not load_params("augment", AugmentParams).flips
