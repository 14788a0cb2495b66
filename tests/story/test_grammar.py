"""Stories of the grammar hang together, whatever the seed, the line and the number of panels."""

import json

import pytest
from told import ACTORS, GRAMMAR, KNOWN, LOST, task

from dramatis.backends.plot.telling import SIDES
from dramatis.backends.plot.words import Grammar, load_grammar
from dramatis.backends.writers import Draft
from dramatis.backends.writers.grammar import load
from dramatis.core.errors import ParameterError
from dramatis.core.params import read_yaml, validate

WRITER = load(GRAMMAR)
LINES = [
    LOST,
    "`ada` gives `bela` a red kite",
    "`ada` and `bela` meet `cyrus` at night in the old library, then they go to the beach.",
    "The wind steals `ada`'s hat, but `bela` catches it and gives it back to her",
    "`ada` looks for her headband and `bela` finds it in the forest",
    "`cyrus` zorbles",
    "`ada` breaks a lantern. `cyrus` laughs, and `bela` gives `ada` a lamp",
]
HANDS = {"lose", "take", "give", "hold", "end"}


def stories():
    for seed in range(200):
        line = LINES[seed % len(LINES)]
        panels = 1 + seed * 5 % 24
        wanted = task(line, panels, seed)
        clauses, shots, _ = WRITER.plan(wanted)
        yield wanted, clauses, shots


STORIES = list(stories())


def test_the_story_of_the_umbrella():
    draft = json.loads(WRITER.write(task(), []))
    captions = [scene["caption"] for scene in draft["scenes"]]
    assert captions == [
        "Ada walks in the snow with her umbrella.",
        "Ada loses her umbrella in the snow.",
        "Cyrus of Persia finds it.",
        "Cyrus of Persia gives the umbrella to Ada.",
    ]
    assert draft["scenes"][1]["prompt"].startswith("ada, 1person, ")
    assert "umbrella" not in draft["scenes"][1]["prompt"], "the tagger's list lacks it"
    assert all(scene["objects"] == ["umbrella"] for scene in draft["scenes"])


def test_the_same_task_is_the_same_text():
    assert WRITER.write(task(seed=3), []) == WRITER.write(task(seed=3), [])
    texts = {WRITER.write(task(panels=6, seed=seed), []) for seed in range(20)}
    assert len(texts) > 5, "seeds make different stories"


def test_the_line_is_told_in_order_and_whole():
    for wanted, clauses, shots in STORIES:
        assert len(shots) == wanted.panels
        assert [clause for shot in shots for clause in shot.clauses] == clauses


def test_things_change_hands_only_by_what_happens():
    for _, _, shots in STORIES:
        for before, shot in zip(shots, shots[1:]):
            acts = {clause.thing.entry or clause.thing.name for clause in shot.clauses if clause.thing}
            acts |= {shot.about.noun.entry or shot.about.noun.name} if shot.beat and shot.beat.effect else set()
            changed = {now.key for was, now in zip(before.after, shot.after) if was.holder != now.holder}
            assert changed <= acts


def test_a_thing_is_seen_wherever_its_holder_is():
    for _, _, shots in STORIES:
        for shot in shots:
            with_people = {held.key for held in shot.after if held.holder in shot.people and held.holder}
            assert with_people <= {stuff.noun.entry or stuff.noun.name for stuff in shot.things}


def test_a_thing_that_is_gone_comes_back_only_by_the_line():
    for _, _, shots in STORIES:
        for before, shot in zip(shots, shots[1:]):
            for was, now in zip(before.after, shot.after):
                if was.at and was.holder is None and now.holder:
                    assert HANDS & {clause.effect for clause in shot.clauses}


def test_the_place_changes_only_where_the_story_goes():
    for wanted, _, shots in STORIES:
        for before, shot in zip(shots, shots[1:]):
            if before.place != shot.place:
                assert (shot.beat and shot.beat.moves) or any(one.place or one.effect == "take" for one in shot.clauses)
        fixed = WRITER.plan(wanted._replace(place="room", line="`ada` waits", actors=ACTORS))[1]
        assert {shot.place.name for shot in fixed} == {"room"}


def test_framings_vary():
    for _, _, shots in STORIES:
        assert all(a.framing != b.framing for a, b in zip(shots, shots[1:]) if b.people or b.beat)
        assert all(len(shot.people) <= WRITER.grammar.framings[shot.framing].most_people for shot in shots)


def test_nothing_but_the_line_happens_twice_in_a_row():
    for _, _, shots in STORIES:
        assert all(a.beat is not b.beat for a, b in zip(shots, shots[1:]) if a.beat)


def test_scenes_hold():
    for wanted, _, _ in STORIES:
        draft = Draft.model_validate_json(WRITER.write(wanted, []))
        for scene in draft.scenes:
            names = [one.name for one in scene.characters]
            assert names == [name for name in wanted.actors if name in names]
            assert [one.side for one in scene.characters] == list(SIDES.get(len(names), ()))
            words = scene.prompt.split(", ")
            assert words[: len(names)] == [ACTORS[name].trigger for name in names]
            assert set(words[len(names) :]) <= KNOWN | {scene.place} and len(words) == len(set(words))
            assert "{" not in scene.caption and "[" not in scene.caption and "`" not in scene.caption


def test_everything_that_a_line_asks_for_is_obeyed():
    draft = Draft.model_validate_json(WRITER.write(task(style="flat colours, ink", place="beach", known=None), []))
    assert all(scene.prompt.endswith(", flat colours, ink") for scene in draft.scenes)
    assert "umbrella" in draft.scenes[0].prompt, "where all words are known"


def test_a_crowd_of_clauses_fits_into_few_panels():
    line = ". ".join(["`ada` finds a ball", "`bela` takes it", "`cyrus` sings"] * 9)
    for panels in (1, 2, 24):
        draft = Draft.model_validate_json(WRITER.write(task(line[:599], panels), []))
        assert len(draft.scenes) == panels


def test_faults_of_the_grammar_are_one_line():
    value = read_yaml(GRAMMAR)
    wrong = [
        (value | {"arcs": {"day": value["arcs"]["loss"]}}, "one arc needs `when: \\[\\]`"),
        (value | {"beats": {}}, "there is no beat"),
        (value | {"faces": {"calm": []}}, "there is no face"),
        (value | {"framings": {"close": value["framings"]["close"]}}, "framings lack full"),
        (value | {"spells": 1}, "unknown key"),
    ]
    for given, said in wrong:
        with pytest.raises(ParameterError, match=said):
            validate(given, Grammar, "grammar.yaml")
    assert load_grammar(GRAMMAR) == WRITER.grammar
