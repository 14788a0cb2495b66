"""The stage with models of a few lines: a face is a coloured square on black, and its colour is who it is."""

import json

import numpy as np
import pytest
from tiny_sd import dataset_row, write_dataset

from dramatis.backends.detect import DetectChoice, Detection
from dramatis.backends.embed import EmbedChoice
from dramatis.backends.tag import Tag, TagChoice
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import encode_png, read_image
from dramatis.core.tables import write_table
from dramatis.preview.schema import PREVIEWS
from dramatis.score import look
from dramatis.score.params import ScoreParams
from dramatis.score.run import run

COLOURS = {"ada": (250, 20, 20), "bela": (20, 250, 20), "cyrus": (20, 20, 250), "noise": (150, 150, 150)}


class SquareDetector:
    def detect(self, image):
        ys, xs = np.nonzero(image.max(axis=2) > 60)
        if not len(xs):
            return []
        box = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1], float)
        return [Detection("face", box, 0.9, None), Detection("head", box, 0.9, None)]


class ColourEmbedder:
    width, files, engine = 3, [], "none"

    def __init__(self, threshold=0.05):
        self.threshold = threshold

    def embed(self, faces):
        corners = [np.reshape(face.boxes["head"], (2, 2)) for face in faces]  # x0 y0, x1 y1
        centres = [tuple(corner.mean(0).astype(int)[::-1]) for corner in corners]
        middles = [face.image[centre] for face, centre in zip(faces, centres, strict=True)]
        rows = np.array(middles, np.float32).reshape(-1, 3)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


class BrightTagger:
    model, tags = "none", [Tag("red_robe", "general"), Tag("forest", "general")]

    def scores(self, images):
        return np.array([[image.max() / 255, 0.0] for image in images], np.float32)


def square(name, shade=0):
    image = np.zeros((64, 64, 3), np.uint8)
    if name:
        image[20:44, 20:44] = np.clip(np.array(COLOURS[name]) - shade, 0, 255)
    return encode_png(image)


def preview(step, number, shown, character="ada"):
    return {
        "preview_id": f"solo-{step:06d}-{character}-00-{number:02d}",
        "run": "solo",
        "step": step,
        "character": character,
        "prompt": f"{character}, red robe, forest",
        "wanted": ["red robe", "forest", "unknown"],
        "seed": number,
        "image": square(shown),
    }


def head(index, name):
    return dataset_row(index, name, image={"bytes": square(name, index), "path": None})


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr("dramatis.score.run.load_detect", lambda **_: SquareDetector())
    monkeypatch.setattr("dramatis.score.run.load_embed", lambda threshold, **_: ColourEmbedder(threshold or 0.2))
    monkeypatch.setattr("dramatis.score.run.load_tagger", lambda **_: BrightTagger())
    names = ["ada", "bela"]
    held_out = [head(3 * i + j, name) for i, name in enumerate(names) for j in range(3)]
    write_dataset(
        tmp_path / "dataset",
        train=[head(40 + i, name) for i, name in enumerate([*names, "cyrus"])],
        validation=held_out,
    )
    shown = {0: [None, None, "noise", "cyrus"], 80: ["ada", "ada", None, "bela"], 160: ["ada", "ada", "ada", None]}
    rows = [preview(step, i, one) for step, some in shown.items() for i, one in enumerate(some)]
    write_table(rows, PREVIEWS, tmp_path / "previews" / "previews.parquet")
    return tmp_path


def score(project, out="out", characters=("ada",), **changes):
    params = ScoreParams.model_validate(
        {
            "seed": 7,
            "view_px": 96,
            "paper_px": 96,
            "min_face_px": 8,
            "min_tag_score": 0.5,
            "resamples": 200,
            "confidence": 0.95,
            "max_control_loss": 0.3,
            "max_identified_loss": 0.3,
            "tie_margin": 0.03,
            "second_opinion": "x",
            **changes,
        }
    )
    detect = DetectChoice(backend="x", weights="x", min_score={}, max_iou=0.5, input_px=None)
    embed = EmbedChoice(backend="x", weights="x", threshold=0.05, crop="head", expand={}, normalisation="x")
    run(
        "solo",
        characters,
        params,
        detect,
        embed,
        TagChoice(backend="x", weights="x"),
        dataset=project / "dataset",
        previews=project / "previews",
        out=project / out / "solo.json",
        plots=project / out / "plots",
    )
    return json.loads((project / out / "solo.json").read_text())


