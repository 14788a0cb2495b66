"""`dramatis sheet dataset`: which rows are shown, how captions break, and the pages of a small dataset."""

import numpy as np
import pyarrow.parquet as pq
import pytest
from builders import picture
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from dramatis.cli.main import app
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import encode_png, picture_hash
from dramatis.core.tables import write_table
from dramatis.dataset.schema import CONTROLLED, DATASET, PLAN
from dramatis.sheets import dataset
from dramatis.sheets.captioned import HIGH_PX, SIDE_PX, TRAIN, VALIDATION, WIDTH_PX, Block, Cell, draw
from dramatis.sheets.dataset import read_config, read_pictures, write_dataset_sheets
from dramatis.sheets.files import DATASET_MARK, is_sheet, save
from dramatis.sheets.sample import grouped, spread


def about(n, split="train", stage="head", origin="crop", video="v"):
    return {"id": f"r{n:03d}", "split": split, "stage": stage, "origin": origin, "video": video,
            "time_code": f"00:{n // 60:02d}:{n % 60:02d}.000"}  # fmt: skip


def test_a_sample_is_spread_and_of_every_kind():
    rows = [about(n) for n in range(100)]
    assert [row["id"] for row in spread(rows, 4)] == ["r012", "r037", "r062", "r087"]
    rows += [about(200, "validation", "full"), about(201, "train", "upper", "exposure")]
    assert [row["id"] for row in spread(rows, 3)] == ["r050", "r201", "r200"]
    assert spread(rows[:2], 9) == rows[:2] and spread([], 3) == []
    assert list(grouped([about(1, video=None), about(2), about(3)], "video")) == ["v", "-"]


kinds = st.tuples(st.sampled_from(["train", "validation"]), st.sampled_from(["full", "head"]), st.sampled_from("ab"))


@given(st.lists(kinds, max_size=40), st.integers(1, 12), st.randoms())
def test_a_sample_does_not_depend_on_the_order(said, most, random):
    rows = [about(n, *kind) for n, kind in enumerate(said)]
    taken = spread(rows, most)
    assert len(taken) == min(most, len(rows)) and len({row["id"] for row in taken}) == len(taken)
    if most > 1:
        assert {row["split"] for row in taken} == {row["split"] for row in rows}, "no split without a picture"
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert spread(shuffled, most) == taken


def test_a_page_marks_what_is_held_out():
    image = np.zeros((50, 100, 3), np.uint8)
    cells = [Cell((image,), "train", "ada", "", False), Cell((image,), "validation", "ada", "0f", True)]
    page = draw([Block("ada", "two", cells)], "characters", "")
    assert (
        page.shape[1] == WIDTH_PX and draw([Block("ada", "two", cells)], "characters", "").tobytes() == page.tobytes()
    )
    for colour in (TRAIN, VALIDATION):
        wanted = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
        assert (page == wanted).all(-1).sum() >= 3 * SIDE_PX
    assert (page == 0).all(-1).sum() >= 2 * SIDE_PX * round(SIDE_PX / 2), "wide pictures keep their shape"
    high = draw([Block("ada", "", [Cell((np.zeros((90, 30, 3), np.uint8),), "", "", "", False)])], "", "")
    assert (high == 0).all(-1).any(1).sum() >= HIGH_PX


def row(n, image, **changes):
    return {
        "id": f"r{n:03d}", "image": {"bytes": encode_png(image), "path": None}, "caption": "ada, <b>, é 雪",
        "caption_origin": "x", "character": "ada", "trigger": "adalv", "characters": ["ada"], "outfit": None,
        "outfit_name": None, "stage": "head", "origin": "crop", "face": None, "parents": [], "frame_id": None,
        "time_code": f"00:00:0{n % 10}.000", "video": "v", "shot": 0, "width_px": 64, "height_px": 64,
        "bucket": "64x64", "cut_share": 0.0, **changes,
    }  # fmt: skip


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Two splits of characters, control and class pictures."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/dataset"
    write_table([row(n, picture(n)) for n in range(3)], DATASET, folder / "characters/train/v.parquet")
    write_table([row(3, picture(3))], DATASET, folder / "characters/validation/v.parquet")
    more = {"conditioning_image": {"bytes": encode_png(picture(8)), "path": None}, "landmarks": None,
            "segmentation": None, "origin": "canny"}  # fmt: skip
    write_table([row(n, picture(n)) | more for n in range(2)], CONTROLLED, folder / "control/train/v.parquet")
    drawn = row(1, picture(9), character=None, trigger=None, stage="regularization", origin="base", video=None)
    write_table([drawn], DATASET, folder / "regularization/train/drawn.parquet")
    planned = {"key": "characters/r001", "config": "characters", "id": "r001", "character": "ada", "bucket": "64x64",
               "cut_share": 0.0, "per_epoch": 2.5, "caption": "ada"}  # fmt: skip
    classes = {"key": "regularization/r001", "config": "regularization", "per_epoch": 0.25}
    write_table([planned, planned | classes], PLAN, folder / "plan.parquet")
    return folder


