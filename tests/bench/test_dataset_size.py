import pytest
from builders import picture

from dramatis.bench.dataset_show import write_show
from dramatis.bench.dataset_size import measured
from dramatis.core.images import encode_png

POOL = [encode_png(picture(n)) for n in range(7)]


@pytest.mark.parametrize("count", [100, 333])
def test_every_picture_of_the_show_comes_into_the_dataset(count):
    found = measured(count, POOL)  # raises if not
    assert found.keys() == {"gb_20k", "io_ratio_20k"} and 0 < found["gb_20k"] < 2 and found["io_ratio_20k"] > 0


def test_the_show_is_the_same_each_time(tmp_path):
    for name in "ab":
        write_show(tmp_path / name, 60, POOL)
    files = {name: sorted((tmp_path / name).rglob("*.*")) for name in "ab"}
    assert [file.read_bytes() for file in files["a"]] == [file.read_bytes() for file in files["b"]]
