"""Stage `story` as a whole: who may be in a story, what decides its text, and what is refused."""

import json
import shutil

import pytest
import yaml
from chat_server import chat_server, says
from damaging import each_damage
from told import LOST, answer, project

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.params import validate
from dramatis.core.stories import Story
from dramatis.core.storyboard import Storyboard
from dramatis.story.material import gather
from dramatis.story.own import keep_own
from dramatis.story.run import run, storyboard


@pytest.fixture
def made(tmp_path):
    return project(tmp_path)


def entry(**changes):
    return validate({"line": LOST, "runs": ["pair", "alone"]} | changes, Story, "params.yaml", "stories.lost")


def told(made, **changes):
    return storyboard("lost", entry(**changes), *made)


def test_a_story_is_written_the_same_twice(made, tmp_path):
    for name in ("a", "b"):
        run("lost", entry(), *made, out=tmp_path / f"{name}.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    board = Storyboard.model_validate_json((tmp_path / "a.json").read_text())
    assert board.cast == {"ada": "pair", "cyrus": "alone"}, "the first run that has learned somebody"
    assert not made[1].own.exists(), "the grammar's answers need not be kept"


def test_what_the_dataset_says_of_somebody(made):
    material = gather(entry(), *made, "stories.lost")
    ada, bela, cyrus = (material.actors[name] for name in ("ada", "bela", "cyrus"))
    assert (ada.outfit, ada.people, ada.places[:2]) == ("black clothes, robe", "1person", ("head", "forest"))
    assert (bela.trigger, bela.name, cyrus.outfit) == ("blu", "Bela of the Hills", None)
    assert gather(entry(runs=["token"]), *made, "stories.lost").actors["bela"].trigger == "<blu>"
    assert gather(entry(outfits={"ada": "coat"}), *made, "stories.lost").actors["ada"].outfit == "coat"


def test_what_words_there_are_is_the_tagger_s_to_say(made):
    settings, sources = made
    nowhere = settings.tagger.model_copy(update={"weights": sources.own})
    with pytest.raises(MissingError, match=r"selected_tags.csv: there is no such list of tags"):
        storyboard("lost", entry(), settings._replace(tagger=nowhere), sources)
    captioner = nowhere.model_copy(update={"backend": "blip"})
    assert gather(entry(), settings._replace(tagger=captioner), sources, "stories.lost").known is None
    assert "snow" in gather(entry(), settings, sources, "stories.lost").known


def test_a_damaged_tokenizer_is_one_clear_line(made, tmp_path):
    settings, sources = made
    words = shutil.copytree(settings.limits.tokenizer, tmp_path / "tokenizer")
    cut = settings._replace(limits=settings.limits.model_copy(update={"tokenizer": words}))
    for damage in each_damage(words, "*.*"):
        with pytest.raises(InputError, match="tokenizer.*(no JSON|no tokenizer) can be read from it|it is empty"):
            storyboard("lost", entry(), cut, sources)
            pytest.fail(damage)


def test_names_in_backquotes_may_be_keys_triggers_or_names(made):
    for name in ("bela", "blu", "Bela of the hills"):
        board = told(made, line=f"`{name}` sings", panels=1)
        assert board.line == "`bela` sings" and board.scenes[0].prompt.startswith("blu, ")
        assert board.scenes[0].caption == "Bela of the Hills sings."


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"line": "`red` sings"}, "stories.lost: `red` is nobody that a run.*Trained are `ada`, `bela`, `cyrus`"),
        ({"line": "`bela` sings", "runs": ["alone"]}, "`bela` is nobody that a run of this story has learned"),
        ({"line": "ada sings"}, "it names nobody in backquotes.*single quotes"),
        ({"line": "`ada sings"}, "a backquote is open"),
        ({"line": "`` sings"}, "`` is nobody"),
        ({"runs": ["best"]}, "there is no run 'best'. Runs of params.yaml are alone, pair, token, poses"),
        ({"runs": ["poses"]}, "the runs poses have learned nobody"),
        ({"style": "x" * 600}, "style: with it a prompt has 6.. letters, and at most 600 are allowed"),
        ({"outfits": {"dora": "hat"}}, "stories.lost.outfits: there is no 'dora' in it"),
    ],
)
def test_what_a_story_may_not_be(made, changes, said):
    with pytest.raises(ParameterError, match=said):
        told(made, **changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"line": ""}, "stories.lost.line = '': must have at least 1 character"),
        ({"line": "  \n"}, "stories.lost.line"),
        ({"line": "`ada` " + "sings " * 200}, "must have at most 600 characters"),
        ({"panels": 0}, "stories.lost.panels = 0: must be greater than or equal to 1"),
        ({"panels": 500}, "stories.lost.panels = 500: must be less than or equal to 24"),
        ({"runs": []}, "stories.lost.runs"),
        ({"runs": ["pair", "pair"]}, "must name pair once only"),
        ({"order": [1, 1]}, "must name 1 once only"),
        ({"writer": "chance"}, "stories.lost.writer = 'chance'"),
        ({"poses": {0: "x"}}, "stories.lost.poses.0"),
        ({"edits": {1: [{"kind": "replace", "word": "hat"}]}}, "replace needs `by`"),
    ],
)
def test_faults_of_an_entry_are_one_line(changes, said):
    with pytest.raises(ParameterError, match=said):
        entry(**changes)


