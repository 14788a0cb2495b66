from tiny_sd import dataset_row, prior_row, write_dataset

from dramatis.train.data import rows_of, small_buckets


def test_a_run_obeys_the_plan(tmp_path):
    rows = [
        dataset_row(1, per_epoch=2.5),
        dataset_row(2, per_epoch=0.0),
        dataset_row(3, bucket="96x64"),
        dataset_row(4, "bela"),
    ]
    found = rows_of(write_dataset(tmp_path, train=rows, regularization=[prior_row(30), prior_row(0)]), ["ada"], True)
    assert [(row["id"], row["per_epoch"], row["bucket"]) for row in found] == [
        ("row-0000", 1.0, "64x64"),
        ("row-0001", 2.5, "64x64"),
        ("row-0003", 1.0, "96x64"),
        ("row-0030", 1.0, "64x64"),
    ]
    assert len(rows_of(tmp_path, ["ada", "bela"], False)) == 3


def test_a_bucket_with_fewer_pictures_than_a_batch_is_told_of():
    rows = [dataset_row(1), dataset_row(2), dataset_row(3, bucket="96x64"), prior_row(4)]
    assert small_buckets(rows, 2) == [
        "bucket 96x64 has 1 picture of the run's characters, a step takes up to 2: it repeats some"
    ]
    assert small_buckets(rows, 1) == []
