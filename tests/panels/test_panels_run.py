"""The stage on a base of random weights, looked at by models of a few lines."""

import json

import pytest
from playing import PANELS, board, person, place_of, runs_of, write_run
from squares import BrightTagger, ColourEmbedder, SquareDetector, squares
from tiny_sd import dataset_row, write_dataset

from dramatis.backends.detect import DetectChoice
from dramatis.backends.embed import EmbedChoice
from dramatis.backends.tag import TagChoice
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.images import decode, encode_png
from dramatis.core.params import validate
from dramatis.core.recipe import Recipe
from dramatis.core.stories import Story
from dramatis.core.tables import read_rows
from dramatis.panels.easel import Drawn, Easel
from dramatis.panels.params import CaptionWords, PanelsParams, Sight
from dramatis.panels.run import run
from dramatis.panels.settings import Settings
from dramatis.players.params import PlayersParams
from dramatis.players.run import run as players

SCENES = [
    ("xada, hat", [person("ada")]),
    ("sky", []),
    ("xcyrus, xada, hat", [person("ada", "right"), person("cyrus", "left")]),
]
SIGHT = {"view_px": 64, "paper_px": 64, "min_face_px": 8, "min_second": 0.5, "seam": 0.9, "min_tag_score": 0.5}


class SquareEasel(Easel):
    """Draws a square for each of a recipe, but bela in place of ada at odd seeds."""

    drawn = 0

    def picture(self, recipe):
        SquareEasel.drawn += 1
        names = [figure.character for figure in recipe.figures]
        image = squares(*["bela" if name == "ada" and recipe.seed % 2 else name for name in names] or [None])
        return Drawn(image, image, None)


