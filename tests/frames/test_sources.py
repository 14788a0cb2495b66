"""Sources of pictures: a folder, a zip and a dataset give the same pictures; what means harm is refused."""

import json
import zipfile
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from clips import scene
from PIL import Image

from dramatis.core.errors import InputError, MissingError
from dramatis.core.stills import frames_of
from dramatis.frames import source_zip
from dramatis.frames.sources import missing, stills_of

FILES = ("a b/001.png", "a b/2/x.PNG", "top.png", "zoë/ 7.png")
"""In the order of their paths."""


@pytest.fixture
def folder(tmp_path):
    """Pictures by name, and files that are none."""
    source = tmp_path / "my pictures"
    for number, file in enumerate(FILES):
        (source / file).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(scene(number)).save(source / file, "PNG")
    for other in ("readme.txt", "a b/001.txt", ".hidden.png", ".cache/x.png", "__MACOSX/._top.png"):
        (source / other).parent.mkdir(exist_ok=True)
        (source / other).write_text("no picture")
    return source


def zipped(folder, file):
    with zipfile.ZipFile(file, "w") as archive:
        for member in sorted(folder.rglob("*"), reverse=True):
            archive.write(member, member.relative_to(folder))
    return file


def numbers(source):
    """Which scene each picture shows, looked at one by one."""
    scenes = [scene(number) for number in range(8)]
    found = []
    for still in stills_of(source):
        (image,) = frames_of(still)
        found += [n for n, known in enumerate(scenes) if (image == known).all()]
    return found


def test_a_folder_is_read_by_path(folder):
    assert [(still.file, still.folder) for still in stills_of(folder)] == list(
        zip(FILES, ("a b", "a b/2", None, "zoë"))
    )
    assert numbers(folder) == [0, 1, 2, 3]


def test_a_linked_folder_is_entered_once(folder, tmp_path):
    (tmp_path / "more").mkdir()
    Image.fromarray(scene(5)).save(tmp_path / "more/m.png")
    (folder / "link").symlink_to(tmp_path / "more")
    (folder / "link/loop").symlink_to(folder)
    assert [still.file for still in stills_of(folder)] == sorted([*FILES, "link/m.png"])


def test_a_zip_gives_what_the_folder_gives(folder, tmp_path):
    archive = zipped(folder, tmp_path / "pictures.zip")
    before = sorted(tmp_path.rglob("*"))
    assert [(s.file, s.folder) for s in stills_of(archive)] == [(s.file, s.folder) for s in stills_of(folder)]
    assert numbers(archive) == [0, 1, 2, 3]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["../evil.png", "a/../../evil.png", "/etc/evil.png", "C:\\evil.png", "..\\evil.png"])
def test_a_zip_that_leads_out_of_itself_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("good.png", b"")
        archive.writestr(name, b"")
    with pytest.raises(InputError, match=r"x.zip: its member .*evil.png' leads out of the archive"):
        stills_of(tmp_path / "x.zip")


def test_a_zip_with_a_link_a_bomb_or_a_password_is_refused(tmp_path, monkeypatch):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.bmp", bytes(3 << 20))
    monkeypatch.setattr(source_zip, "MOST_BYTES", 2 << 20)
    with zipfile.ZipFile(tmp_path / "locked.zip", "w") as archive:
        archive.writestr("locked.png", b"secret")
    data = bytearray((tmp_path / "locked.zip").read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    for name, said in (("link", "is a link"), ("bomb", "unpacks to 3 MiB"), ("locked", "needs a password")):
        with pytest.raises(InputError, match=said):
            stills_of(tmp_path / f"{name}.zip")


def test_a_damaged_zip_is_one_line(folder, tmp_path):
    whole = zipped(folder, tmp_path / "whole.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="half.zip: it cannot be read as a zip"):
        stills_of(tmp_path / "half.zip")
    broken = bytearray(whole)
    at = whole.index(b"IDAT")
    broken[at : at + 9] = bytes(9)
    (tmp_path / "broken.zip").write_bytes(broken)
    with pytest.raises(InputError, match=r"broken.zip/.*(CRC|damaged)"):
        numbers(tmp_path / "broken.zip")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "holds no picture. Put JPEG, PNG or WebP files there"),
        (["a.txt"], "holds no picture"),
        (["pack.zip"], "holds no picture. Name the file in it as `source`, such as pack.zip"),
        (["s01/e01.mkv"], "such as s01/e01.mkv"),
    ],
)
def test_a_folder_without_pictures(tmp_path, files, said):
    for file in files:
        (tmp_path / "x" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "x" / file).touch()
    (tmp_path / "x").mkdir(exist_ok=True)
    with pytest.raises(InputError, match=said):
        stills_of(tmp_path / "x")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with pytest.raises(InputError, match="empty.zip: this zip holds no picture"):
        stills_of(tmp_path / "empty.zip")


def dataset(label=True, **more):
    images = [Image.fromarray(scene(number)) for number in range(4)]
    columns = {"image": images, "text": list("abcd"), "label": [1, 0, None, 1], **more}
    names = datasets.ClassLabel(names=["ann", "bo"])
    kinds = {"image": datasets.Image(), "text": datasets.Value("string"), "label": names}
    kinds |= dict.fromkeys(more, datasets.Image())
    made = datasets.Dataset.from_dict(columns, datasets.Features(kinds))
    return made if label else made.remove_columns("label")


