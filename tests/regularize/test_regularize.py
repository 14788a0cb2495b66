import pyarrow.parquet as pq
import pytest
from tiny_sd import DRAWING

from dramatis.core.errors import MissingError
from dramatis.core.images import decode
from dramatis.regularize.params import RegularizeParams
from dramatis.regularize.run import run


def settings(base, **changes):
    prompts = ["1person, head", "1person, forest"]
    return RegularizeParams.model_validate(
        {"base": str(base), "seed": 7, "count": 3, "prompts": prompts, "drawing": DRAWING, **changes}
    )


def drawn(tmp_path, base, name="out", **changes):
    run(settings(base, **changes), tmp_path / name)
    return tmp_path / name / "regularization.parquet"


def test_prompts_take_turns_and_every_picture_has_its_seed(tiny_sd, tmp_path):
    rows = pq.read_table(drawn(tmp_path, tiny_sd)).to_pylist()
    assert [row["picture_id"] for row in rows] == ["reg-00000", "reg-00001", "reg-00002"]
    assert [row["prompt"] for row in rows] == ["1person, head", "1person, forest", "1person, head"]
    assert len({row["seed"] for row in rows}) == len({row["image"] for row in rows}) == 3
    assert decode(rows[0]["image"]).shape == (64, 64, 3)


def test_again_is_the_same_bytes_and_more_pictures_change_no_other(tiny_sd, tmp_path):
    first = drawn(tmp_path, tiny_sd)
    assert drawn(tmp_path, tiny_sd, "again").read_bytes() == first.read_bytes()
    two, four = (pq.read_table(drawn(tmp_path, tiny_sd, f"n{n}", count=n)).to_pylist() for n in (2, 4))
    assert four[:2] == two


def test_none_is_a_table_without_rows(tiny_sd, tmp_path):
    assert pq.read_table(drawn(tmp_path, tiny_sd, count=0)).num_rows == 0


def test_a_missing_base_leaves_nothing(tmp_path):
    with pytest.raises(MissingError, match="no-base: there is no such base model"):
        drawn(tmp_path, tmp_path / "no-base")
    assert not list(tmp_path.iterdir())
