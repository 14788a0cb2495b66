"""From a picture back to where it comes from, on shards small enough to check by hand."""

import numpy as np
import pytest
from builders import cast_row, crop_row, figure_rows, frame_row, picture, write
from PIL import Image

from dramatis.augment.schema import AUGMENTED
from dramatis.cli.lineage import trace
from dramatis.cli.main import main
from dramatis.cli.pictures import export, find, id_of
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import decode, encode_png
from dramatis.core.tables import write_table
from dramatis.dataset.schema import DATASET
from dramatis.preview.schema import PREVIEWS

PARAMS = {
    "videos": {"v": {"source": "raw/a film.mkv"}},
    "runs": {"solo": {"method": "lora", "characters": ["ada"], "base": "models/pocket/sd"}},
    "regularize": {"base": "models/pocket/sd"},
}


@pytest.fixture
def data(tmp_path):
    """One frame, one crop that is in the training split, one that was rejected, a variant, two previews."""
    frame = frame_row(7, shot=2)
    faces = [row for row in figure_rows(frame) if row["kind"] == "face"]
    write(tmp_path / "frames/v", frames=[frame])
    write(tmp_path / "cast/x", cast=[cast_row(faces[0], "ada")])
    (tmp_path / "cast/x/cast.parquet").rename(tmp_path / "cast/v.parquet")
    kept = crop_row(7, shot=2)
    gone = crop_row(7, shot=2, stage="full", rejected_by="min_side_px", image=b"")
    write(tmp_path / "crops/v", crops=[kept, gone])
    base = {name: kept[name] for name in ("crop_id", "frame_id", "video", "shot", "time_code", "character", "others")}
    row = {
        **base, "id": kept["crop_id"], "image": {"bytes": kept["image"], "path": None}, "caption": "ada, head",
        "trigger": "ada", "stage": "head", "origin": "crop", "width_px": 64, "height_px": 64, "face": None,
        "bucket": "64x64", "weight": 1.0,
    }  # fmt: skip
    write_table([row], DATASET, tmp_path / "dataset/train.parquet")
    variant = {
        "picture_id": f"{kept['crop_id']}-exposure-0", "crop_id": kept["crop_id"], "variant": "exposure-0",
        "exposure_ev": -1.0, "contrast": 1.1, "caption": "ada, head, dark", "image": encode_png(picture(1)),
    }  # fmt: skip
    write_table([variant], AUGMENTED, tmp_path / "augmented/augmented.parquet")
    previews = [
        {
            "preview_id": f"solo-{step:06d}-ada-00-00", "run": "solo", "step": step, "character": "ada",
            "prompt": "ada, forest", "wanted": ["forest"], "seed": 5, "image": encode_png(picture(step)),
        }
        for step in (0, 60)
    ]  # fmt: skip
    write_table(previews, PREVIEWS, tmp_path / "previews/solo/previews.parquet")
    return tmp_path


def story(node):
    """The chain of kinds and texts, depth first."""
    return [(node.kind, node.text), *(part for origin in node.made_from for part in story(origin))]


def test_a_crop_leads_to_its_video(data):
    chain = story(trace("v-000007-00-head", data, PARAMS))
    assert [kind for kind, _ in chain] == ["crop", "box", "frame", "time code", "video"]
    assert chain[0][1] == "v-000007-00-head · ada, head, 64×64 px · dataset: train"
    assert chain[1][1] == "0,0 to 64,64 px · track v-0002-000, cluster None, named by reference"
    assert chain[-1][1] == "v · raw/a film.mkv"


def test_a_crop_of_a_picture_leads_to_its_file(data):
    frame = frame_row(7, shot=2) | {"file": "ann/001.jpg", "folder": "ann"}
    write(data / "frames/v", frames=[frame])
    chain = story(trace("v-000007-00-head", data, {**PARAMS, "videos": {"v": {"source": "raw/photos"}}}))
    assert [kind for kind, _ in chain] == ["crop", "box", "frame", "picture", "source"]
    assert [text for _, text in chain[-2:]] == ["ann/001.jpg", "v · raw/photos"]


def test_a_preview_leads_to_its_dataset(data):
    chain = story(trace("solo-000060-ada-00-00", data, PARAMS))
    assert [kind for kind, _ in chain] == ["preview", "checkpoint", "run", "dataset"]
    assert chain[1][1] == "models/solo/step-000060"
    assert chain[2][1] == "solo · lora of ada on models/pocket/sd"
    assert chain[3][1] == "data/dataset · 1 rows from crop of ada · videos v"


def test_step_0_is_the_bare_base(data):
    chain = story(trace("solo-000000-ada-00-00", data, PARAMS))
    assert chain[1:] == [("base model", "models/pocket/sd, without adapter")]


def test_a_variant_leads_to_its_crop(data):
    chain = story(trace("v-000007-00-head-exposure-0", data, PARAMS))
    assert [kind for kind, _ in chain][:2] == ["augmented picture", "crop"]
    assert chain[0][1] == "v-000007-00-head-exposure-0 · -1.00 EV, contrast ×1.10"


def test_what_is_no_longer_there_is_said(data):
    chain = story(trace("v-000007-00-full", data, {**PARAMS, "videos": {}}))
    assert chain[0][1].endswith("rejected by min_side_px")
    assert chain[-1] == ("video", "v · no longer in params.yaml")
    (data / "frames/v/frames.parquet").unlink()
    assert story(trace("v-000007-00-head", data, PARAMS))[-1] == ("frame", f"v-000007 · no longer in {data}")


def test_an_exported_file_knows_its_id(data, tmp_path):
    out = export("v-000007-00-head", tmp_path / "out" / "a.png", data)
    assert (decode(out.read_bytes()) == picture(7)).all()
    renamed = out.rename(tmp_path / "any name.png")
    assert id_of(str(renamed)) == "v-000007-00-head"
    assert find(str(renamed), data).kind == "crop"
    assert export("v-000007", tmp_path / "frame.png", data).is_file()


def test_a_file_without_an_id_is_named_by_it(data, tmp_path):
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / "v-000007.png")
    assert find(str(tmp_path / "v-000007.png"), data).kind == "frame"


def test_errors_are_one_line(data, tmp_path):
    with pytest.raises(MissingError, match=r"^x-1: no picture has this id in .*`dvc repro`"):
        find("x-1", data)
    with pytest.raises(InputError, match="^v-000007-00-full: rejected by min_side_px, so no picture was kept"):
        export("v-000007-00-full", tmp_path / "x.png", data)
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(InputError, match="notes.txt: this file is no picture"):
        find(str(tmp_path / "notes.txt"), data)


def test_a_place_that_cannot_be_written_is_one_line(data, tmp_path, monkeypatch, capsys):
    (tmp_path / "notes.txt").touch()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(data)
    monkeypatch.setattr("sys.argv", ["dramatis", "show", "v-000007", "--out", str(tmp_path / "notes.txt" / "x.png")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1 and "notes.txt: it cannot be read or written there" in capsys.readouterr().err
