import pytest
from studio_desk import told

from dramatis.core.errors import UserError
from dramatis.core.recipe import Recipe
from dramatis.studio.recipes import asked_of, recipe_of, says, usual_of
from dramatis.studio.runs import Runs

SAID = {"prompt": "cyrus, head, forest", "negative": "", "run": "solo", "step": 4, "scale": 0.8, "seed": 11,
        "width": 64, "height": 72, "sampler": "euler", "steps": 5, "guidance": 2.0}  # fmt: skip


@pytest.fixture
def runs(project):
    made = Runs()
    made.look()
    return made


def made(runs, **changes):
    return recipe_of(asked_of(SAID | changes), runs)


def test_a_recipe_says_all_that_was_asked(runs):
    recipe = made(runs)
    (figure,) = recipe.figures
    assert (figure.character, figure.run, figure.step, figure.scale) == ("cyrus", "solo", 4, 0.8)
    assert (recipe.seed, recipe.width_px, recipe.height_px) == (11, 64, 72)
    assert (recipe.drawing["sampler"], recipe.drawing["steps"], recipe.drawing["batch_size"]) == ("euler", 5, 1)
    assert set(recipe.versions) == {"torch", "diffusers", "transformers"}
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe


def test_who_is_called_is_drawn(runs):
    called = {"run": "twins", "step": 2}
    assert [f.character for f in made(runs, prompt="bela and ada", **called).figures] == ["ada", "bela"]
    assert [f.character for f in made(runs, prompt="adamant", **called).figures] == ["ada"]  # the run, by nobody's word
    assert made(runs, prompt="a forest", step=0).figures == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"prompt": "  "}, "prompt: it is empty"),
        ({"prompt": None}, "prompt: it is empty"),
        ({"prompt": "a\nb"}, "prompt = 'a\\nb': must hold no line breaks"),
        ({"prompt": "x" * 601}, "prompt = "),
        ({"prompt": "ada, head"}, "`ada`: run solo has not learned this word, but run twins has"),
        ({"seed": -1}, "seed = -1: must be greater than or equal to 0"),
        ({"seed": 2**53}, "seed = 9007199254740992: must be less than or equal to 9007199254740991"),
        ({"seed": ""}, "seed = ''"),
        ({"width": 65}, "width = 65: must be a multiple of 8"),
        ({"height": 8}, "height = 8: must be greater than or equal to 16"),
        ({"width": 8192}, "width = 8192: must be less than or equal to 4096"),
        ({"scale": 9}, "scale = 9: must be less than or equal to 2"),
        ({"scale": float("nan")}, "scale = nan"),
        ({"sampler": "magic"}, "sampler = 'magic'"),
        ({"steps": 0}, "steps = 0"),
        ({"run": "gone"}, "run gone: there is no such run"),
        ({"step": 3}, "solo, step 3: there are steps 2, 4"),
        ({"extra": 1}, "extra: unknown key"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(runs, changes, said):
    with pytest.raises(UserError) as error:
        made(runs, **changes)
    assert said in told(error)


def test_a_run_without_checkpoints_is_told_and_not_offered(runs, project):
    (project / "models/solo/run.json").unlink()
    runs.look()
    with pytest.raises(UserError, match="Run `dvc repro train@solo`"):
        made(runs)
    assert [run["name"] for run in usual_of(runs)["runs"]] == ["twins"]


def test_the_form_begins_with_what_is_usual(runs):
    usual = usual_of(runs)
    assert [(run["name"], run["step"], run["side"]) for run in usual["runs"]] == [("solo", 4, 64), ("twins", 2, 64)]
    assert [word["word"] for word in usual["words"]] == ["cyrus", "ada", "bela"]
    assert usual["captions"] == ["forest", "red robe"]
    runs.vote("solo", 2)
    assert usual_of(runs)["runs"][0]["step"] == 2


@pytest.mark.parametrize(
    ("prompt", "word", "there"),
    [("Ada, head", "ada", True), ("adam", "ada", False), ("<ada> x", "<ada>", True), ("<ada>", "ada", False),
     ("a (ada:1.3)", "ada", True), ("", "ada", False)],
)  # fmt: skip
def test_words_of_a_prompt(prompt, word, there):
    assert says(prompt, word) == there
