import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_sd import clip_tokenizer, encode

from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.prompts import chunks_of, text_ids, warn_of_long_texts, window_of

BEGIN, END = 49406, 49407


@pytest.fixture(scope="module")
def tokenizer():
    return clip_tokenizer()


@pytest.fixture(scope="module")
def pipeline(bases):
    return load_pipeline(str(bases["tiny"]))


def test_a_short_text_is_what_the_tokenizer_gives(tokenizer):
    theirs = tokenizer(["ada, forest", ""], padding="max_length", truncation=True, return_tensors="pt").input_ids
    assert torch.equal(chunks_of(tokenizer, ["ada, forest", ""], 75, 77)[:, 0], theirs)


def test_chunks_by_hand(tokenizer):
    ids = text_ids(tokenizer, ["cat " * 80])[0]
    assert ids == [2368] * 80
    found = chunks_of(tokenizer, ["cat " * 80], 150, 77)[0].tolist()
    assert found == [[BEGIN] + [2368] * 75 + [END], [BEGIN] + [2368] * 5 + [END] * 71]
    assert chunks_of(tokenizer, ["cat " * 80], 75, 77)[0].tolist() == found[:1]
    assert chunks_of(clip_tokenizer("!"), ["cat"], 150, 6)[0].tolist() == [
        [BEGIN, 2368, END, 0, 0, 0],
        [BEGIN, END, 0, 0, 0, 0],
    ]


@given(st.lists(st.integers(0, 200), min_size=1, max_size=3), st.sampled_from([75, 150, 225]))
def test_no_token_is_lost_before_the_end_and_neighbours_change_nothing(lengths, tokens):
    tokenizer = clip_tokenizer_once()
    texts = ["cat " * length for length in lengths]
    found = chunks_of(tokenizer, texts, tokens, 77)
    assert found.shape == (len(texts), tokens // 75, 77)
    assert ((found == BEGIN).sum(-1) == 1).all() and ((found == END).sum(-1) >= 1).all()
    for row, text, length in zip(found, texts, lengths, strict=True):
        assert (row == 2368).sum() == min(length, tokens)
        assert torch.equal(row, chunks_of(tokenizer, [text], tokens, 77)[0])


def clip_tokenizer_once(made=[]):  # noqa: B006
    made[:] = made or [clip_tokenizer()]
    return made[0]


def test_every_vector_of_a_new_token_is_read_once():
    tokenizer = clip_tokenizer()
    tokenizer.add_tokens(["<ada>", "<ada>_1", "<ada>_2", "<bela>"])
    ada, bela, cat = [49408, 49409, 49410], 49411, 2368
    assert text_ids(tokenizer, ["<ada> cat, <bela>"]) == [[*ada, cat, 267, bela]]
    assert text_ids(tokenizer, ["<ada> <ada>_1 <ada>_2 cat"]) == [[*ada, cat]]
    assert text_ids(tokenizer, ["<ada> <ada>"]) == [[*ada, *ada]]


def test_hidden_states_of_chunks_follow_one_another(pipeline):
    window = window_of(pipeline.tokenizer, pipeline.text_encoder)
    text = "a" * (window - 2)  # in the tiny base a letter is a token
    with torch.no_grad():
        both = encode(pipeline.tokenizer, pipeline.text_encoder, [text + " b"], tokens=150)
        first = encode(pipeline.tokenizer, pipeline.text_encoder, [text])
        second = encode(pipeline.tokenizer, pipeline.text_encoder, ["b"])
    assert both.shape == (1, 2 * window, 32)
    assert torch.allclose(both, torch.cat([first, second], dim=1), atol=1e-6)


def test_encoding_is_that_of_the_pipeline(pipeline):
    with torch.no_grad():
        theirs = pipeline.encode_prompt(["ada, forest"], "cpu", 1, False)[0]
        ours = encode(pipeline.tokenizer, pipeline.text_encoder, ["ada, forest"])
    assert torch.equal(ours, theirs)


def test_clip_skip_reads_an_earlier_layer_with_the_final_norm(pipeline):
    tokenizer, text_encoder = pipeline.tokenizer, pipeline.text_encoder
    with torch.no_grad():
        last = encode(tokenizer, text_encoder, ["ada"], clip_skip=1)
        before = encode(tokenizer, text_encoder, ["ada"], clip_skip=2)
        by_hand = text_encoder.encoder.layers.pop(1)
        one_layer = encode(tokenizer, text_encoder, ["ada"])
        text_encoder.encoder.layers.append(by_hand)
    assert torch.equal(before, one_layer)
    assert not torch.equal(before, last)


def test_long_captions_are_counted_and_said(tokenizer, caplog):
    texts = ["ada", "cat " * 76, "cat " * 76, "cat " * 160]
    assert warn_of_long_texts(tokenizer, texts) == 2
    assert "2 of 3 captions pass 75 tokens" in caplog.text and "the longest has 160: cat cat" in caplog.text
    assert warn_of_long_texts(tokenizer, texts, 150) == 1
    assert warn_of_long_texts(tokenizer, texts, 225) == 0
