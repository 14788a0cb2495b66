"""From a picture back to where it comes from, on shards small enough to check by hand."""

import numpy as np
import pytest
from builders import (
    cast_row,
    class_row,
    composite_row,
    control_row,
    crop_row,
    figure_rows,
    frame_row,
    picture,
    scene_row,
    selection_row,
    variant_row,
    write,
)
from PIL import Image

from dramatis.cli.lineage import trace
from dramatis.cli.main import main
from dramatis.cli.pictures import export, find, id_of
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import decode, encode_png
from dramatis.core.tables import write_table
from dramatis.dataset.schema import CONTROLLED, DATASET
from dramatis.preview.schema import PREVIEWS

PARAMS = {
    "videos": {"v": {"source": "raw/a film.mkv"}},
    "runs": {"solo": {"method": "lora", "characters": ["ada"], "base": "models/pocket/sd"}},
    "regularization": {"drawn": {"path": "models/pocket/sd"}, "own": {"path": "raw/nature"}},
}
HEAD = "v-000007-00-head"
BOTH = "composite-0000000001f4"


def dataset_row(schema, crop, **changes):
    """A row of the dataset; columns that are not named are null, or empty where they may not be."""
    empty = {"string": "", "int32": 0, "float": 1.0}
    row = {
        field.name: None if field.nullable else [] if str(field.type).startswith("list") else empty.get(str(field.type))
        for field in schema
    }
    image = {"bytes": crop["image"], "path": None}
    named = {
        "id": crop["crop_id"],
        "image": image,
        "conditioning_image": image,
        "caption": "ada, head",
        "origin": "crop",
    }
    own = {name: crop[name] for name in ("character", "video", "stage", "frame_id")}
    return {name: value for name, value in {**row, **named, **own, **changes}.items() if name in schema.names}


