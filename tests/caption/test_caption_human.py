import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.caption.human import FORBIDDEN, MAX_LETTERS, MAX_TAGS, fault_of, lines_of, read_captions
from dramatis.core.errors import MissingError, ParameterError

A, B = "3f9a0c21b7d4e855", "00000000000000aa"
ODD = "0123456789012345", "0b01010101010101", "1234567890123456", "1e00000000000000"
"""Hashes that YAML takes for numbers."""


def read(folder, text):
    file = folder / "captions.yaml"
    file.write_text(text, "utf-8")
    return read_captions(file)


def test_worked_example(tmp_path):
    assert read(tmp_path, f'# ours\n{B}: " ada, smiling "\n{A}: béla, 🙂 雪\n') == {
        B: "ada, smiling",
        A: "béla, 🙂 雪",
    }


def test_an_empty_file_says_nothing(tmp_path):
    assert read(tmp_path, "") == read(tmp_path, "# nothing yet\n") == {}


@pytest.mark.parametrize("key", ODD)
@pytest.mark.parametrize("caption", ["no", "12", "1.5", "2001-01-01"])
def test_what_yaml_takes_for_something_else_stays_text(tmp_path, key, caption):
    assert read(tmp_path, f"{key}: {caption}\n") == {key: caption}


def test_a_line_that_a_merge_left_twice_counts_once(tmp_path):
    assert read(tmp_path, f"{A}: ada\n{B}: x\n{A}: 'ada'\n") == {A: "ada", B: "x"}
    assert [each.line for each in lines_of(f"{A}: ada\n{B}: x\n{A}: 'ada'\n", "f")] == [1, 2, 3]


def test_two_texts_for_a_picture_name_both_lines(tmp_path):
    with pytest.raises(ParameterError) as error:
        read(tmp_path, f"{A}: ada\n{B}: x\n{A}: bela\n")
    assert "captions.yaml:1 and" in str(error.value) and "captions.yaml:3" in str(error.value)
    assert "'ada' in one line and 'bela' in the other" in str(error.value)


@pytest.mark.parametrize(
    "text, said",
    [
        ("e01-000120-00-head: x", "yaml:1: 'e01-000120-00-head' is no hash of a picture"),
        (f"{A.upper()}: x", "is no hash"),
        (f"{B}: x\n{A}:", "yaml:2: .* the caption is empty"),
        (f"{A}: null", "the caption is empty"),
        (f"{A}: ' , '", "the caption is empty"),
        (f'{A}: "ada\\x07"', r"control character \(U\+0007\)"),
        (f'{A}: "ada\\nbela"', r"yaml:1: 3f9a0c21b7d4e855: it holds a line break \(U\+000A\); a caption is one line"),
        (f"{A}: |\n  ada\n  red\n", "it holds a line break"),
        (f'{A}: "ada\\u2028"', r"control character \(U\+2028\)"),
        (f"{B}: x\n{A}: ada\x07", r"yaml:2: it holds a control character \(U\+0007\)"),
        (f"{A}: {', '.join(['tag'] * 10_000)}", "has 10000 tags, at most 1000"),
        (f"{A}: {'a' * 10_001}", "has 10001 letters, at most 10000"),
        (f"{A}: [ada, bela]", "this is no text"),
        (f"{A}: ada: b", "yaml:1: this is not valid YAML: mapping values"),
        (
            f"{B}: x\n<<<<<<< HEAD\n{A}: x\n=======\n{A}: y\n>>>>>>> me\n",
            "yaml:2: git could not merge what two people wrote",
        ),
        ("ada, smiling", "holds no captions by hash"),
        ("[" * 100_000, "yaml:1: this is no text"),
        (f"{A}:\n" + "\n".join(" " * n + "-" for n in range(1, 60)), "yaml:10: this is no text"),
        (f"- {A}", "holds no captions by hash"),
    ],
)
def test_a_fault_is_one_clear_line(tmp_path, text, said):
    with pytest.raises(ParameterError, match=said) as error:
        read(tmp_path, text)
    assert "\n" not in str(error.value) and len(str(error.value)) < 500


def test_no_file_and_no_text(tmp_path):
    with pytest.raises(MissingError, match="there is no such file"):
        read_captions(tmp_path / "captions.yaml")
    (tmp_path / "captions.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ParameterError, match="UTF-8"):
        read_captions(tmp_path / "captions.yaml")


def is_something(text):
    return bool(text.replace(",", " ").strip())


letters = st.text(st.characters(blacklist_categories=FORBIDDEN), min_size=1, max_size=40)


@given(st.dictionaries(st.from_regex(r"[0-9a-f]{16}", fullmatch=True), letters.filter(is_something), max_size=5))
def test_what_was_written_is_read(captions):
    escaped = {key: text.replace("\\", "\\\\").replace('"', '\\"') for key, text in captions.items()}
    text = "".join(f'{key}: "{value}"\n' for key, value in escaped.items() if value.isprintable())
    assert {each.picture: each.caption for each in lines_of(text, "f")} == {
        key: value.strip() for key, value in captions.items() if value.isprintable()
    }


@given(letters)
def test_a_caption_without_control_characters_is_fine(text):
    assert fault_of(text) == (None if is_something(text) else "the caption is empty")
    assert fault_of(text + "\x00") and fault_of("a" * (MAX_LETTERS + 1)) and fault_of("a," * MAX_TAGS + "a")
