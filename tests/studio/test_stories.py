import json

import pytest
import yaml
from conftest import TOP
from studio_desk import as_json, settings, told

from dramatis.core.errors import UserError
from dramatis.core.images import decode
from dramatis.core.recipe import Edit
from dramatis.core.storyboard import Storyboard
from dramatis.pipeline.graph import load_stages
from dramatis.studio.stories import Stories
from dramatis.studio.stories_page import targets_of
from dramatis.studio.view import about_story

KITE = Edit(kind="replace", word="forest", by="beach")


@pytest.fixture
def stories(project):
    made = Stories()
    made.look()
    return made


def test_a_change_is_read_once_and_one_while_it_is_read_is_not_missed(stories, project, monkeypatch):
    assert (stories.version, stories.look()) == (1, 1)
    stories.add("new", {"line": "`cyrus` sleeps", "runs": ["solo"]})
    assert stories.look() == 2
    board = project / "data/storyboards/lost.json"
    read = stories._read

    def read_slowly():
        read()
        board.write_text(board.read_text().replace("Lost", "Found"))

    monkeypatch.setattr(stories, "_read", read_slowly)
    stories.pick("lost", 1, 5)
    assert stories.boards["lost"].title == "Lost"
    monkeypatch.setattr(stories, "_read", read)
    assert stories.look() == 4 and stories.boards["lost"].title == "Found"


def test_a_story_is_shown_with_its_panels(stories):
    about = about_story(stories, "lost")
    assert (about["title"], about["order"], about["own"], about["made"]) == ("Lost", [1, 2], False, [])
    first = about["scenes"][1]
    assert (first["who"], first["drawn"], first["seed"], first["pending"]) == ("ada", True, 7, False)
    assert decode(stories.image("lost", 2))[0, 0, 0] == 120
    assert stories.recipe("lost", 1).prompt == "ada, head, forest"
    assert as_json(about)


def test_every_decision_is_a_value_of_params_and_comments_stay(stories, project):
    stories.pick("lost", 2, 99)
    stories.edit("lost", 1, [KITE])
    stories.order("lost", [2, 1])
    stories.change("lost", {"line": "`ada` runs", "place": "beach", "style": "", "seed": 8, "panels": 2})
    said = settings(project)
    assert said["picked"] == {2: 99} and said["order"] == [2, 1]
    assert said["edits"] == {1: [{"kind": "replace", "word": "forest", "by": "beach"}]}
    assert (said["line"], said["place"], said["seed"]) == ("`ada` runs", "beach", 8) and "style" not in said
    text = (project / "params.yaml").read_text()
    assert text.startswith("# kept\n") and "lost:   # the first" in text
    about = about_story(stories, "lost")
    assert about["order"] == [2, 1] and about["scenes"][1]["pending"] and about["scenes"][2]["pending"]
    assert about["scenes"][1]["edits"] == ["forest → beach"]


def test_settings_are_written_all_or_none(stories, project):
    before = (project / "params.yaml").read_text()
    with pytest.raises(UserError, match="panels = 500"):
        stories.change("lost", {"line": "`ada` runs", "panels": 500})
    assert (project / "params.yaml").read_text() == before


def test_a_pose_waits_until_it_is_drawn(stories):
    stories.pose("lost", 1, "stories/poses/wave.png")
    assert about_story(stories, "lost")["scenes"][1]["pending"]
    stories.pose("lost", 1, None)
    assert not about_story(stories, "lost")["scenes"][1]["pending"]


def test_a_seed_that_no_generator_takes_is_refused(stories):
    with pytest.raises(UserError, match="picked.2 = .*: must be less than or equal to 9007199254740991"):
        stories.pick("lost", 2, 2**64)


def test_decisions_are_taken_back(stories, project):
    before = settings(project)
    stories.pick("lost", 2, 99)
    stories.pick("lost", 2, None)
    stories.edit("lost", 1, [KITE])
    stories.edit("lost", 1, [])
    stories.order("lost", [2])
    stories.order("lost", [1, 2])
    assert {key: value for key, value in settings(project).items() if value} == before


def test_a_new_story(stories, project):
    said = {"line": "`cyrus` sleeps", "runs": ["solo"], "panels": 3, "seed": 7, "place": "", "style": None}
    stories.add("night", said)
    made = yaml.safe_load((project / "params.yaml").read_text())["stories"]["night"]
    assert made == {"line": "`cyrus` sleeps", "runs": ["solo"], "panels": 3, "seed": 7}
    assert about_story(stories, "night")["scenes"] == {}


