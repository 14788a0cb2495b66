"""Every format keeps the same promises."""

import hashlib
from pathlib import Path

import pytest
from tiny_dataset import row, write_dataset

from dramatis.core.errors import InputError, ParameterError
from dramatis.export import kohya
from dramatis.export.formats import FORMATS, Settings, format_of
from dramatis.export.run import export
from dramatis.export.source import read_source

SETTINGS = Settings(Path("/there/x y"), 64, 64, (64, 64), 4, "base/model")


@pytest.fixture
def dataset(tmp_path):
    return write_dataset(tmp_path / "data/dataset")


def digests(folder):
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def images(folder):
    return [file for file in folder.rglob("*") if file.suffix in (".png", ".jpg")]


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_dataset_gives_the_same_bytes(name, dataset, tmp_path):
    for place in ("one", "two"):
        export(name, dataset, tmp_path / place, SETTINGS, project=tmp_path)
    assert digests(tmp_path / "one") == digests(tmp_path / "two") != {}


@pytest.mark.parametrize("name", FORMATS)
def test_file_names_are_safe_and_differ_where_case_does_not_count(name, dataset, tmp_path):
    export(name, dataset, tmp_path / "out", SETTINGS, project=tmp_path)
    names = [file.casefold() for file in digests(tmp_path / "out")]
    assert len(names) == len(set(names))
    assert all(part not in ("con", "nul") and part.strip(" .") == part for name in names for part in name.split("/"))


NAMES = [
    "con",
    "Ada Lovelace",
    "Ada.Lovelace",
    "../x",
    "..",
    ".git",
    "a/b",
    "A/B",
    "ぼっち",
    "control",
    "x" * 300,
    "\n",
]


@pytest.mark.parametrize("name", FORMATS)
def test_any_names_of_people_and_pictures_have_files_of_their_own(name, tmp_path):
    people = [row(f"{who}/{n}", f"{who}, {n}", 9 * k + n, who) for k, who in enumerate(NAMES) for n in (1, 2)]
    dataset = write_dataset(tmp_path / "data/dataset", shards={"characters/train/v": people})
    export(name, dataset, tmp_path / "a/out", SETTINGS, project=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "data"]
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["out"]
    if name not in ("huggingface", "webdataset"):
        folders: dict[Path, int] = {}
        for file in images(tmp_path / "a/out"):
            folders[file.parent] = folders.get(file.parent, 0) + 1
        assert sorted(folders.values()) == [2] * len(NAMES)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"huggingface", "webdataset"}))
def test_every_picture_is_written_as_it_is_stored(name, dataset, tmp_path):
    export(name, dataset, tmp_path / "out", SETTINGS, project=tmp_path)
    written = sorted(file.read_bytes() for file in images(tmp_path / "out"))
    configs = ("characters", "scenes", "composites", "regularization", *(["control"] if name != "everydream2" else []))
    stored = [
        one.data for _, *pictures in read_source(dataset).pictures(*configs) for one in pictures if one is not None
    ]
    assert written == sorted(stored)


@pytest.mark.parametrize("name", FORMATS)
def test_it_says_how_many_were_written_and_how_to_use_them(name, dataset, tmp_path):
    lines = export(name, dataset, tmp_path / "out", SETTINGS, project=tmp_path)
    assert lines[0].startswith(f"{name}: ")
    assert any("/there/x y" in line for line in lines[1:])


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("place", ["data", "data/dataset/x", "models/x", ".", "full", "file"])
def test_a_place_that_is_taken_is_refused(name, place, dataset, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    before = digests(tmp_path)
    with pytest.raises(InputError, match="an export may not be in|not empty|no folder"):
        export(name, dataset, tmp_path / place, SETTINGS, project=tmp_path)
    assert digests(tmp_path) == before


def test_an_export_that_fails_leaves_nothing(dataset, tmp_path, monkeypatch):
    def fails(*_):
        raise InputError("there", "no more", "Go")

    monkeypatch.setattr(kohya, "write_repeats", fails)
    with pytest.raises(InputError):
        export("kohya", dataset, tmp_path / "out", SETTINGS, project=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_captions_that_change_are_counted(dataset, tmp_path, caplog):
    export("kohya", dataset, tmp_path / "out", SETTINGS, project=tmp_path)
    assert "1 captions have line breaks" in caplog.text
    assert "e01-000003-00-full" in caplog.text
    caplog.clear()
    export("imagefolder", dataset, tmp_path / "other", SETTINGS, project=tmp_path)
    assert not caplog.text


def test_no_such_format():
    with pytest.raises(ParameterError, match="onetrainer: no such format, there are ai-toolkit, everydream2"):
        format_of("onetrainer")


def test_a_plain_copy_cannot_be_a_part(dataset, tmp_path):
    with pytest.raises(ParameterError, match="plain copy"):
        export("huggingface", dataset, tmp_path / "out", SETTINGS, characters=["ada"], project=tmp_path)


def test_only_control_images_are_nothing_for_everydream2(dataset, tmp_path):
    for config in ("characters", "scenes", "composites", "regularization"):
        for file in (dataset / config / "train").glob("*"):
            file.unlink()
    with pytest.raises(InputError, match="only control images"):
        export("everydream2", dataset, tmp_path / "out", SETTINGS, project=tmp_path)
    export("kohya", dataset, tmp_path / "kohya", SETTINGS, project=tmp_path)
    assert not (tmp_path / "kohya/dataset.toml").exists()
