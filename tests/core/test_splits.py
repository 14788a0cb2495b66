import pytest
from tiny_sd import dataset_row, write_dataset

from dramatis.core.errors import InputError, MissingError
from dramatis.core.splits import COUNTS_FILE, read_plan, read_split, shards


def test_rows_of_a_split_come_shard_after_shard(tmp_path):
    out = write_dataset(tmp_path, train=[dataset_row(2), dataset_row(5, "bela", per_epoch=0.5)])
    (out / "characters/train/v.parquet").rename(out / "characters/train/w.parquet")
    write_dataset(tmp_path / "more", train=[dataset_row(1)])
    (tmp_path / "more/characters/train/v.parquet").rename(out / "characters/train/a.parquet")
    assert [file.name for file in shards(out, "characters", "train")] == ["a.parquet", "w.parquet"]
    assert [row["id"] for row in read_split(out, "characters", "train", ["id"])] == ["row-0001", "row-0002", "row-0005"]
    mine = read_split(out, "characters", "train", ["id"], [("character", "=", "bela")])
    assert mine == [{"id": "row-0005"}]
    assert read_split(out, "scenes", "train", ["id"]) == []
    assert read_plan(out, "characters")["row-0005"] == {"bucket": "64x64", "per_epoch": 0.5}


def test_no_dataset_and_a_broken_one(tmp_path):
    with pytest.raises(MissingError, match="stage dataset makes it"):
        read_split(tmp_path, "characters", "train", ["id"])
    with pytest.raises(MissingError, match="stage dataset makes it"):
        read_plan(tmp_path, "characters")
    out = write_dataset(tmp_path)
    (out / "characters/train/v.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match=r"v\.parquet: it cannot be read \(.*\)\. Delete data/dataset"):
        read_split(out, "characters", "train", ["id"])


def test_a_shard_that_is_gone_is_missed(tmp_path):
    out = write_dataset(tmp_path, train=[dataset_row(2), dataset_row(5)])
    counts = out / "characters" / COUNTS_FILE
    counts.write_text('{"train": 2}')
    assert len(read_split(out, "characters", "train", ["id"])) == 2
    (out / "characters/train/v.parquet").unlink()
    with pytest.raises(MissingError, match=r"train: 0 pictures are there, pictures\.json says 2\. Delete data/dataset"):
        read_split(out, "characters", "train", ["id"])
