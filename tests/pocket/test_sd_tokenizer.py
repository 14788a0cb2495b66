from hypothesis import given
from hypothesis import strategies as st
from transformers import CLIPTokenizer

from dramatis.core import seeds
from dramatis.pocket.pictures import GROUPS, NAMES, caption, picture
from dramatis.pocket.tokenizer import byte_letters, caption_words, learn_merges, write_tokenizer

WORDS = caption_words(GROUPS, NAMES)


def test_merges_of_two_words_by_hand():
    # "hat" and "had" share h+a, twice; then the two ends, in alphabetical order
    assert learn_merges(["hat", "had"]) == [("h", "a"), ("ha", "d</w>"), ("ha", "t</w>")]


def test_every_byte_has_a_letter_of_its_own_that_prints():
    letters = byte_letters()
    assert len(set(letters)) == 256
    assert letters[ord("a")] == "a"
    assert all(letter.isprintable() and not letter.isspace() for letter in letters)


def test_words_of_tags_and_names():
    words = caption_words({"a": ("red_hair", "1person")}, ("ada",))
    assert words == ["ada", "hair", "person", "red"]


def test_each_word_of_a_caption_is_one_token(tmp_path):
    tokenizer = write_tokenizer(WORDS, 77, tmp_path)
    assert tokenizer.tokenize("Ada, 1person, red hair") == [
        "ada</w>",
        ",</w>",
        "1</w>",
        "person</w>",
        ",</w>",
        "red</w>",
        "hair</w>",
    ]
    assert [len(tokenizer.tokenize(word)) for word in WORDS] == [1] * len(WORDS)


def test_any_word_can_be_written_and_read_back(tmp_path):
    tokenizer = write_tokenizer(WORDS, 77, tmp_path)

    @given(st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=12))
    def check(word):
        ids = tokenizer(word).input_ids[1:-1]
        assert ids
        assert tokenizer.eos_token_id not in ids

    check()
    for word in ("zorblax", "sks", "café", "猫", "x-7"):
        ids = tokenizer(word).input_ids
        assert tokenizer.decode(ids, skip_special_tokens=True).replace(" ", "") == word


def test_the_longest_caption_fits(tmp_path):
    tokenizer = write_tokenizer(WORDS, 77, tmp_path)
    drawn = [picture(seeds.rng(1, "test", n)) for n in range(60)]
    captions = [caption(item.tags, seeds.rng(1, "test", "caption", n)) for n, item in enumerate(drawn)]
    assert max(len(tokenizer(text).input_ids) for text in captions) <= 77


def test_a_pipeline_pads_to_the_length_of_the_text_encoder(tmp_path):
    write_tokenizer(["red", "hair"], 16, tmp_path)
    tokenizer = CLIPTokenizer.from_pretrained(tmp_path)
    ids = tokenizer("red hair", padding="max_length", truncation=True).input_ids
    assert len(ids) == tokenizer.model_max_length == 16
    assert ids[3:] == [tokenizer.eos_token_id] * 13
