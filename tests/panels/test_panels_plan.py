"""From scenes to recipes, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playing import PANELS, PARAMS, board, person
from trainings import trained

from dramatis.core.errors import ParameterError
from dramatis.core.params import validate
from dramatis.core.recipe import Edit
from dramatis.panels.params import PanelsParams
from dramatis.panels.plan import (
    bare,
    check_edits,
    ordered,
    parts_of,
    prompt_of,
    recipe_of,
    regions_of,
    seed_of,
    size_of,
    tries_of,
    wanted_after,
    wanted_of,
)
from dramatis.players.schema import Source

WORDS = {1: "1person", 2: "2people"}
TRIGGERS = {"ada": "xada", "cyrus": "xcyrus", "bela": "xbela"}
BOTH = board(
    (
        "xcyrus, xada, 2people, head, (red robe:1.2), smile, green hoodie, forest",
        [
            person("ada", "right", outfit="red robe", expression="smile"),
            person("cyrus", "left", outfit="green hoodie", expression="smile"),
        ],
    )
).scenes[0]
ALONE = board(("xada, 1person, head, forest", [person("ada")]), ("forest, city", [])).scenes


def source(run, people, **more):
    learned = trained(triggers={who: TRIGGERS[who] for who in people}, **more)
    said = {"run": run, "step": 20, "checkpoint": "ab" * 32, "base": "base", "clip_skip": None, "family": "sd"}
    return Source(**said, trained=learned, recscore=0.5)


CAST = {"ada": source("twins", ["ada", "bela"]), "cyrus": source("solo", ["cyrus"], tokens=150)}


def test_parts_stay_whole_in_brackets():
    assert parts_of("ada, (red robe, hat:1.2), [forest], ") == ["ada", "(red robe, hat:1.2)", "[forest]"]
    assert [bare(part) for part in ("(Red robe:1.2)", "[forest]", "((hat))", "a \\(b\\)")] == [
        "red robe", "forest", "hat", "a (b)"
    ]  # fmt: skip


def test_one_of_several_is_told_of_nothing_that_is_the_others_alone():
    of_ada, of_cyrus = (
        prompt_of(BOTH, one, TRIGGERS, WORDS) for one in sorted(BOTH.characters, key=lambda one: one.name)
    )
    assert of_ada == "xada, 1person, head, (red robe:1.2), smile, forest"
    assert of_cyrus == "xcyrus, 1person, head, smile, green hoodie, forest"


def test_a_recipe_says_who_stands_where():
    recipe = recipe_of(BOTH, 3, CAST, CAST["ada"], PARAMS, WORDS)
    assert ordered(BOTH) == ["cyrus", "ada"] == [figure.character for figure in recipe.figures]
    assert [figure.region for figure in recipe.figures] == [(0, 0, 0.5, 1), (0.5, 0, 1, 1)]
    assert [figure.run for figure in recipe.figures] == ["solo", "twins"]
    assert (recipe.width_px, recipe.height_px, recipe.tokens, recipe.seed) == (96, 64, 150, 3)
    assert recipe.model_validate_json(recipe.model_dump_json()) == recipe


def test_one_alone_is_drawn_from_the_whole_prompt_anywhere():
    recipe = recipe_of(ALONE[0], 3, CAST, CAST["ada"], PARAMS, WORDS)
    (figure,) = recipe.figures
    assert figure.region is None and figure.prompt == recipe.prompt == ALONE[0].prompt
    assert recipe_of(ALONE[1], 3, {}, CAST["ada"], PARAMS, WORDS).figures == []


def test_wanted_tags_are_all_but_names():
    assert wanted_of(BOTH, TRIGGERS) == ["2people", "head", "red robe", "smile", "green hoodie", "forest"]


def test_scales_are_each_characters_own():
    params = validate(PANELS | {"scale": 0.8, "scales": {"ada": 0.5}}, PanelsParams, "test")
    recipe = recipe_of(BOTH, 3, CAST, CAST["ada"], params, WORDS)
    assert {figure.character: figure.scale for figure in recipe.figures} == {"ada": 0.5, "cyrus": 0.8}


def test_panels_share_noise_as_they_should():
    here, there = ALONE[0], ALONE[0].model_copy(update={"place": "city"})
    by = {seeds: PARAMS.model_copy(update={"seeds": seeds}) for seeds in ("story", "place", "panel")}
    assert seed_of(7, here, 1, 0, by["story"]) == seed_of(7, there, 2, 0, by["story"])
    assert seed_of(7, here, 1, 0, by["place"]) == seed_of(7, here, 2, 0, by["place"])
    assert seed_of(7, here, 1, 0, by["place"]) != seed_of(7, there, 2, 0, by["place"])
    assert seed_of(7, here, 1, 0, by["panel"]) != seed_of(7, here, 2, 0, by["panel"])
    every = [seed_of(7, here, 1, attempt, by["story"]) for attempt in range(50)]
    assert len(set(every)) == 50 and tries_of(here, 1, 7, None, by["story"]) == every[:4]
    assert tries_of(here, 1, 7, 99, by["story"]) == [99]


@given(st.integers(0, 3), st.integers(2, 64), st.floats(0, 2))
def test_sizes_are_such_as_can_be_drawn(people, eights, wider):
    params = PARAMS.model_copy(update={"width_px": eights * 8, "wider": wider})
    wide, high = size_of(people, params)
    assert wide % 8 == 0 and wide >= 16 and high == 64
    assert wide >= size_of(max(people - 1, 0), params)[0]


def test_regions_share_the_picture():
    assert regions_of(0) == [] and regions_of(1) == [None]
    thirds = regions_of(3)
    assert thirds[0][0] == 0 and thirds[-1][2] == 1
    assert all(a[2] == b[0] for a, b in zip(thirds, thirds[1:], strict=False))


def test_fewer_tries_than_pictures_to_choose_from_are_refused():
    with pytest.raises(ParameterError, match="tries = 1 must be at least best_of = 2"):
        validate(PANELS | {"tries": 1}, PanelsParams, "params.yaml", "panels")


def test_what_is_read_after_edits_is_what_they_ask_for():
    wanted = ["red clothes", "robe", "snow"]
    edits = [
        Edit(kind="replace", word="snow", by="beach"),
        Edit(kind="replace", word="smile", by="frown"),  # said of one character alone
        Edit(kind="refine", word="robe", by="(hat:1.2)"),
        Edit(kind="reweight", word="beach", weight=2),
        Edit(kind="inpaint", region=(0, 0, 1, 1), prompt="a tree"),
    ]
    assert wanted_after(wanted, edits) == ["red clothes", "robe", "hat", "beach"]
    assert wanted_after(wanted, [Edit(kind="reweight", word="robe", weight=0)]) == ["red clothes", "snow"]
    assert wanted_after(wanted, []) == wanted


def test_what_is_painted_anew_hears_only_the_prompt_of_the_whole_picture():
    recipe = recipe_of(BOTH, 3, CAST, CAST["ada"], PARAMS, WORDS)
    anew = Edit(kind="inpaint", region=(0, 0, 0.5, 1))
    of_one, of_all = (Edit(kind="reweight", word=word, weight=2) for word in ("1person", "2people"))
    check_edits([of_one, anew, of_all], recipe, "here")
    with pytest.raises(ParameterError, match="here, the 2. of them: '1person' does not stand in the prompt 'xcyrus"):
        check_edits([anew, of_one], recipe, "here")
    with pytest.raises(ParameterError, match="the 2. of them: '2people' does not stand in the prompt 'a tree'"):
        check_edits([anew.model_copy(update={"prompt": "a tree"}), of_all], recipe, "here")
