import pytest
from tiny_sd import clip_tokenizer
from transformers import CLIPTokenizer

from dramatis.diffusion.clip.tokenizer import letters, vocabulary, write_tokenizer


def test_numbers_are_those_of_clip():
    """Ids as the paper's own tokenizer gives them: `a photo of a cat` is the example in CLIP's model card."""
    tokenizer = clip_tokenizer()
    assert tokenizer("a photo of a cat").input_ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert len(vocabulary()) == 49408 and len(set(letters())) == 256


@pytest.mark.parametrize("pad", ["<|endoftext|>", "!"])
def test_the_files_read_as_the_tokenizer_itself(tmp_path, pad):
    write_tokenizer(tmp_path, pad)
    read, built = CLIPTokenizer.from_pretrained(tmp_path), clip_tokenizer(pad)
    assert read.model_max_length == built.model_max_length == 77
    assert read.pad_token_id == built.pad_token_id == {"!": 0}.get(pad, 49407)
    for text in ["", "Ada, red_robe", "Émile's café, 日本  12", "<|endoftext|>"]:
        assert read(text).input_ids == built(text).input_ids