def test_the_numbers_by_hand(project):
    result = score(project)
    assert result["best_step"] == 160 and result["recscore"] == 0.75 and result["base_recscore"] == 0
    assert result["identified"] == 0.75 and result["faces"] == 0.75
    assert result["by_step"]["step-000080"]["recscore"] == 0.5
    assert result["control"] == pytest.approx(0.375)  # of two known tags one is read, where there is a face
    assert result["by_character"]["ada"]["upper_bound"] == 1.0
    assert result["references"] == {"ada": 3} and result["threshold"] == 0.05
    assert "second" not in result


def test_plots_are_written_and_count_every_preview(project):
    score(project)
    folder = project / "out" / "plots"
    assert {file.name for file in folder.iterdir()} == {"score.png", "score.json", "confusion.png", "confusion.json"}
    rows = json.loads((folder / "confusion.json").read_text())
    assert [row["nearest"] for row in rows] == ["ada", "ada", "ada", "nobody"]
    assert [row["step"] for row in json.loads((folder / "score.json").read_text())] == [0, 80, 160]
    assert read_image(folder / "score.png").shape[2] == 3


def test_again_is_the_same_bytes(project):
    score(project)
    score(project, "again")
    for name in ("solo.json", *(f"plots/{name}" for name in ("score.png", "score.json", "confusion.png"))):
        assert (project / "out" / name).read_bytes() == (project / "again" / name).read_bytes()


def test_a_second_opinion_judges_the_same_step(project):
    result = score(project, second_opinion="models/other")
    assert result["second"]["threshold"] == 0.2 and result["second"]["weights"] == "models/other"
    assert result["second"]["recscore"] == 0.75 and set(result["second"]["by_character"]) == {"ada"}


def test_user_errors(project):
    with pytest.raises(InputError, match="cyrus: 0 held-out heads with a face, 2 are needed"):
        score(project, characters=("cyrus",))
    write_dataset(
        project / "dataset", validation=[head(0, "ada"), dataset_row(1, image={"bytes": square("bela"), "path": None})]
    )
    with pytest.raises(InputError, match="held-out pictures of ada: no two of 2 heads match"):
        score(project)
    (project / "previews" / "previews.parquet").unlink()
    with pytest.raises(MissingError, match="stage preview@solo makes it"):
        score(project)
    assert not (project / "out").exists()


def found(kind, box):
    return Detection(kind, np.array(box, float), 0.9, None)


def test_the_main_face_is_the_largest_with_its_own_head():
    image = np.zeros((100, 100, 3), np.uint8)
    some = [
        found("face", (0, 0, 20, 20)),
        found("face", (50, 50, 90, 90)),
        found("head", (0, 0, 30, 30)),
        found("head", (45, 40, 95, 95)),
        found("person", (0, 0, 40, 100)),
    ]
    face = look.main_face(image, some, 8)
    assert face.boxes["face"].tolist() == [50, 50, 90, 90] and face.boxes["head"].tolist() == [45, 40, 95, 95]
    assert "person" not in face.boxes
    assert look.main_face(image, some, 50) is None and look.main_face(image, [], 8) is None


def test_pictures_are_enlarged_never_shrunk_and_laid_on_paper():
    view = look.presented(np.zeros((64, 32, 3), np.uint8), 128, 200)
    assert view.shape == (200, 200, 3) and (view[36:164, 68:132] == 0).all()
    assert (view[:36] == look.GREY).all() and (view[:, :68] == look.GREY).all()
    assert look.presented(np.zeros((300, 200, 3), np.uint8), 128, 64).shape == (300, 300, 3)


def test_control_reads_tags_in_either_spelling():
    picture = np.full((8, 8, 3), 255, np.uint8)
    assert look.control(BrightTagger(), picture, ["Red_Robe", "forest", "no such"], 0.5) == 0.5
    assert look.control(BrightTagger(), picture, ["no such"], 0.5) is None
