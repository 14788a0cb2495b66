"""The edits of the benchmark, and how they are counted."""

import numpy as np
import pytest

from dramatis.attention.edit import Edited
from dramatis.bench.edits import BASE, cases, figures, measured
from dramatis.bench.edits_pairs import case_of, prompted_anew
from dramatis.bench.edits_pairs import figures as of_pairs
from dramatis.bench.edits_pairs import measured as of_pair
from dramatis.core.recipe import Edit, Figure, Recipe
from dramatis.core.storyboard import Person, Scene
from dramatis.panels.easel import Drawn
from dramatis.pocket.pictures import GROUPS

LEFT, RIGHT = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)


def test_a_hundred_edits_that_are_always_the_same():
    found = cases()
    assert len(found) == 100 and found == cases()
    assert len({case.seed for case in found}) == 100 and {case.model for case in found} == {"base", "twins", "solo"}
    for case in found:
        assert case.tag in GROUPS[case.group] and case.edit.by == case.tag.replace("_", " ")
        assert case.edit.by not in case.prompt
        assert case.edit.kind == "refine" or f", {case.edit.word}" in case.prompt
    assert BASE.name == "sd"


class Reads:
    """A judge for whom a bright picture shows the tag, and equally bright ones show one person."""

    def reads(self, image, group, tag):
        return bool(image[0, 0, 0] > 100)

    def same(self, first, second):
        return bool(abs(int(first[0, 0, 0]) - int(second[0, 0, 0])) < 100)


def grey(level):
    return np.full((2, 2, 3), level, np.uint8)


def test_figures_by_hand():
    case = next(case for case in cases() if case.group == "background")
    mask = np.array([[1, 1], [1, 0]], np.float32)
    source, target = Edited(grey(0), np.ones((2, 2), np.float32), ""), Edited(grey(110), mask, "")
    row = measured(case, [source, target], grey(220), Reads())
    assert row["mask"] == 0.75 and row["edit"] and row["plain"] and not row["same"]
    assert (row["rmse"], row["plain_rmse"]) == (110, 220)
    already = measured(case, [source._replace(image=grey(120)), target], grey(220), Reads())
    assert not already["edit"] and not already["plain"] and already["same"]
    told = figures([row, already])
    assert told["edits"] == 2 and told["edit_success"] == 0.5 and told["edit_identity"] == 0.5
    assert told["edit_rmse_ratio"] == pytest.approx((110 + 10) / (220 + 100))


def pair_recipe():
    figures = [
        Figure(character=name, run="twins", step=1, checkpoint="0" * 16, prompt=said, region=region)
        for name, said, region in (("ada", "ada, red clothes, snow", LEFT), ("bela", "bela, blue clothes, snow", RIGHT))
    ]
    said = "ada, bela, red clothes, blue clothes, snow"
    return Recipe(base="b", figures=figures, prompt=said, seed=1, width_px=96, height_px=64, drawing={})


def pair_scene():
    people = [Person(name="ada", side="left", outfit="red clothes"), Person(name="bela", outfit="blue clothes")]
    return Scene(place="snow", action="a", characters=people, framing="close", prompt="snow", caption="c")


def test_edits_of_pairs_are_about_one_or_both():
    for seed in range(8):
        clothes = case_of(pair_recipe(), pair_scene(), "outfit_colour", seed)
        assert clothes.edit.word in ("red clothes", "blue clothes") and clothes.tag in GROUPS["outfit_colour"]
        assert clothes.about == [LEFT if clothes.edit.word == "red clothes" else RIGHT]
        assert sorted(clothes.about + clothes.others) == [LEFT, RIGHT]
        assert clothes.edit.by not in ("red clothes", "blue clothes")
        place = case_of(pair_recipe(), pair_scene(), "background", seed)
        assert place.edit.word == "snow" != place.edit.by and place.tag in GROUPS["background"]
        assert place.about == [LEFT, RIGHT] and not place.others


def test_prompts_are_said_anew_where_the_word_stands():
    edit = Edit(kind="replace", word="red clothes", by="green clothes")
    found = prompted_anew(pair_recipe(), edit)
    assert found.prompt == "ada, bela, green clothes, blue clothes, snow"
    assert [one.prompt for one in found.figures] == ["ada, green clothes, snow", "bela, blue clothes, snow"]


def test_figures_of_pairs_by_hand():
    case = case_of(pair_recipe(), pair_scene(), "outfit_colour", 1)
    case = case._replace(about=[LEFT], others=[RIGHT])
    before, after, plain = (np.full((2, 4, 3), level, np.uint8) for level in (0, 0, 220))
    after[:, :2] = 110  # the left half changed
    mask = np.array([[1, 1, 0, 0]] * 2, np.float32)
    row = of_pair(case, Drawn(after, before, mask), plain, [True, False], Reads())
    assert row["edit"] and row["plain"] and row["mask"] == 0.5 and row["placed"] and not row["plain_placed"]
    assert (row["rmse"], row["plain_rmse"], row["other"], row["plain_other"]) == (0, 220, 0, 220)
    told = of_pairs([row, row | {"group": "background", "edit": False}])
    assert told["pair_edit_success"] == 0.5 and told["pair_edit_groups"]["background"]["success"] == 0
    assert told["pair_edit_other_ratio"] == 0 and told["pair_edits"] == 2
