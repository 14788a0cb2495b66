"""The stage with models of a few lines: a face is a coloured square on black, and its colour is who it is."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from previewed import SCORE, preview, write_previews
from squares import BrightTagger, ColourEmbedder, SquareDetector, squares
from tiny_sd import dataset_row, write_dataset

from dramatis.backends.detect import DetectChoice, Detection
from dramatis.backends.embed import EmbedChoice
from dramatis.backends.landmarks import LandmarkChoice, Landmarks
from dramatis.backends.tag import TagChoice
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import encode_jpeg, encode_png, read_image
from dramatis.core.tables import stored_box, write_table
from dramatis.eyes import look
from dramatis.score.params import ScoreParams
from dramatis.score.run import Choices, run
from dramatis.score.schema import STRANGERS


class CornerMarks:
    """The 68 points of a face lie on its upper left corner, but for the last, on the lower right one."""

    files, engine = [], "none"

    def find(self, image, box):
        return Landmarks(np.array([box[:2]] * 67 + [box[2:]]), np.ones(68))


def head(index, name):
    return dataset_row(index, name, image={"bytes": encode_png(squares(name, shade=index)), "path": None})


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr("dramatis.score.run.load_detect", lambda **_: SquareDetector())
    monkeypatch.setattr("dramatis.score.run.load_embed", lambda threshold, **_: ColourEmbedder(threshold or 0.2))
    monkeypatch.setattr("dramatis.score.run.load_tagger", lambda **_: BrightTagger())
    monkeypatch.setattr("dramatis.score.run.load_landmarks", lambda *_: CornerMarks())
    names = ["ada", "bela"]
    held_out = [head(3 * i + j, name) for i, name in enumerate(names) for j in range(3)]
    write_dataset(
        tmp_path / "dataset",
        train=[head(40 + i, name) for i, name in enumerate([*names, "cyrus"])],
        validation=held_out,
    )
    (tmp_path / "other").mkdir()
    known = {"face": stored_box((20, 20, 44, 44)), "head": stored_box((20, 20, 44, 44))}
    rows = [{"stranger_id": "0", "image": encode_jpeg(squares("cyrus")), **known}]
    write_table(rows, STRANGERS, tmp_path / "strangers.parquet")
    write_previews(solo(), tmp_path / "previews")
    return tmp_path


def solo(**changes):
    shown = {0: [None, None, "noise", "cyrus"], 80: ["ada", "ada", None, "bela"], 160: ["ada", "ada", "ada", None]}
    return [
        preview(step, number, squares(one), **changes)
        for step, some in shown.items()
        for number, one in enumerate(some)
    ]


def score(project, out="out", characters=("ada",), landmark="heatmap_onnx", **changes):
    own = {"view_px": 64, "strangers": project / "strangers.parquet", "max_copy_risk": 1.0}
    choices = Choices(
        DetectChoice(backend="x", weights="x", min_score={}, max_iou=0.5, input_px=None),
        EmbedChoice(backend="x", weights="x", threshold=0.05, crop="head", expand={}, normalisation="x"),
        TagChoice(backend="x", weights="x"),
        LandmarkChoice(backend=landmark, weights="x"),
    )
    run(
        "solo",
        characters,
        ScoreParams.model_validate(SCORE | own | changes),
        choices,
        dataset=project / "dataset",
        previews=project / "previews",
        out=project / out / "solo",
        metrics=project / out / "solo.json",
        plots=project / out / "plots",
    )
    return json.loads((project / out / "solo/verdict.json").read_text())


def test_the_numbers_by_hand(project):
    result = score(project)
    assert result["best_step"] == 160 and result["recscore"] == 0.75 and result["base_recscore"] == 0
    assert result["identified"] == 0.75 and result["faces"] == 0.75 and result["gain"] == 0.75
    assert result["by_step"]["step-000080"]["recscore"] == 0.5
    assert result["control"] == pytest.approx(0.375)  # of two known tags one is read, where there is a face
    assert result["attributes"] == 0.75  # the hat, which no prompt asks for
    assert result["by_character"]["ada"]["upper_bound"] == 1.0 and result["leaks"] == 0
    assert result["references"] == {"ada": 3} and result["threshold"] == 0.05
    assert "second" not in result and result["oracle_spearman"] is None and result["previews"] == 4
    few = json.loads((project / "out/solo.json").read_text())
    assert few["recscore"] == 0.75 and few["recscore_low"] <= 0.75 and "reason" not in few and "by_character" not in few


def test_every_number_and_every_preview_has_a_row(project):
    result = score(project)
    steps = pq.read_table(project / "out/solo/steps.parquet").to_pylist()
    row = next(row for row in steps if row["key"] == "000160-ada-recscore")
    assert (row["value"], row["change"]) == (0.75, 0.75) and row["low"] <= 0.75 <= row["high"]
    judged = pq.read_table(project / "out/solo/judged.parquet").to_pylist()
    shown = [row for row in judged if row["step"] == 160]
    assert np.mean([dict(row["values"])["match"] for row in shown]) == result["recscore_raw"]
    assert [row["nearest"] for row in shown] == ["ada", "ada", "ada", None]


def test_plots_are_written_and_count_every_preview(project):
    score(project)
    folder = project / "out" / "plots"
    assert {file.name for file in folder.iterdir()} == {"score.png", "score.json", "confusion.png"}
    counts = json.loads((project / "out/solo/confusion.json").read_text())
    assert counts == {"ada": {"ada": 3, "bela": 0, "cyrus": 0, "nobody": 1}}
    curves = json.loads((folder / "score.json").read_text())
    assert [row["step"] for row in curves if row["measure"] == "recscore"] == [0, 80, 160]
    assert read_image(folder / "score.png").shape[2] == 3


def test_again_is_the_same_bytes(project):
    score(project, second_opinion=str(project / "other"))
    score(project, "again", second_opinion=str(project / "other"))
    names = [file.relative_to(project / "out") for file in (project / "out").rglob("*") if file.is_file()]
    assert len(names) == 8
    for name in names:
        assert (project / "out" / name).read_bytes() == (project / "again" / name).read_bytes()


def test_a_second_opinion_judges_every_step(project):
    result = score(project, second_opinion=str(project / "other"))
    assert result["second"]["threshold"] == 0.2 and result["second"]["weights"] == str(project / "other")
    assert result["second"]["recscore"] == 0.75 and set(result["second"]["by_character"]) == {"ada"}
    assert result["oracle_spearman"] == pytest.approx(1)


def test_strangers_are_a_table_or_a_folder(project):
    assert score(project)["identified_strangers"] == 0.75
    (project / "others").mkdir()
    (project / "others/one.png").write_bytes(encode_png(squares("bela")))
    assert score(project, strangers=str(project / "others"))["identified_strangers"] == 0.75


def test_two_characters_and_a_pair(project):
    rows = []
    for step, ada, bela, pair in [(0, "noise", None, (None, None)), (80, "ada", "bela", ("ada", "bela"))]:
        for number in range(2):
            rows += [preview(step, number, squares(ada)), preview(step, number, squares(bela), "bela")]
            shown = squares(*(pair if number else pair[::-1]))
            changes = {"purpose": "pair", "characters": ["ada", "bela"], "prompt": "ada, bela"}
            rows.append(preview(step, number, shown, None, **changes))
        rows.append(preview(step, 0, squares("cyrus"), None, purpose="forget", prompt="a sea"))
    write_previews(rows, project / "previews")
    result = score(project, characters=("ada", "bela"), view_px=128, paper_px=128)
    assert result["recscore"] == 1 and result["pair"]["both_found"] == 1 and result["pair"]["in_place"] == 0.5
    assert result["pair"]["base_both_found"] == 0 and result["pair"]["cloned"] == 0 == result["pair"]["blended"]
    assert result["forget"]["forgetting"] == 0  # the same picture as the base's


def test_leaks_are_two_figures_also_against_the_negative_prompt(project):
    rows = [
        preview(
            step,
            number,
            squares(*shown),
            negative="COMPOSITE" if number else "",
            purpose="guard" if number else "fixed",
        )
        for step, pictures in {0: [["ada"], ["ada"]], 80: [["ada", "ada"], ["ada"]]}.items()
        for number, shown in enumerate(pictures)
    ]
    write_previews(rows, project / "previews")
    result = score(project, view_px=128, paper_px=128)
    assert (result["leaks"], result["base_leaks"], result["leaks_negative"]) == (1, 0, 0)
    assert result["identified"] == 1  # those of purpose guard count for leaks alone


def test_a_control_image_asks_for_a_pose(project):
    asked = np.array([[20 / 64, 20 / 64]] * 67 + [[44 / 64, 44 / 64]]).ravel()
    changes = {"purpose": "control", "landmarks": asked.tolist(), "control_image": encode_png(squares())}
    rows = [preview(step, 0, squares(one), **changes) for step, one in {0: None, 80: "noise", 160: "ada"}.items()]
    write_previews(rows, project / "previews")
    result = score(project)
    assert result["aim"] == "pose_error" and result["base_pose_error"] == 1
    assert result["pose_error"] == pytest.approx(0, abs=0.02) and result["best_step"] == 80
    with pytest.raises(InputError, match="landmark.backend: null, but previews with control images"):
        score(project, landmark=None)


def test_a_style_has_no_characters(project):
    dark, bright = np.full((64, 64, 3), 20, np.uint8), squares("ada")
    rows = [preview(step, n, one, None) for step, one in {0: dark, 40: bright, 80: dark}.items() for n in range(2)]
    write_previews(rows, project / "previews")
    result = score(project, characters=())
    assert result["aim"] == "style_gain" and result["best_step"] == 40 and result["style_gain"] > 0.5
    assert result["recscore"] is None and result["identified"] is None and result["by_character"] == {}
    assert {file.name for file in (project / "out/plots").iterdir()} == {"score.png", "score.json"}


def test_what_is_missing_is_said_in_one_line(project):
    with pytest.raises(InputError, match="previews of ada, but the run learned cyrus"):
        score(project, characters=("cyrus",))
    with pytest.raises(MissingError, match="score.second_opinion = none: there are no such weights"):
        score(project, second_opinion="none")
    with pytest.raises(MissingError, match="score.strangers: none: there is no such folder or table"):
        score(project, strangers="none")
    (project / "empty").mkdir()
    with pytest.raises(InputError, match="score.strangers: .*: no picture in it shows a face"):
        score(project, strangers=str(project / "empty"))
    alone = [head(0, "ada"), dataset_row(1, image={"bytes": encode_png(squares("bela")), "path": None})]
    write_dataset(project / "dataset", validation=alone)
    with pytest.raises(InputError, match="held-out pictures of ada: no two of 2 heads match"):
        score(project)
    write_dataset(project / "dataset", validation=[head(0, "ada"), head(1, "bela")])
    with pytest.raises(InputError, match="ada: 1 held-out heads with a face, 2 are needed. Hold out more"):
        score(project)
    write_dataset(project / "dataset", train=[head(0, "bela")], validation=[head(1, "bela")])
    with pytest.raises(InputError, match="ada: no such character in the dataset; held-out pictures are of bela"):
        score(project)
    write_previews([row for row in solo() if row["step"]], project / "previews")
    with pytest.raises(InputError, match=r"previews of steps \[80, 160\], not of the base \(0\) and a checkpoint"):
        score(project)
    write_previews(solo() + [preview(0, 9, squares("ada"))], project / "previews")
    with pytest.raises(InputError, match="previews of ada at step 80 are not of the prompts and seeds of the base"):
        score(project)
    write_previews(solo() + solo(purpose="pair", characters=["ada", "zoe"]), project / "previews")
    with pytest.raises(InputError, match="pairs with zoe, whom the run did not learn"):
        score(project)
    old = pq.read_table(project / "previews" / "previews.parquet").drop_columns(["purpose", "landmarks"])
    pq.write_table(old, project / "previews" / "previews.parquet")
    with pytest.raises(InputError, match="it has no column purpose, landmarks. Run `dvc repro`"):
        score(project)
    (project / "previews" / "previews.parquet").unlink()
    with pytest.raises(MissingError, match="stage preview@solo makes it"):
        score(project)
    assert not (project / "out").exists()


def found(kind, box):
    return Detection(kind, np.array(box, float), 0.9, None)


def test_the_first_face_is_the_largest_with_its_own_head():
    image = np.zeros((100, 100, 3), np.uint8)
    some = [
        found("face", (0, 0, 20, 20)),
        found("face", (50, 50, 90, 90)),
        found("head", (0, 0, 30, 30)),
        found("head", (45, 40, 95, 95)),
        found("person", (0, 0, 40, 100)),
    ]
    face, other = look.faces_of(image, some, 8)
    assert other.boxes["face"].tolist() == [0, 0, 20, 20]
    assert face.boxes["face"].tolist() == [50, 50, 90, 90] and face.boxes["head"].tolist() == [45, 40, 95, 95]
    assert "person" not in face.boxes
    assert look.faces_of(image, some, 50) == look.faces_of(image, [], 8) == []


def test_pictures_are_enlarged_never_shrunk_and_laid_on_paper():
    view = look.presented(np.zeros((64, 32, 3), np.uint8), 128, 200)
    assert view.image.shape == (200, 200, 3) and (view.image[36:164, 68:132] == 0).all()
    assert (view.image[:36] == look.GREY).all() and (view.image[:, :68] == look.GREY).all()
    assert look.presented(np.zeros((300, 200, 3), np.uint8), 128, 64).image.shape == (300, 300, 3)
    assert view.shares(np.array([[68, 36], [132, 164], [100, 100]])).tolist() == [[0, 0], [1, 1], [0.5, 0.5]]


def test_tags_are_read_in_either_spelling():
    numbers = look.numbers_of(BrightTagger())
    assert numbers[look.spelling("Red_Robe")] == 0 and "no such" not in numbers
    scores = BrightTagger().scores([np.full((8, 8, 3), 255, np.uint8)])[0]
    assert look.read_share(scores, [0, 1], 0.5) == 0.5 and np.isnan(look.read_share(scores, [], 0.5))
