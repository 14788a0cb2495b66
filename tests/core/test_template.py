import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core import seeds
from dramatis.core.template import fields_of, parse, render

KNOWN = ("name", "others", "style", "tags")
ADA = {"name": ["ada"], "others": [], "style": ["toon"], "tags": ["red hair", "forest"]}
BOTH = ADA | {"others": ["bela", "cyrus"]}


def said(text, fields=ADA, draw=lambda: 0.5, **how):
    return render(parse(text, KNOWN), fields, draw, **how)


@pytest.mark.parametrize(
    "text, alone, among",
    [
        (
            "{name}, {others}, {style}, {tags}",
            "ada, toon, red hair, forest",
            "ada, bela, cyrus, toon, red hair, forest",
        ),
        ("{name}[ with {others: and }], {tags}", "ada, red hair, forest", "ada with bela and cyrus, red hair, forest"),
        ("seen with {others: and }, by night", "by night", "seen with bela and cyrus, by night"),
        (
            "{name}[/{others:/}]/COMPOSITE, {tags: }",
            "ada/COMPOSITE, red hair forest",
            "ada/bela/cyrus/COMPOSITE, red hair forest",
        ),
        ("[{others}, {name}], x", "ada, x", "bela, cyrus, ada, x"),
        ("{name}[, {others}]", "ada", "ada, bela, cyrus"),
        (r"\[{name}\] \{a\}, \\", r"[ada] {a}, \\"[:-1], r"[ada] {a}, \\"[:-1]),
        (" {name} ,,  a   b,", "ada, a b", "ada, a b"),
    ],
)
def test_worked_examples(text, alone, among):
    assert said(text) == alone
    assert said(text, BOTH) == among


def test_parts_within_parts_and_a_plain_percentage():
    assert said("[" * 20 + "{name}" + "]" * 20) == "ada"
    assert said("{name}, [80% {style}]") == "ada, 80% toon"
    assert said("{name},\n{style}\n") == "ada, toon"


def test_a_part_with_a_chance_goes_by_chance():
    assert said("{name}, [0.6: {style}], x") == "ada, toon, x"
    assert said("{name}, [0.4: {style}], x") == "ada, x"
    assert said("{name}, [1: {style}], [0: x]") == "ada, toon"
    assert said("[0.6: {name}[0.4: !]]") == "ada"


def test_over_many_pictures_the_chance_is_kept():
    draws = [seeds.rng(7, str(picture)).random for picture in range(4000)]
    there = ["toon" in said("{name}, [0.8: {style}]", draw=draw) for draw in draws]
    assert sum(there) / len(there) == pytest.approx(0.8, abs=0.02)


def test_what_is_empty_changes_no_other_draw():
    template = "[0.5: {others}], [0.5: {style}], [0.5: {name}]"
    for seed in range(20):
        alone, among = (said(template, fields, seeds.rng(seed).random) for fields in (ADA, BOTH))
        assert alone == among.removeprefix("bela, cyrus").removeprefix(", ")


def test_nothing_is_said_twice_unless_asked_for():
    assert said("{name}, Ada, {tags}, forest") == "ada, red hair, forest"
    assert said("{tags}, {tags}", repeats=True) == "red hair, forest, red hair, forest"


@pytest.mark.parametrize(
    "text, fault",
    [
        ("{nam}", r"unknown field \{nam\}, known are name, others, style, tags"),
        ("{}", r"unknown field \{\}"),
        ("a {name", "letter 3 opens is not closed"),
        ("[0.8: {name}", "letter 1 opens is not closed"),
        ("{name}]", "letter 7 closes a part"),
        ("name}", "letter 5 closes a field"),
        ("[1.8: {name}]", "chance 1.8 is not between 0 and 1"),
        ("[80%: {name}]", "chance 80% must be a number between 0 and 1"),
        ("{name}\x07", r"letter 7 is a control character \(U\+0007\)"),
        ("[" * 5000 + "{name}" + "]" * 5000, "letter 21 opens a part within 20 others, which is too deep"),
        ("", "the template is empty"),
    ],
)
def test_a_fault_is_one_clear_line(text, fault):
    with pytest.raises(ValueError, match=fault) as error:
        parse(text, KNOWN)
    assert "\n" not in str(error.value)


def test_fields_of():
    assert fields_of(parse("{name}, [0.5: {style}[ by {others}]]", KNOWN)) == {"name", "style", "others"}


words = st.lists(st.text("ab c", max_size=3), max_size=3)


@given(st.fixed_dictionaries(dict.fromkeys(KNOWN, words)), st.floats(0, 1, exclude_max=True))
def test_no_text_has_empty_pieces_or_says_something_twice(fields, drawn):
    text = said("{name}, [0.5: {others: }], x {style}, {tags}", fields, lambda: drawn)
    pieces = text.split(", ") if text else []
    assert all(piece == piece.strip() and piece for piece in pieces)
    assert len({piece.casefold() for piece in pieces}) == len(pieces)


@given(st.text("{}[]:,\\ 0.8aname", max_size=20))
def test_any_text_is_read_or_refused(text):
    try:
        parse(text, KNOWN)
    except ValueError:
        return
    assert isinstance(said(text), str)