def test_what_is_missing_is_said(made, tmp_path):
    settings, sources = made
    with pytest.raises(MissingError, match="stage cast makes it"):
        storyboard("lost", entry(), settings, sources._replace(cast=tmp_path / "none"))
    with pytest.raises(MissingError, match="stage dataset makes it"):
        storyboard("lost", entry(), settings, sources._replace(dataset=tmp_path / "none"))
    with pytest.raises(InputError, match="'dora', whom run more has learned, is not in the cast"):
        more = {"more": settings.runs["pair"].model_copy(update={"characters": ["dora"]})}
        storyboard("lost", entry(runs=["more"]), settings._replace(runs=more), sources)


def test_a_prompt_that_is_too_long_loses_its_last_words(made):
    settings, sources = made
    short = settings.limits.model_copy(update={"token_limits": [12, 225]})
    board = storyboard("lost", entry(style="ink"), settings._replace(limits=short), sources)
    assert [scene.prompt for scene in board.scenes][0] == "ada, 1person, upper body, front view, ink"
    none = settings.limits.model_copy(update={"token_limits": [1]})
    with pytest.raises(InputError, match="asked once.*scene 4: its prompt has 3 tokens, of which only 1 are read"):
        storyboard("lost", entry(), settings._replace(limits=none), sources)


def test_a_storyboard_of_a_person_wins(made):
    settings, sources = made
    file = sources.own / "lost.yaml"
    keep_own(file, "lost", told(made))
    with pytest.raises(InputError, match="there is a storyboard already"):
        keep_own(file, "lost", told(made))
    value = yaml.safe_load(file.read_text())
    assert value["title"] and file.read_text().startswith("# A storyboard of your own")
    value["scenes"] = value["scenes"][:1] + [{**value["scenes"][0], "caption": "Дождь. 雨。"}]
    del value["cast"], value["line"]
    file.write_text(yaml.safe_dump(value, allow_unicode=True))
    board = told(made, panels=20)
    assert [scene.caption for scene in board.scenes][1:] == ["Дождь. 雨。"] and board.line == LOST
    assert board.cast["cyrus"] == "alone"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda value: value.update(scenes=[]), "scenes = \\[\\]: must have at least 1 item"),
        (lambda value: value.update(scenes=value["scenes"] * 125), "scenes = .*must have at most 24 items"),
        (lambda value: value["scenes"][0]["characters"][0].update(name="dora"), "scene 1: dora is not in the cast"),
        (lambda value: value.update(cast={"ada": "token", "cyrus": "alone"}), "cast.ada = 'token': this story has no"),
        (lambda value: value["scenes"][1].update(prompt="1person, head"), "scene 2: its prompt lacks the trigger word"),
        (lambda value: value["scenes"][1].update(prompt="ada, " + "night " * 90), "scene 2: its prompt has 9[0-9] tok"),
        (lambda value: value["scenes"][1].update(framing="bird"), "scene 2.framing = 'bird'"),
        (lambda value: value["scenes"][1].update(prompt="ada, (hat:9)"), "scene 2: a word is given the weight 9, at"),
        (
            lambda value: value["scenes"][0]["characters"][0].update(side="scenes.3"),
            "lost.yaml: scene 1, character 1.side = 'scenes.3'",
        ),
        (lambda value: value["scenes"][3]["characters"][0].update(side="right"), "right is taken twice in one scene"),
    ],
)
def test_faults_of_a_person_s_storyboard_are_one_line(made, change, said):
    value = told(made).model_dump(mode="json")
    change(value)
    made[1].own.mkdir()
    file = made[1].own / "lost.yaml"
    file.write_text(yaml.safe_dump(value))
    with pytest.raises(ParameterError, match=said) as failed:
        told(made)
    assert "lost.yaml" in failed.value.place and "\n" not in str(failed.value)


