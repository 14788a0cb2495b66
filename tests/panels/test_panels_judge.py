"""What a panel shows, and which of several is taken, by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
from squares import BrightTagger, ColourEmbedder, SquareDetector, squares

from dramatis.core.recipe import Edit, Figure, Recipe
from dramatis.eyes.look import Eyes
from dramatis.eyes.params import SightParams
from dramatis.panels.draw import Rules, best_of
from dramatis.panels.easel import Drawn
from dramatis.panels.judge import Critic, Shown, fault_of, rank
from dramatis.panels.numbers import Panel, consistency, figures, same_share

SIGHT = SightParams(view_px=64, paper_px=64, min_face_px=8, min_second=0.5, seam=0.9, min_tag_score=0.5)
EYES = Eyes(SquareDetector(), [ColourEmbedder(0.05)], BrightTagger(), None, SIGHT)
CAST = {name: EYES.embed(EYES.faces(squares(name)))[0] for name in ("ada", "bela", "cyrus")}
CRITIC = Critic(EYES, CAST)


def recipe(*names, **more):
    count = len(names)
    regions = [(n / count, 0, (n + 1) / count, 1) if count > 1 else None for n in range(count)]
    people = [
        Figure(character=name, run="twins", step=20, checkpoint="ab" * 8, prompt=name, region=region)
        for name, region in zip(names, regions, strict=True)
    ]
    size = {"width_px": 64 * max(count, 1), "height_px": 64}
    return Recipe(base="base", figures=people, prompt="hat", seed=0, drawing={}, **size, **more)


def look(*there, asked, wanted=("red robe",)):
    return CRITIC.look(squares(*there), recipe(*asked), wanted)


def test_all_as_asked():
    shown = look("ada", "bela", asked=("ada", "bela"))
    assert shown.nearest == ["ada", "bela"] and set(shown.faces) == {"ada", "bela"}
    assert shown[2:] == (1.0, True, 0, 1.0, 1.0)
    assert fault_of(shown, ["ada", "bela"], 0.5) is None


@pytest.mark.parametrize(
    ("there", "asked", "right", "strangers", "said"),
    [
        (("bela", "ada"), ("ada", "bela"), 1, 0, "ada, bela not in their places"),
        (("ada", "cyrus"), ("ada", "bela"), 0.5, 1, "bela not found; 1 face that nobody asked for"),
        (("ada", "ada"), ("ada", "bela"), 0, 1, "bela not found; 1 face that nobody asked for"),
        (("ada", "ada"), ("ada",), 0, 1, "somebody is seen twice; 1 face that nobody asked for"),
        ((None, None), ("ada", "bela"), 0, 0, "ada and bela not found; 0.00 of the prompt's tags are read, less than"),
        (("noise",), ("ada",), 0, 1, "ada not found; 1 face"),
        (("ada",), (), 1, 1, "1 face that nobody asked for"),
    ],
)
def test_what_is_amiss_is_said(there, asked, right, strangers, said):
    shown = look(*there, asked=asked)
    assert (shown.right, shown.strangers) == (right, strangers)
    assert fault_of(shown, asked, 0.5).startswith(said)


def test_scenery_is_right_without_anybody():
    shown = look(None, asked=(), wanted=())
    assert (shown.right, shown.placed, shown.agreement) == (1.0, True, None)
    assert fault_of(shown, [], 0.5) is None


def test_tags_count_where_the_tagger_knows_them():
    assert look("ada", asked=("ada",), wanted=("red robe", "forest", "unheard of")).agreement == 0.5
    assert look("ada", asked=("ada",), wanted=("unheard of",)).agreement is None


def test_people_go_before_places_and_those_before_tags():
    def shown(right=1.0, placed=True, strangers=0, agreement=1.0, identity=1.0):
        return Shown([], {}, right, placed, strangers, agreement, identity)

    order = [
        shown(),
        shown(identity=0.5),
        shown(agreement=0.9),
        shown(strangers=1),
        shown(placed=False),
        shown(right=0.5),
    ]
    assert sorted(order, key=rank, reverse=True) == order


class FakeEasel:
    """Draws the squares that a seed stands for."""

    def __init__(self, by_seed):
        self.by_seed, self.seeds = by_seed, []

    def picture(self, recipe):
        self.seeds.append((recipe.seed, len(recipe.edits)))
        image = squares(*self.by_seed[recipe.seed])
        return Drawn(image, image, None)


def test_the_best_of_so_many_is_taken():
    easel = FakeEasel({1: ["bela"], 2: ["ada"], 3: ["ada", "cyrus"], 4: ["ada"]})
    taken = best_of(easel, CRITIC, recipe("ada"), [1, 2, 3, 4], ["hat"], Rules(3, 0.5))
    assert (taken.recipe.seed, taken.tries, taken.fault) == (2, 3, None)
    assert easel.seeds == [(1, 0), (2, 0), (3, 0)]


def test_more_are_drawn_until_one_is_right_and_no_more():
    easel = FakeEasel({1: ["bela"], 2: [None], 3: ["cyrus"], 4: ["ada"], 5: ["ada"]})
    taken = best_of(easel, CRITIC, recipe("ada"), [1, 2, 3, 4, 5], ["hat"], Rules(2, 0.5))
    assert (taken.recipe.seed, taken.tries, taken.fault) == (4, 4, None)


def test_where_none_is_right_the_best_stands_with_its_fault():
    easel = FakeEasel({1: [None], 2: ["ada", "cyrus"], 3: ["bela"]})
    taken = best_of(easel, CRITIC, recipe("ada"), [1, 2, 3], ["hat"], Rules(1, 0.5))
    assert (taken.recipe.seed, taken.tries) == (2, 3) and taken.fault == "1 face that nobody asked for"


def test_edits_are_made_on_the_one_that_was_taken():
    easel = FakeEasel({1: ["bela"], 2: ["ada"]})
    edit = Edit(kind="reweight", word="hat", weight=2)
    taken = best_of(easel, CRITIC, recipe("ada"), [1, 2], ["hat"], Rules(2, 0.5), [edit])
    assert easel.seeds == [(1, 0), (2, 0), (2, 1)] and taken.recipe.edits == [edit]


def panel(*asked, found=None, flagged=False):
    vectors = {"ada": [1, 0, 0], "odd": [0, 1, 0]}
    faces = {name: np.array(vectors[one], np.float32) for name, one in (found or {}).items()}
    return Panel(list(asked), Shown([], faces, 1.0, True, 0, 0.5, 1.0), 2, flagged)


def test_pairs_of_panels_by_hand():
    """Of four panels with ada two show the same face, one another and one nobody: one pair of six is the same."""
    four = [panel("ada", found={"ada": one}) for one in ("ada", "ada", "odd")] + [panel("ada"), panel("bela")]
    assert same_share(four, "ada", 0.1) == (6, 1)
    found = consistency(four, {"ada": 0.5}, 0.1)
    assert found == {"ada": {"pairs": 6, "consistency": 1 / 6, "consistency_ratio": 1 / 3, "recscore": 0.5}}


def test_figures_of_a_story_without_pairs_say_nothing_of_them():
    told = figures([panel("ada", found={"ada": "ada"}, flagged=True)], {}, 0.1)
    assert told["pair_placed"] is None and told["consistency_ratio"] is None
    assert (told["panels"], told["flagged"], told["tries"], told["agreement"]) == (1, 1, 2, 0.5)


def test_a_panel_whose_tagger_is_unsure_reads_regions():
    """A tagger that knows single people only: two side by side are read one by one."""
    narrow = SimpleNamespace(
        tags=BrightTagger.tags,
        scores=lambda images: np.array([[1, 1, 1] if i.shape[1] <= 64 else [0, 0, 0] for i in images], np.float32),
    )
    critic = Critic(EYES._replace(tagger=narrow), CAST)
    assert critic.look(squares("ada", "bela"), recipe("ada", "bela"), ["hat"]).agreement == 1
    assert critic.look(squares("ada", "bela"), recipe(), ["hat"]).agreement == 0
