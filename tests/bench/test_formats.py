"""Each export, opened by what it is for."""

from pathlib import Path

import pytest
from conftest import TOP
from tiny_dataset import write_dataset

from dramatis.bench.format_readers import DATASETS, TRAINERS, readers_place, trainer_of
from dramatis.bench.formats import differences, figures, opens, read_back
from dramatis.core.errors import MissingError
from dramatis.export.formats import FORMATS, Settings
from dramatis.export.source import read_source

SETTINGS = Settings(Path(), 64, 64, (64, 64), 4)


@pytest.fixture
def dataset(tmp_path):
    return write_dataset(tmp_path / "data/dataset")


def readers(name, dataset, folder):
    if name in TRAINERS and not trainer_of(name, readers_place()):
        pytest.skip(f"no checkout of {TRAINERS[name]} in {readers_place()}: see docs/formats.md")
    return read_back(name, dataset, folder, SETTINGS)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_its_readers_give_back_what_was_written(name, dataset, tmp_path):
    rows, found = read_source(dataset).rows, readers(name, dataset, tmp_path)
    assert found
    for reader, read in found.items():
        assert differences(name, read, rows) == ([], []), reader


@pytest.mark.slow
def test_sd_scripts_repeats_pictures_as_the_plan_says(dataset, tmp_path):
    rows = {row.caption: row.rate for row in read_source(dataset).of("characters", "scenes", "composites")}
    for one in readers("kohya", dataset, tmp_path)["sd-scripts"]:
        if one["by"] != "controlnet.toml" and not one["class"]:
            caption = one["caption"].replace("line one line two", "line one\nline two\x07")
            assert one["repeats"] == 4 * rows[caption]


@pytest.mark.slow
def test_everydream2_multiplies_pictures_as_the_plan_says(dataset, tmp_path):
    rows = {Path(row.id).stem: row.rate for row in read_source(dataset).rows}
    for one in readers("everydream2", dataset, tmp_path)["EveryDream2trainer"]:
        name = Path(one["file"]).stem
        assert one["repeats"] == rows.get(name, 2.0)


def test_what_is_lost_or_changed_is_told(dataset, tmp_path):
    rows = read_source(dataset).of("characters")
    read = [
        {"by": "x", "file": row.id, "caption": row.caption, "size": [row.width_px, row.height_px], "control": None}
        for row in rows
    ]
    assert differences("imagefolder", read, rows) == ([], [])
    read[0]["caption"] = "other"
    lost, more = differences("imagefolder", read[:-1], rows)
    assert sorted(key[1] for key in lost) == sorted([rows[0].caption, rows[-1].caption])
    assert [key[1] for key in more] == ["other"]


def test_a_format_without_its_reader_does_not_count_as_opened(dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("DRAMATIS_READERS", str(tmp_path / "none"))
    assert not opens("kohya", dataset, tmp_path, SETTINGS)
    assert all(trainer_of(name, tmp_path) is None for name in FORMATS)


def test_a_reader_that_fails_does_not_count_and_says_why(dataset, tmp_path, monkeypatch, caplog):
    (tmp_path / "readers/sd-scripts").mkdir(parents=True)
    monkeypatch.setenv("DRAMATIS_READERS", str(tmp_path / "readers"))
    assert not opens("kohya", dataset, tmp_path, SETTINGS)
    assert "sd-scripts cannot read it: ModuleNotFoundError: No module named 'library'" in caplog.text


def test_without_a_dataset_there_are_no_figures(tmp_path):
    with pytest.raises(MissingError, match="stage dataset makes it"):
        figures(tmp_path / "data", TOP / "params.yaml")


@pytest.mark.slow
def test_figures_name_what_was_opened(dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("DRAMATIS_READERS", str(tmp_path / "none"))
    assert figures(tmp_path / "data", TOP / "params.yaml") == {"formats_opened": sorted(DATASETS)}