def test_parquet_files_are_read_split_after_split(tmp_path):
    (tmp_path / "hub/data").mkdir(parents=True)
    (tmp_path / "hub/README.md").write_text("a card")
    dataset().select([2, 3]).to_parquet(tmp_path / "hub/data/test-00000-of-00001.parquet")
    dataset().select([0, 1]).to_parquet(tmp_path / "hub/data/train-00000-of-00001.parquet")
    assert numbers(tmp_path / "hub") == [2, 3, 0, 1]
    assert [(still.file, still.folder) for still in stills_of(tmp_path / "hub")] == [
        ("data/test-00000-of-00001.parquet#0", None),
        ("data/test-00000-of-00001.parquet#1", "bo"),
        ("data/train-00000-of-00001.parquet#0", "bo"),
        ("data/train-00000-of-00001.parquet#1", "ann"),
    ]
    alone = tmp_path / "hub/data/train-00000-of-00001.parquet"
    assert [still.place for still in stills_of(alone)] == [f"{alone}#0", f"{alone}#1"]


def test_a_saved_dataset_is_read_in_its_order(tmp_path):
    dataset().save_to_disk(tmp_path / "one", num_shards=2)
    assert numbers(tmp_path / "one") == [0, 1, 2, 3]
    splits = datasets.DatasetDict(train=dataset().select([3, 1]), test=dataset(label=False).select([0]))
    splits.save_to_disk(tmp_path / "two")
    assert numbers(tmp_path / "two") == [3, 1, 0]
    assert [still.folder for still in stills_of(tmp_path / "two")] == ["bo", "ann", None]


def test_a_dataset_written_as_pictures_is_a_folder(folder):
    (folder / "metadata.csv").write_text("file_name,text\ntop.png,hello\n")
    dataset().to_parquet(folder / "metadata.parquet")
    assert numbers(folder) == [0, 1, 2, 3]


def test_which_pictures_of_a_dataset_is_said_or_asked(tmp_path):
    images = [Image.fromarray(scene(number)) for number in range(4, 8)]
    dataset(conditioning_image=images).to_parquet(tmp_path / "both.parquet")
    assert numbers(tmp_path / "both.parquet") == [0, 1, 2, 3]
    renamed = dataset(conditioning_image=images).rename_column("image", "face")
    renamed.to_parquet(tmp_path / "unclear.parquet")
    with pytest.raises(InputError, match="its columns of pictures are face, conditioning_image. Name the one to take"):
        numbers(tmp_path / "unclear.parquet")
    renamed.remove_columns("conditioning_image").to_parquet(tmp_path / "one.parquet")
    assert numbers(tmp_path / "one.parquet") == [0, 1, 2, 3]
    dataset().remove_columns("image").to_parquet(tmp_path / "none.parquet")
    with pytest.raises(InputError, match=r"none of its columns \(text, label\) is an Image"):
        numbers(tmp_path / "none.parquet")


def test_damaged_datasets_are_one_line(tmp_path):
    dataset().to_parquet(tmp_path / "x.parquet")
    data = (tmp_path / "x.parquet").read_bytes()
    (tmp_path / "x.parquet").write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="x.parquet: it cannot be read"):
        numbers(tmp_path / "x.parquet")
    dataset().save_to_disk(tmp_path / "saved")
    arrow = next((tmp_path / "saved").glob("*.arrow"))
    arrow.write_bytes(arrow.read_bytes()[:3000])
    with pytest.raises(InputError, match="arrow: it cannot be read"):
        numbers(tmp_path / "saved")
    (tmp_path / "saved/state.json").write_text(json.dumps({}))
    with pytest.raises(InputError, match="its list of files cannot be read"):
        numbers(tmp_path / "saved")


def test_a_row_without_its_picture_is_one_line(tmp_path):
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    rows = [{"bytes": None, "path": "else/where.png"}, None]
    pq.write_table(pa.table({"image": pa.array(rows, kind)}), tmp_path / "x.parquet")
    for still, said in zip(stills_of(tmp_path / "x.parquet"), ("only a path", "no picture"), strict=True):
        with pytest.raises(InputError, match=rf"x.parquet#\d: it is damaged \(the row holds {said}"):
            list(frames_of(still))


def test_a_video_is_none_of_these(tmp_path):
    (tmp_path / "a.mkv").write_bytes(bytes(8))
    assert stills_of(tmp_path / "a.mkv") is None
    with pytest.raises(MissingError, match="there is no .*b.mkv"):
        stills_of(tmp_path / "b.mkv")


@pytest.mark.parametrize(
    "source", ["people/photos-of-ann", "hf://datasets/people/photos-of-ann",
               "https://huggingface.co/datasets/people/photos-of-ann/"],
)  # fmt: skip
def test_the_id_of_a_hub_names_the_command_that_fetches_it(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MissingError) as raised:
        stills_of(Path(source))
    fetch = "hf download --repo-type dataset people/photos-of-ann --local-dir raw/photos-of-ann"
    assert f"`{fetch}`" in raised.value.remedy


def test_a_path_that_is_clearly_local_says_nothing_of_a_hub(tmp_path):
    for source in ("raw/e01.mkv", "raw/pack.zip"):
        assert "hub" not in missing(Path(source), "x").remedy
    assert "hub" not in missing(tmp_path / "photos", "x").remedy
