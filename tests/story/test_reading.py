"""What is read out of a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import ACTORS, GRAMMAR, LOST

from dramatis.backends.plot.reading import read_line
from dramatis.backends.plot.words import load_grammar

WORDS = load_grammar(GRAMMAR)
KEYS = {name: name for name in ACTORS}


def read(line):
    return read_line(line, KEYS, WORDS)


def test_a_line_of_two_clauses():
    lose, find = read(LOST)
    assert (lose.subjects, lose.effect, lose.thing.name, lose.thing.possessive) == (("ada",), "lose", "umbrella", "her")
    assert (lose.place.entry, lose.place.said) == ("snow", "in the snow")
    assert (find.subjects, find.effect, find.thing, find.text) == (("cyrus",), "take", lose.thing, "`cyrus` finds it")


def test_weather_and_times_are_no_places():
    (clause,) = read("At night `ada` loses her umbrella in the rain")
    assert clause.place is None and {spot.entry for spot in clause.times} == {"night", "rain"}


def test_people_places_and_pronouns():
    meet, go = read("`ada` and `bela` meet `cyrus` in the old library, then they go to the beach.")
    assert (meet.subjects, meet.whom) == (("ada", "bela"), ("cyrus",))
    assert (meet.place.name, meet.place.entry) == ("old library", None)  # unknown to the grammar, and kept
    assert (go.subjects, go.place.entry, go.place.said) == (("ada", "bela", "cyrus"), "beach", "at the beach")


def test_things_are_given_to_somebody():
    give, back = read("`ada` gives `bela` a red kite but she gives it back to `ada`")
    assert (give.thing.name, give.thing.entry, give.whom) == ("red kite", "kite", ("bela",))
    assert back.effect == "give" and back.thing == give.thing


def test_nouns_that_could_be_verbs_are_nouns():
    (clause,) = read("`ada` waits for the fall")
    assert (clause.verb, clause.effect) == ("waits", "seek")


def test_what_does_not_happen_does_nothing():
    assert [clause.effect for clause in read("`ada` never finds it. `bela` does not lose her hat")] == [None, None]


@pytest.mark.parametrize(
    "line", ["`ada` идёт домой под дождём", "`ada` は傘をなくす", "`ada` zorbles", "`ada`", "`ada`, `bela`!"]
)
def test_what_is_not_understood_stays_as_it_is(line):
    (clause,) = read(line)
    assert clause.text == line.rstrip("!") and clause.effect is None


PIECES = [*"abcxyz", "`ada`", "`bela`", "and", ",", ".", "finds", "it", "her", "a", "to", "in", "the", "never"]


@given(st.lists(st.sampled_from(PIECES)))
def test_any_line_can_be_read(words):
    clauses = read(" ".join(words))
    assert clauses and all(set(clause.subjects) <= set(ACTORS) for clause in clauses)