def test_a_file_that_is_no_storyboard(made):
    made[1].own.mkdir()
    for text, said in (("- 1", "it holds no storyboard"), ("a: [", "not valid YAML")):
        (made[1].own / "lost.yaml").write_text(text)
        with pytest.raises(ParameterError, match=said):
            told(made)


@pytest.fixture
def server(made, monkeypatch):
    """Settings whose writer is a server; gives a function that tells a story by it."""
    settings, sources = made
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def tell(desk, **changes):
        monkeypatch.setenv(settings.story.openai.address_env, desk.address)
        return storyboard("lost", entry(writer="openai", **changes), settings, sources)

    return tell


def test_an_answer_with_faults_goes_back_until_it_holds_and_is_kept(server, made):
    wrong = ["Once upon a time", answer(characters=[{"name": "dora"}]), "```json\n" + answer() + "\n```"]
    with chat_server(*map(says, wrong)) as desk:
        board = server(desk)
        assert len(desk.asked) == 3 and "there is no character 'dora'" in desk.asked[2]["messages"][-1]["content"]
        (kept,) = (made[1].own / "answers").iterdir()
        desk.replies[:] = [says("something else")]
        assert server(desk) == board and len(desk.asked) == 3, "it is not asked again"
        with pytest.raises(InputError, match="asked 3 times, it gave no storyboard that holds"):
            server(desk, seed=8)
        assert [kept] == list(kept.parent.iterdir()), "what does not hold is not kept"
    assert json.loads(kept.read_text())["asked"]["seed"] == 7
    kept.write_text(kept.read_text().replace('"ada"', '"dora"'))
    with pytest.raises(InputError, match="the kept answer does not hold: .*Delete the file to ask"):
        server(desk)
    kept.write_text("{}")
    with pytest.raises(InputError, match="this is no kept answer"):
        server(desk)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("<think>hm {</think>", "it is empty"),
        ("I cannot do that.", "it is no JSON, but begins with 'I cannot do that.'"),
        ("{'title': 1}", "it is no valid JSON"),
        ("{" * 100_000 + "}", "it is no valid JSON|nested too deep"),
        (f'{{"title": {"1" * 5000}}}', "it is no valid JSON"),
        ("[1, 2]", "it is no JSON"),
        ("{}", "title: required, but missing; scenes: required"),
        (answer(framing="bird"), "scenes.0.framing = 'bird'"),
        (answer(prompt=7), "scenes.0.prompt = 7"),
        (answer(prompt="night " * 90), "its prompt has .* tokens, of which only 46"),
        (json.dumps({"title": "x", "scenes": json.loads(answer())["scenes"][:1]}), "it has 1 scenes, and 4 are"),
        (json.dumps({"title": "x", "scenes": json.loads(answer())["scenes"][:2] * 2}), "'cyrus' is in no scene"),
    ],
)
def test_answers_that_do_not_hold(server, text, said):
    with chat_server(says(text)) as desk, pytest.raises(InputError, match=said) as failed:
        server(desk)
    assert len(str(failed.value)) < 1500 and "\n" not in str(failed.value)


def test_prompts_of_models_are_put_in_order(server):
    given = answer(prompt="walking, snow, ada , ink, snow", characters=[{"name": "ada", "side": "left"}])
    with chat_server(says("<think>let me see {}</think> Here it is: " + given)) as desk:
        first = server(desk, style="ink").scenes[0]
    assert first.prompt == "ada, walking, snow, ink" and first.characters[0].outfit == "black clothes, robe"