@pytest.fixture
def project(bases, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dramatis.panels.run.load_detect", lambda **_: SquareDetector())
    monkeypatch.setattr("dramatis.panels.run.load_embed", lambda **_: ColourEmbedder(0.05))
    monkeypatch.setattr("dramatis.panels.run.load_tagger", lambda **_: BrightTagger())
    for name in ("twins", "solo"):
        write_run(tmp_path, name, bases["tiny"])
    rows = [
        dataset_row(3 * number + index, name, image={"bytes": encode_png(squares(name, shade=index)), "path": None})
        for number, name in enumerate(("ada", "bela", "cyrus"))
        for index in range(3)
    ]
    write_dataset(tmp_path / "dataset", validation=rows)
    (tmp_path / "stories").mkdir()
    return tmp_path


def draw(project, bases, *scenes, story=None, out="out", cast=None, pose_run=None, choose=True, **panels):
    """What stage panels writes; `choose` runs stage players before it."""
    settings = Settings(
        validate(PANELS | panels, PanelsParams, "params.yaml"),
        DetectChoice(backend="x", weights="x", min_score={}, max_iou=0.5, input_px=None),
        EmbedChoice(backend="x", weights="x", threshold=0.05, crop="head", expand={}, normalisation="x"),
        TagChoice(backend="x", weights="x"),
        Sight(**SIGHT, clip=None),
        CaptionWords(people_words={}),
    )
    (project / "board.json").write_text(board(*(scenes or SCENES), cast=cast).model_dump_json())
    told = Story.model_validate({"line": "`ada` waits", "runs": ["twins", "solo"]} | (story or {}))
    where = {"storyboard": project / "board.json", "place": place_of(project), "out": project / "players.json"}
    if choose:
        players("lost", told, runs_of(bases["tiny"]), PlayersParams(pose_run=pose_run), **where)
    run(
        "lost",
        told,
        settings,
        storyboard=project / "board.json",
        dataset=project / "dataset",
        players=project / "players.json",
        models=project / "models",
        out=project / out,
        metrics=project / f"{out}.json",
    )
    return read_rows(project / out / "panels.parquet", "panels"), json.loads((project / f"{out}.json").read_text())


def test_a_story_by_hand(project, bases, monkeypatch):
    monkeypatch.setattr("dramatis.panels.run.Easel", SquareEasel)
    rows, told = draw(project, bases, tries=30)
    assert [row["panel_id"] for row in rows] == ["lost-01", "lost-02", "lost-03"]
    assert [row["found"] for row in rows] == [["ada"], [], ["cyrus", "ada"]]
    assert [row["flag"] for row in rows] == [None] * 3 and [row["seed"] % 2 for row in rows][::2] == [0, 0]
    assert told["by_character"]["ada"] == {"consistency": 1, "consistency_ratio": 2, "pairs": 1, "recscore": 0.5}
    assert (told["pair_placed"], told["right"], told["flagged"]) == (1, 1, 0)
    assert decode((project / "out/sheet.png").read_bytes()).shape[2] == 3


def test_what_a_person_decided_stands(project, bases, monkeypatch):
    monkeypatch.setattr("dramatis.panels.run.Easel", SquareEasel)
    rows, _ = draw(project, bases, story={"picked": {1: 5}, "edits": {3: [{"kind": "refine", "by": "smile"}]}})
    assert (rows[0]["seed"], rows[0]["tries"]) == (5, 1)
    assert rows[0]["flag"] == "ada not found; 1 face that nobody asked for"
    assert [edit["by"] for edit in json.loads(rows[2]["recipe"])["edits"]] == ["smile"]


def test_a_killed_stage_goes_on_with_the_next_panel(project, bases, monkeypatch):
    class Killed(SquareEasel):
        def picture(self, recipe):
            if not recipe.figures:
                raise KeyboardInterrupt
            return super().picture(recipe)

    monkeypatch.setattr("dramatis.panels.run.Easel", Killed)
    with pytest.raises(KeyboardInterrupt):
        draw(project, bases)
    assert not (project / "out").exists()
    monkeypatch.setattr("dramatis.panels.run.Easel", SquareEasel)
    SquareEasel.drawn = 0
    rows, _ = draw(project, bases)
    assert len(rows) == 3 and SquareEasel.drawn == sum(row["tries"] for row in rows[1:])


def test_real_recipes_draw_the_same_bytes_again(project, bases):
    rows, told = draw(project, bases, best_of=1, tries=1)
    assert told["flagged"] == sum(row["flag"] is not None for row in rows)
    easel = Easel(project / "models")
    for row in rows:
        recipe = Recipe.model_validate_json(row["recipe"])
        assert encode_png(easel.picture(recipe).image) == row["image"]
    again, _ = draw(project, bases, best_of=1, tries=1, out="again")
    assert (project / "again/panels.parquet").read_bytes() == (project / "out/panels.parquet").read_bytes()
    assert again == rows


@pytest.mark.parametrize(
    ("story", "panels", "kind", "said"),
    [
        ({"picked": {9: 1}}, {}, ParameterError, r"stories.lost.picked: there is no scene 9; the story has 3"),
        (
            {"edits": {3: [{"kind": "refine", "by": "hat"}, {"kind": "replace", "word": "cap", "by": "hat"}]}},
            {},
            ParameterError,
            r"stories.lost.edits.3, the 2. of them: 'cap' does not stand in the prompt '.*'. Name a word as it stands",
        ),
        (
            {"edits": {1: [{"kind": "inpaint", "region": [0.5, 0.2, 0.5, 0.9]}]}},
            {},
            ParameterError,
            r"stories.lost.edits.1, the 1. of them: region 0.5,0.2,0.5,0.9: it has no area",
        ),
        (
            {"edits": {3: [{"kind": "refine", "by": "(hat:9)"}]}},
            {},
            ParameterError,
            r"stories.lost.edits.3, the 1. of them: prompt '.*\(hat:9\)': a word is given the weight 9, at most 5",
        ),
        ({"poses": {1: "stories/a.png"}}, {}, ParameterError, "`players.pose_run` names no run .* Name one of pose"),
        (
            {"poses": {1: "stories/a.png"}},
            {"pose_run": "solo"},
            ParameterError,
            "players.pose_run: solo is of method lora; poses need one",
        ),
        ({"poses": {1: "stories/a.png"}}, {"pose_run": "pose"}, MissingError, "poses.1: stories/a.png: there is no"),
        ({"poses": {1: "board.json"}}, {"pose_run": "pose"}, ParameterError, "control pictures lie below `stories/`"),
    ],
)
def test_what_a_person_decided_wrongly_is_said(project, bases, monkeypatch, story, panels, kind, said):
    write_run(project, "pose", bases["tiny"], method="controlnet")
    monkeypatch.setattr("playing.LEARNED", {"twins": ("ada", "bela"), "solo": ("cyrus",), "pose": ()})
    with pytest.raises(kind, match=said):
        draw(project, bases, story=story, **panels)


def test_players_of_another_storyboard_are_refused(project, bases):
    """As after `dvc repro --single-item`, which runs panels alone."""
    draw(project, bases)
    told = (
        "board.json: its players were chosen for another storyboard or other poses .* Run `dvc repro .*:players@lost`"
    )
    for story, cast in (({}, {"cyrus": "solo"}), ({"poses": {1: "stories/a.png"}}, None)):
        with pytest.raises(InputError, match=told):
            draw(project, bases, ("xcyrus", [person("cyrus")]), story=story, cast=cast, choose=False)


def test_somebody_of_whom_there_is_no_picture_is_named(project, bases):
    write_run(project, "twins", bases["tiny"], characters={"dora": {"trigger": "x"}})
    with pytest.raises(InputError, match="no real picture of dora with a face"):
        draw(project, bases, ("x", [person("dora")]), cast={"dora": "twins"})
