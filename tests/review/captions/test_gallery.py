"""The pictures as the stages left them, and their bytes."""

import pyarrow.parquet as pq
import pytest
from gallery_desk import CAPTIONS

from dramatis.core.errors import MissingError
from dramatis.core.images import decode, picture_hash
from dramatis.core.tables import read_rows
from dramatis.review.captions.gallery import read_gallery
from dramatis.review.captions.pictures import FIT_PX, Shown, kind_of
from dramatis.review.captions.view import about_pictures


def test_kept_pictures_by_time_and_composites_last(hashes):
    pictures, display = read_gallery()
    assert {each.id: each.caption for each in pictures} == CAPTIONS and [each.id for each in pictures] == list(CAPTIONS)
    assert [each.picture for each in pictures] == [hashes[key] for key in CAPTIONS]
    assert [each.stage for each in pictures] == ["head", "upper", "head", "full", "scene", "composite", "composite"]
    assert [each.split for each in pictures[:4]] == ["validation", "train", "train", "left out"]
    assert pictures[4].characters == pictures[5].characters == ("ada", "bela") and display["ada"] == "Ada"
    assert pictures[5].place == "v-000000-00-head + v-000002-00-head" and pictures[5].video is None
    assert about_pictures(read_gallery())[0] == [
        "v-000000-00-head", "head", "validation", "v", "00:00:00.000", "Ada", hashes["v-000000-00-head"],
    ]  # fmt: skip


def test_the_bytes_are_those_of_the_shards(hashes):
    pictures, _ = read_gallery()
    shown = Shown(pictures)
    for n, each in enumerate(pictures):
        data = shown.whole(n)
        assert kind_of(data) == ("image/jpeg" if each.stage == "scene" else "image/png")
        assert decode(data).shape[1::-1] == each.size
        if each.stage != "scene":  # a scene is a JPEG, whose pixels are not those that were encoded
            assert picture_hash(decode(data)) == each.picture
        assert decode(shown.small(n)).shape[1::-1] == each.size, "nothing is enlarged"


def test_a_small_picture_fits(hashes, tmp_path, monkeypatch):
    monkeypatch.setattr("dramatis.review.captions.pictures.FIT_PX", 32)
    pictures, _ = read_gallery()
    small = decode(Shown(pictures).small(4))
    assert small.shape == (18, 32, 3) and FIT_PX > 32


@pytest.mark.parametrize(
    ("file", "stage"),
    [
        ("crops/v/crops.parquet", "crops@v"),
        ("crops/v/scenes.parquet", "crops@v"),
        ("selection/v.parquet", "selection"),
        ("captions/v.parquet", "caption"),
        ("captions/composites.parquet", "caption"),
        ("composites/composites.parquet", "composite"),
        ("cast/characters.parquet", "cast"),
    ],
)
def test_what_is_missing_or_old_names_its_stage(hashes, tmp_path, file, stage):
    file = tmp_path / "data" / file
    table = pq.read_table(file)
    file.unlink()
    with pytest.raises(MissingError, match=f"stage {stage} makes it"):
        read_gallery()
    pq.write_table(table.drop_columns(table.column_names[0]), file)
    with pytest.raises(MissingError, match=f"older version.*stage {stage} makes it"):
        read_gallery()


def test_a_picture_without_a_caption_is_there(hashes, tmp_path):
    file = tmp_path / "data/captions/v.parquet"
    table = pq.read_table(file)
    pq.write_table(table.slice(1), file)
    first = read_gallery().pictures[0]
    assert first.caption is None and not first.human
    assert len(read_rows(file, "caption")) == len(read_gallery().pictures) - 3
