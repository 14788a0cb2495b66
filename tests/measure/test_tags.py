import pytest
from conftest import TOP

from dramatis.film import character as drawn
from dramatis.film.scenery import PLACES
from dramatis.measure import tags
from dramatis.measure.tags import GROUPS, HAIR_STYLES, tag_figures, true_tags
from dramatis.pocket.pictures import GROUPS as KNOWN
from dramatis.pocket.pictures import MINOR

LOOK = {
    "skin": "tan",
    "hair_colour": "red",
    "hair_style": "bun",
    "eye_colour": "blue",
    "mark": "star",
    "headgear": "cat_ears",
}
FIGURE = {"outfit": "green_robe", "pose": "front", "yaw": 0.1, "blink": False, "luma": 1.0}


def test_worked_example():
    assert true_tags(LOOK, FIGURE, "beach", "upper") == {
        "view": {"front view"},
        "hair_colour": {"red hair"},
        "hair_style": {"hair bun"},
        "eye_colour": {"blue eyes"},
        "skin": {"tan skin"},
        "mark": {"star"},
        "headgear": {"cat ears"},
        "outfit_colour": {"green clothes"},
        "background": {"beach"},
        "outfit": {"robe"},
        "light": set(),
    }


@pytest.mark.parametrize(
    "change, stage, group, true",
    [
        ({}, "head", "outfit", None),  # a head crop shows no cut: not asked for
        ({"blink": True}, "full", "eye_colour", set()),
        ({"yaw": 0.9, "pose": "profile"}, "full", "mark", set()),  # the star is on the other side
        ({"yaw": -0.9, "pose": "profile"}, "full", "mark", {"star"}),
        ({"pose": "back"}, "full", "eye_colour", set()),
        ({"pose": "three-quarter"}, "full", "view", {"turned"}),
        ({"luma": 0.4}, "full", "light", {"dark"}),
        ({"luma": 0.7}, "full", "light", None),
    ],
)
def test_what_cannot_be_seen_is_not_true(change, stage, group, true):
    assert true_tags(LOOK, FIGURE | change, "beach", stage).get(group) == true


def test_nothing_on_face_and_head_is_no_tag():
    plain = true_tags(LOOK | {"mark": "none", "headgear": "none"}, FIGURE, "beach", "full")
    assert plain["mark"] == plain["headgear"] == set()


def test_figures_by_hand():
    truth = {"hair_colour": {"red hair"}, "mark": {"star"}, "view": {"turned"}}
    found = tag_figures([(truth, {"red hair", "blue hair", "star", "beach", "smile"}), ({"mark": set()}, {"scar"})])
    assert found["tag_f1"] == pytest.approx(2 * 2 / (4 + 3))  # right: red hair, star; also said: blue hair, scar
    assert (found["tag_precision"], found["tag_recall"]) == (pytest.approx(2 / 4), pytest.approx(2 / 3))
    assert found["f1_hair_colour"] == pytest.approx(2 / 3) and found["f1_view"] == 0.0
    assert found["tagged_crops"] == 2 and "f1_background" not in found
    assert tag_figures([])["tag_f1"] == 0.0


def test_the_words_are_those_of_film_and_tagger():
    """Every group of the tagger is asked for, but for what shows little, and what boxes know better."""
    spoken = {group: {tag.replace("_", " ") for tag in words} for group, words in KNOWN.items()}
    assert {group: set(words) for group, words in GROUPS.items()} == {
        group: words for group, words in spoken.items() if group not in (*MINOR, "count", "stage")
    }
    assert set(HAIR_STYLES) == set(drawn.HAIR_STYLES) and set(tags.HAIR) == set(drawn.HAIR_COLOURS)
    assert set(PLACES) == GROUPS["background"] and set(drawn.MARKS) - {"none"} == GROUPS["mark"]
    assert (TOP / "models/pocket/wd14/selected_tags.csv").is_file()