def test_a_page_for_each_configuration_that_has_rows(data, tmp_path):
    out = tmp_path / "sheets"
    out.mkdir()
    save(Image.new("RGB", (9, 9)), out / "dataset-scenes.png", DATASET_MARK)
    save(Image.new("RGB", (9, 9)), out / "unnamed.png")
    Image.new("RGB", (9, 9)).save(out / "mine.png")
    files = write_dataset_sheets(out)
    assert [file.name for file in files] == [
        "dataset-characters.png",
        "dataset-control.png",
        "dataset-regularization.png",
    ]
    assert {file.name for file in out.iterdir()} == {*(file.name for file in files), "unnamed.png", "mine.png"}
    assert all(is_sheet(file, DATASET_MARK) and not is_sheet(file) for file in files)
    before = [file.read_bytes() for file in files]
    assert [file.read_bytes() for file in write_dataset_sheets(out)] == before, "same in, same out"


def test_words_and_cells(data):
    rows = read_config(data, "characters")
    assert dataset._count(rows) == "4 pictures (3 training, 1 validation)"
    assert dataset._about(rows) == "called adalv · 4 pictures (3 training, 1 validation) · 4 head"
    images = read_pictures(rows, ["image"])
    cells = [dataset._cell(each, images[each["at"]]) for each in rows]
    assert [cell.note for cell in cells] == ["train · head", "train · head · ×2.5", "train · head", "validation · head"]
    assert [cell.key for cell in cells] == [picture_hash(picture(n)) for n in range(4)]
    control = read_config(data, "control")
    pairs = read_pictures(control[1:], ["image", "conditioning_image"])
    assert np.array_equal(pairs[control[1]["at"]][1], picture(8)) and len(pairs) == 1
    (drawn,) = read_config(data, "regularization")
    cell = dataset._cell(drawn, (picture(9),))
    assert (cell.note, cell.key) == ("train · regularization, base · ×0.25", "")


def test_no_dataset_and_an_old_one_are_one_line(data, tmp_path):
    file = data / "control/train/v.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["origin"]), file)
    with pytest.raises(MissingError, match="older version.*stage dataset makes it"):
        write_dataset_sheets(tmp_path / "sheets")
    (data / "plan.parquet").unlink()
    with pytest.raises(MissingError, match="plan.parquet: there is no such file"):
        write_dataset_sheets(tmp_path / "sheets")
    with pytest.raises(MissingError, match="there is no dataset. Run `dvc repro`: stage dataset makes it"):
        write_dataset_sheets(tmp_path / "sheets", tmp_path / "none")
    assert not (tmp_path / "sheets").exists()


def test_a_shard_that_is_cut_off_is_one_line(data, tmp_path):
    file = data / "control/train/v.parquet"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"control/train/v\.parquet: it cannot be read .* Delete data/dataset"):
        write_dataset_sheets(tmp_path / "sheets")


def test_the_command(data, tmp_path):
    done = CliRunner().invoke(app, ["sheet", "dataset", "--out", "pages"])
    assert done.exit_code == 0 and done.output.split()[-1] == "pages/dataset-regularization.png"
    assert CliRunner().invoke(app, ["sheet", "nothing"]).exit_code == 2
    with pytest.raises(MissingError):  # without a word it is the cast, as ever
        CliRunner().invoke(app, ["sheet"], catch_exceptions=False)