def test_a_text_makes_the_storyboard_a_persons(stories, project):
    stories.say("lost", 2, "caption", 'Cyrus: "no" # really')
    file = project / "stories/lost.yaml"
    board = Storyboard.model_validate(yaml.safe_load(file.read_text()))
    assert board.scenes[1].caption == 'Cyrus: "no" # really'
    assert board.scenes[0] == Storyboard.model_validate(
        json.loads((project / "data/storyboards/lost.json").read_text())).scenes[0]  # fmt: skip
    file.write_text(file.read_text() + "# mine\n")
    stories.say("lost", 1, "prompt", "ada, full body, beach")
    assert file.read_text().endswith("# mine\n") and "lost" in stories.own
    assert about_story(stories, "lost")["scenes"][1]["pending"]
    stories.forget_own("lost")
    assert not file.exists() and "lost" not in stories.own
    assert (project / "work/studio/lost.yaml").is_file()


def test_a_storyboard_by_hand_says_only_what_it_must(stories, project):
    """Line, style and cast are those of params.yaml where the file does not say, as stage `story` has it."""
    scene = {"place": "snow", "action": "x", "characters": [{"name": "ada"}], "framing": "close", "prompt": "ada, snow"}
    file = project / "stories/lost.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(yaml.safe_dump({"title": "Mine", "scenes": [scene | {"caption": "La."}]}))
    stories.look()
    assert stories.faults == {} and stories.boards["lost"].cast == {"ada": "twins", "bela": "twins", "cyrus": "solo"}
    stories.say("lost", 1, "caption", "Lo.")
    assert yaml.safe_load(file.read_text()) == {"title": "Mine", "scenes": [scene | {"caption": "Lo."}]}
    file.write_text(file.read_text().replace("name: ada", "name: dora"))
    stories.look()
    assert "dora is not in the cast of this story" in stories.faults["lost"]


def test_buttons_run_the_stages_of_a_story_in_order():
    until = {"story": ["story"], "panels": ["story", "players", "panels"]}
    until["render"] = [*until["panels"], "render"]
    for button, names in until.items():
        assert [target.split(":")[-1] for target in targets_of(button, "lost")] == [f"{name}@lost" for name in names]
    known = {stage.name.split("@")[0]: stage.file for stage in load_stages(TOP)}
    for target in targets_of("render", "lost"):
        file, _, stage = target.rpartition(":")
        assert str(known[stage.split("@")[0]]) == (file or "dvc.yaml")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda s: s.add("lost", {"line": "x", "runs": ["solo"]}), "story lost: there is one of that name"),
        (lambda s: s.add("No Way", {"line": "x", "runs": ["solo"]}), "name = 'No Way': must match"),
        (lambda s: s.add("new", {"line": "", "runs": ["solo"]}), "new.line: required"),
        (lambda s: s.add("new", {"line": "x", "runs": []}), "new.runs = []"),
        (lambda s: s.add("new", {"line": "x", "runs": ["solo"], "panels": 500}), "new.panels = 500: must be less"),
        (lambda s: s.change("lost", {"line": ""}), "stories.lost.line: required"),
        (lambda s: s.change("lost", {"panels": 0}), "stories.lost.panels = 0"),
        (lambda s: s.change("gone", {}), "story gone: there is no such story"),
        (lambda s: s.pick("lost", 3, 1), "lost, scene 3: there are scenes 1 to 2"),
        (lambda s: s.pick("lost", 1, -1), "picked.1 = -1"),
        (lambda s: s.order("lost", [1, 1]), "must name 1 once only"),
        (lambda s: s.order("lost", []), "order = []"),
        (lambda s: s.say("lost", 1, "caption", " "), "scene 1.caption = ''"),
        (lambda s: s.say("lost", 1, "caption", "a\nb"), "must hold no line breaks"),
        (lambda s: s.say("lost", 1, "place", "x"), "place: it is no text of a scene"),
        (lambda s: s.recipe("lost", 9), "lost, scene 9: it is not drawn"),
        (lambda s: s.image("../lost", 1), "it is not drawn"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_is_written(stories, project, act, said):
    before = (project / "params.yaml").read_text()
    with pytest.raises(UserError) as error:
        act(stories)
    assert said in told(error)
    assert (project / "params.yaml").read_text() == before
    assert not (project / "stories/lost.yaml").exists()


def test_a_fault_by_hand_is_told(stories, project):
    (project / "stories").mkdir()
    (project / "stories/lost.yaml").write_text("title: x\nscenes: []\n")
    stories.look()
    assert "scenes = []" in stories.faults["lost"]
    (project / "params.yaml").write_text("stories: {lost: {line: x}}\n")
    stories.look()
    assert "stories.lost.runs: required" in stories.faults[""]
