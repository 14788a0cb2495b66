import logging
import shutil

import pytest
from conftest import TOP
from damaging import each_damage

from dramatis.caption.tokens import told
from dramatis.core.errors import InputError, MissingError
from dramatis.diffusion.tokens import count_tokens

POCKET = TOP / "models/pocket/sd/tokenizer"


def test_words_of_the_pocket_base():
    assert count_tokens(["ada", "ada, 1person, head", ""], POCKET) == [1, 6, 0]  # 1 and person are two


def test_letters_that_no_word_has_count_one_by_one():
    one, many = count_tokens(["ada", "雪雪雪"], POCKET)
    assert many > one


def test_a_caption_may_be_longer_than_the_tokenizer_s_own_limit(caplog):
    library = logging.getLogger("transformers")  # passes nothing on to the root
    library.addHandler(caplog.handler)
    try:
        assert count_tokens([", ".join(["ada"] * 200)], POCKET) == [399]
    finally:
        library.removeHandler(caplog.handler)
    assert not caplog.text  # what is too long is said by `told`


def test_no_tokenizer_is_one_clear_line(tmp_path):
    with pytest.raises(MissingError, match="vocab.json: there is no such file. Point `caption.tokenizer`"):
        count_tokens(["ada"], tmp_path)


def test_a_damaged_tokenizer_is_one_clear_line(tmp_path):
    folder = shutil.copytree(POCKET, tmp_path / "tokenizer")
    for damage in each_damage(folder, "*.*"):
        with pytest.raises(InputError, match="Point `caption.tokenizer`"):
            count_tokens(["ada"], folder)
            pytest.fail(damage)
    assert count_tokens(["ada"], folder) == [1]


def test_told():
    assert told([10, 75, 76, 300], (225, 75)).startswith(
        "of 4 captions, so many have more tokens: 2 than 75, 1 than 225;"
    )
    assert told([10, 75], (75, 225)) is None
    assert told([], (75,)) is None