@pytest.fixture
def data(tmp_path):
    """One frame, crops that are in the training split, left out and rejected, and one of each that is made of them."""
    frame = frame_row(7, shot=2)
    faces = [row for row in figure_rows(frame) if row["kind"] == "face"]
    write(tmp_path / "frames/v", frames=[frame])
    write(tmp_path / "cast/x", cast=[cast_row(faces[0], "ada")])
    (tmp_path / "cast/x/cast.parquet").rename(tmp_path / "cast/v.parquet")
    kept, other = crop_row(7, shot=2), crop_row(7, shot=2, figure=1, character="bela")
    gone = crop_row(7, shot=2, stage="full", rejected_by="min_side_px", image=b"")
    spare = crop_row(7, shot=2, stage="upper")
    scene = scene_row(7, shot=2)
    write(tmp_path / "crops/v", crops=[kept, other, gone, spare], scenes=[scene])
    chosen = [selection_row(kept), selection_row(other), selection_row(spare, left_out="copy"), selection_row(scene)]
    write(tmp_path / "selection", selection=chosen)
    (tmp_path / "selection/selection.parquet").rename(tmp_path / "selection/v.parquet")
    write(tmp_path / "augmented/v", augmented=[variant_row(kept, contrast=1.1, flipped=True)])
    joined = composite_row(kept, other, background=scene["scene_id"], layout="cutout")
    write(tmp_path / "composites", composites=[joined])
    left_out = control_row(other, landmarks=None, rejected_by="max_residual", image=b"")
    write(tmp_path / "control/v", control=[control_row(kept), left_out])
    own = {"origin": "human", "seed": None}
    pictures = [class_row(0), class_row(1, "frames", parent=scene["scene_id"], **own)]
    pictures += [class_row(2, "own", parent="a/hill.jpg", **own)]
    for row in pictures:
        write(tmp_path / "regularization" / row["source"], regularization=[row])
    crops = [dataset_row(DATASET, kept, parents=[kept["frame_id"]]), dataset_row(DATASET, other)]
    vanished = {"id": f"{HEAD}-exposure-9", "origin": "exposure", "caption": "ada, dark", "parents": [HEAD, "v-9"]}
    variants = [dataset_row(DATASET, kept, **vanished)]
    write_table(crops + variants, DATASET, tmp_path / "dataset/characters/train/v.parquet")
    held = [dataset_row(DATASET, kept, id=f"{HEAD}-elsewhere")]
    write_table(held, DATASET, tmp_path / "dataset/characters/validation/v.parquet")
    drawn = dataset_row(CONTROLLED, kept, id=f"{HEAD}-landmarks", origin="landmarks", parents=[HEAD])
    write_table([drawn], CONTROLLED, tmp_path / "dataset/control/train/v.parquet")
    previews = [
        {
            "preview_id": f"solo-{step:06d}-fixed-ada-00-00", "run": "solo", "step": step, "purpose": "fixed",
            "character": "ada", "characters": ["ada"], "prompt": "ada, forest", "negative": "", "wanted": ["forest"],
            "seed": 5, "image": encode_png(picture(step)), "control_image": None, "landmarks": None,
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
    chain = story(trace("solo-000060-fixed-ada-00-00", data, PARAMS))
    assert [kind for kind, _ in chain] == ["preview", "checkpoint", "run", "dataset"]
    assert chain[1][1] == "models/solo/step-000060"
    assert chain[2][1] == "solo · lora of ada on models/pocket/sd"
    assert chain[3][1] == "data/dataset · 1 rows from crop, 1 rows from exposure of ada · videos v"


def test_step_0_is_the_bare_base(data):
    chain = story(trace("solo-000000-fixed-ada-00-00", data, PARAMS))
    assert chain[1:] == [("base model", "models/pocket/sd, without adapter")]


def test_a_variant_leads_to_its_crop(data):
    chain = story(trace(f"{HEAD}-exposure-0", data, PARAMS))
    assert [kind for kind, _ in chain][:2] == ["augmented picture", "crop"]
    assert chain[0][1] == f"{HEAD}-exposure-0 · -1.00 EV, contrast ×1.10, flipped · not in the dataset"


def test_a_crop_says_where_it_is_or_why_it_is_nowhere(data):
    said = [trace(f"v-000007-00-{stage}", data, PARAMS).text.split(" · ")[-1] for stage in ("head", "full", "upper")]
    assert said == ["dataset: train", "rejected by min_side_px", "left out by copy"]


def test_a_scene_leads_to_its_frame(data):
    chain = story(trace("v-000007-scene", data, PARAMS))
    assert [kind for kind, _ in chain] == ["scene", "frame", "time code", "video"]
    assert chain[0][1] == "v-000007-scene · ada, bela, 160×90 px · taken for train, not in the dataset yet"


def test_a_composite_leads_to_its_parts_and_what_is_behind_them(data):
    node = trace(BOTH, data, PARAMS)
    assert [part.kind for part in node.made_from] == ["crop", "crop", "scene"]
    assert [part.text.split(" · ")[0] for part in node.made_from] == [HEAD, "v-000007-01-head", "v-000007-scene"]
    assert node.text == f"{BOTH} · ada | bela, cutout, head, 128×64 px · not in the dataset"


def test_a_control_image_leads_to_its_crop(data):
    chain = story(trace(f"{HEAD}-landmarks", data, PARAMS))
    assert [kind for kind, _ in chain][:2] == ["control image", "crop"]
    assert chain[0][1] == f"{HEAD}-landmarks · landmarks · dataset: train"
    assert trace("v-000007-01-head-landmarks", data, PARAMS).text.endswith("rejected by max_residual")


def test_class_pictures_lead_to_a_model_a_scene_or_a_file(data):
    drawn, taken, own = (trace(f"reg-{name}", data, PARAMS) for name in ("drawn-00000", "frames-00001", "own-00002"))
    assert drawn.text == "reg-drawn-00000 · “1person, head”, seed 0"
    assert story(drawn)[1:] == [("base model", "models/pocket/sd")]
    assert [kind for kind, _ in story(taken)][1:3] == ["scene", "frame"]
    assert story(own)[1:] == [("file", "a/hill.jpg · raw/nature")]
    lost = trace("reg-drawn-00000", data, {**PARAMS, "regularization": {}})
    assert story(lost)[1:] == [("base model", "no longer in params.yaml")]


def test_a_row_of_the_dataset_that_is_gone_from_its_table_tells_what_it_was_made_of(data):
    node = trace(f"{HEAD}-exposure-9", data, PARAMS)
    assert node.text == f"{HEAD}-exposure-9 · characters, train · “ada, dark” · exposure"
    assert [part.kind for part in node.made_from] == ["crop", "parent"]
    assert node.made_from[1].text == f"v-9 · no longer in {data}"


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


SHOWN = ["v-000007", "v-000007-scene", HEAD, f"{HEAD}-exposure-0", f"{HEAD}-exposure-9", BOTH, f"{HEAD}-landmarks"]


@pytest.mark.parametrize("name", [*SHOWN, "reg-own-00002", "solo-000060-fixed-ada-00-00"])
def test_every_kind_of_picture_is_shown(data, tmp_path, name):
    out = export(name, tmp_path / "shown.png", data)
    assert decode(out.read_bytes()).size and id_of(str(out)) == name


def test_a_file_without_an_id_is_named_by_it(data, tmp_path):
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / "v-000007.png")
    assert find(str(tmp_path / "v-000007.png"), data).kind == "frame"


def test_errors_are_one_line(data, tmp_path):
    with pytest.raises(MissingError, match=r"^x-1: no picture has this id in .*`dvc repro`"):
        find("x-1", data)
    with pytest.raises(InputError, match="^v-000007-00-full: rejected by min_side_px, so no picture was kept"):
        export("v-000007-00-full", tmp_path / "x.png", data)
    with pytest.raises(InputError, match="^v-000007-01-head-landmarks: rejected by max_residual, so no picture"):
        export("v-000007-01-head-landmarks", tmp_path / "x.png", data)
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
