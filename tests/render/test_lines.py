from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.fonts import font
from dramatis.render.lines import broken, reading_letters, right_to_left

LETTERS = font(14)
LONG = "Donaudampfschifffahrtsgesellschaft"


def width(text):
    return LETTERS.getlength(text)


def test_worked_examples():
    assert broken("one two  three", width("one two."), width) == ["one two", "three"]
    assert broken("a\nb", 1000, width) == ["a b"] and broken("  ", 10, width) == []
    assert broken("wind-up toy", width("wind-u"), width) == ["wind-", "up toy"]
    assert broken("10\u00a0km away", width("10 km"), width) == ["10\u00a0km", "away"]


def test_japanese_breaks_between_letters_but_not_before_a_full_stop():
    lines = broken("雪が降る。風が吹く。", 4.2, len)
    assert lines == ["雪が降", "る。風が", "吹く。"]


def test_a_word_wider_than_a_line_is_cut_with_hyphens():
    lines = broken(LONG, 80, width)
    assert len(lines) > 2 and all(line.endswith("-") for line in lines[:-1])
    assert "".join(line.removesuffix("-") for line in lines) == LONG
    cyrillic = broken("электрификация", 60, width)
    assert cyrillic[0].endswith("-") and "".join(cyrillic).replace("-", "") == "электрификация"
    assert broken("1234567890", 5, len) == ["12345", "67890"]  # figures have none


def test_a_soft_hyphen_is_seen_only_where_it_breaks():
    assert broken("Schiff\u00adfahrt", 1000, width) == ["Schifffahrt"]
    assert broken("Schiff\u00adfahrt", width("Schiff--"), width) == ["Schiff-", "fahrt"]


def test_letters_are_not_parted_from_their_accents():
    assert broken("e\u0301" * 4, 2, lambda text: len(text.replace("\u0301", ""))) == [
        "e\u0301-",
        "e\u0301-",
        "e\u0301e\u0301",
    ]


@given(st.text("abÉ, -雪る。Жщ שע10\u00a0🙂W.", max_size=120), st.integers(14, 160))
def test_no_line_is_wider_than_its_place_and_no_letter_is_lost(text, room):
    lines = broken(text, room, width)
    assert all(width(line) <= room or len(line.removesuffix("-")) <= 2 for line in lines)
    bare = str.maketrans("", "", " -")
    assert "".join(lines).translate(bare) == text.translate(bare)


def test_direction_is_that_of_the_first_letter_that_has_one():
    assert right_to_left("12 שלום abc") and right_to_left("مرحبا")
    assert not right_to_left("12 abc שלום") and not right_to_left("…") and not right_to_left("")


def test_wide_letters_count_twice():
    assert reading_letters("abc") == 3 and reading_letters("雪が") == 4
