"""`dramatis sheet` on a project of one video, whose faces people and references named."""

import json

import numpy as np
import pytest
import yaml
from builders import cast_row, figure_rows, picture, quality_row, worn_row, write
from conftest import TOP
from PIL import Image
from shards import frames_of

from dramatis.cast.schema import CHARACTERS, CLUSTERS
from dramatis.cli.main import app
from dramatis.cluster.schema import FACES, MAP
from dramatis.core.errors import MissingError
from dramatis.core.tables import read_rows, write_table
from dramatis.sheets.files import MARK
from dramatis.sheets.run import read_faces, write_sheets

SETTINGS = yaml.safe_load((TOP / "params.yaml").read_text())
SEEN = {"seconds": 2.0, "shots": 2, "tracks": 2, "faces": 2}
PEOPLE = [("ada", "o1"), ("ada", None), (None, None), (None, None), ("bela", "o2"), (None, None)]
ORIGINS = ["reference", "reference", "none", "decision", "decision", "not_a_person"]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Six frames of six shots with a face each: ada twice, a cluster without a name, two rejected ones, and bela."""
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    frames_of([picture(n, 320, 180) for n in range(6)], data / "frames/v", shots=list(range(6)))
    frames = read_rows(data / "frames/v/frames.parquet", "frames")
    faces = [figure_rows(frame)[0] for frame in frames]
    write(data / "detections/v", detections=faces)
    rules = [None, "blur", None, None, None, None]
    write(data / "quality/v", quality=[quality_row(f, rejected_by=rule) for f, rule in zip(faces, rules, strict=True)])
    cast = [
        cast_row(face, who, origin) | {"cluster_id": "c2" if n == 2 else "c1", "moment": f"v@{n}.000:0.5,0.5"}
        for n, (face, (who, _), origin) in enumerate(zip(faces, PEOPLE, ORIGINS, strict=True))
    ]
    write(data / "cast", cast=cast)["cast"].rename(data / "cast/v.parquet")
    names = [{"character": n, "display": n.title(), "trigger": n, "clusters": 1, **SEEN} for n in ("ada", "bela")]
    write_table(names, CHARACTERS, data / "cast/characters.parquet")
    rest = {"open_faces": 1, "moment": "v@2.000:0.5,0.5"}
    one = {"cluster_id": "c2", "character": None, "origin": "none", **SEEN, **rest}
    write_table([one, one | {"cluster_id": "c1", "origin": "reference"}], CLUSTERS, data / "cast/clusters.parquet")
    worn = [worn_row(f, who, outfit) for f, (who, outfit) in zip(faces, PEOPLE, strict=True) if who]
    write(data / "outfits", outfits=worn)["outfits"].rename(data / "outfits/v.parquet")
    keys = [{key: face[key] for key in ("detection_id", "video", "frame_id", "track_id")} for face in faces]
    clustered = [
        key | {"cluster_id": row["cluster_id"], "similarity": 0.9, "used": True} for key, row in zip(keys, cast)
    ]
    write_table(clustered, FACES, data / "clusters/faces.parquet")
    points = [{"detection_id": f["detection_id"], "x": n, "y": n, "cluster_id": "c1"} for n, f in enumerate(faces)]
    write_table(points, MAP, data / "clusters/map.parquet")
    (data / "embeddings/v").mkdir(parents=True)
    (data / "embeddings/v/model.json").write_text(json.dumps({"threshold": 0.2}))
    settings = {name: SETTINGS[name] for name in ("cast", "cluster")} | {"videos": {"v": {"source": "raw/v.mp4"}}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(settings))
    return tmp_path


def test_a_sheet_for_each_character_and_the_others(project):
    from typer.testing import CliRunner

    result = CliRunner().invoke(app, ["sheet", "--out", "elsewhere"], catch_exceptions=False)
    names = {"character-ada.png", "character-bela.png", "unnamed.png", "rejected.png", "map.png"}
    assert result.exit_code == 0 and {file.name for file in (project / "elsewhere").iterdir()} == names
    assert {line.split("/")[-1] for line in result.output.splitlines() if line.endswith(".png")} == names
    for name in names:
        assert np.asarray(Image.open(project / "elsewhere" / name)).shape[1] > 800


def test_the_doubtful_section_comes_last(project):
    """A page of ada: a green edge beside her outfit, an orange one beside the blurred face below it."""
    write_sheets()
    edge = np.asarray(Image.open(project / "sheets/character-ada.png").convert("RGB"))[:, 2].tolist()
    colours = list(dict.fromkeys(tuple(pixel) for pixel in edge if pixel != [255, 255, 255]))
    assert colours == [(0x4C, 0x8F, 0x5B), (0xD9, 0x82, 0x2B)]


def test_sheets_of_the_last_time_go_and_other_files_stay(project):
    write_sheets()
    (project / "sheets/notes.png").write_bytes(b"mine")
    Image.new("RGB", (4, 4)).save(project / "sheets/mine.png")
    (project / "sheets/character-ada.png").rename(project / "sheets/character-zoe.png")
    write_sheets()
    assert {file.stem for file in (project / "sheets").iterdir()} == {
        *("character-ada", "character-bela", "unnamed", "rejected", "map", "notes", "mine")
    }
    assert MARK in Image.open(project / "sheets/map.png").info


def test_faces_know_what_all_stages_say_of_them(project):
    faces = read_faces("v", project / "data")
    assert [face["character"] for face in faces] == [who for who, _ in PEOPLE]
    assert [face["outfit_id"] for face in faces] == [outfit for _, outfit in PEOPLE]
    assert faces[1]["rejected_by"] == "blur" and faces[0]["nearness"] == pytest.approx(0.9)


def test_what_has_not_run_is_named(project):
    (project / "data/outfits/v.parquet").unlink()
    with pytest.raises(MissingError, match="stage outfit makes it"):
        write_sheets()
