"""New words: only they move, captions have them as diffusers spells them, and bad ones are refused."""

import logging

import pytest
import torch
from lessons import base_model, batch_of, build, settings, teach

from dramatis.core.errors import ParameterError
from dramatis.train.methods import build_method
from dramatis.train.tokens import names_of, replaced, token_of


def captions(method, *texts):
    return method.captions(batch_of(method.model, texts))


def test_only_new_rows_move(bases):
    method = build("textual_inversion", bases["sdxl"])
    before = {name: p.clone() for name, p in method.model.pipeline.unet.named_parameters()}
    tables = [encoder.get_input_embeddings().table.weight.clone() for encoder in method.model.encoders().values()]
    rows = {name: row.clone() for name, row in method.parameters()["embedding"].items()}
    teach(method, 2, 0.1)
    assert all(torch.equal(p, before[name]) for name, p in method.model.pipeline.unet.named_parameters())
    for encoder, old in zip(method.model.encoders().values(), tables, strict=True):
        assert torch.equal(encoder.get_input_embeddings().table.weight, old)
    assert list(rows) == ["<ada>", "<ada>.2"]
    assert all((row != rows[name]).any(dim=1).all() for name, row in method.parameters()["embedding"].items())


def test_each_character_has_words_of_its_own(bases):
    method = build_method("textual_inversion", base_model(bases["tiny"]), settings(), {"a": "ada", "b": "bela"})
    assert captions(method, "ada, forest", "bela, ada, lake", "") == [
        "<ada> <ada>_1, forest",
        "<bela> <bela>_1, <ada> <ada>_1, lake",
        "",
    ]
    tokenizer = method.model.pipeline.tokenizer
    ids = tokenizer("<bela> <bela>_1", add_special_tokens=False).input_ids
    assert ids == [len(tokenizer) - 2, len(tokenizer) - 1]
    table = method.model.pipeline.text_encoder.get_input_embeddings()
    with torch.no_grad():
        table.rows[1].add_(1.0)
        found = table(torch.tensor([[*ids, 3]]))[0]
    assert torch.equal(found[:2], method.parameters()["embedding"]["<bela>"])
    assert torch.equal(found[2], table.weight[3])


def test_a_style_stands_behind_every_caption_that_is_not_empty(bases):
    method = build("textual_inversion", bases["tiny"], embedding={"style": "ink", "vectors": 1})
    assert list(method.parameters()["embedding"]) == ["<ink>"]
    assert captions(method, "ada, forest", "") == ["ada, forest, <ink>", ""]


def test_a_batch_without_new_words_still_has_a_gradient(bases):
    method = build("textual_inversion", bases["tiny"])
    batch = batch_of(method.model, ["", "lake"])
    method.predict(batch.mean, torch.tensor([10, 20]), batch).sum().backward()
    assert not method.parameters()["embedding"]["<ada>"].grad.any()


def test_the_first_of_several_tokens_is_taken_and_said(bases, caplog):
    with caplog.at_level(logging.WARNING):
        method = build("textual_inversion", bases["tiny"], embedding={"init": "man"})
    assert "'man' is m + a + n</w> to the base; vectors begin as 'm'" in caplog.text
    tokenizer, table = method.model.pipeline.tokenizer, method.model.pipeline.text_encoder.get_input_embeddings()
    row = table.weight[tokenizer.convert_tokens_to_ids("m")]
    assert all(torch.equal(vector, row) for vector in method.parameters()["embedding"]["<ada>"])


def test_words_that_cannot_be(bases):
    with pytest.raises(ParameterError, match=r"train.embedding.init = 'ж': the base has no such word"):
        build("textual_inversion", bases["tiny"], embedding={"init": "ж"})
    model = base_model(bases["tiny"])
    build_method("textual_inversion", model, settings(), {"ada": "ada"})
    with pytest.raises(ParameterError, match="<ada> is a token of the base already"):
        build_method("textual_inversion", model, settings(), {"ada": "ada"})


@pytest.mark.parametrize(
    ("caption", "wanted"),
    [
        ("ada, red robe", "<a>, red robe"),
        ("bela, ada, forest", "bela, <a>, forest"),
        ("a picture of ada by a lake", "a picture of <a> by a lake"),
        ("adamant, ada_1, ada-lina, <ada>", "adamant, ada_1, ada-lina, <ada>"),
        ("ada, ada sees ada", "<a>, ada sees ada"),
        ("", ""),
    ],
)
def test_words_are_replaced_as_tags_or_else_where_they_stand_alone(caption, wanted):
    assert replaced(caption, {"ada": "<a>"}) == wanted


def test_names_of_tokens():
    assert token_of("ada") == token_of("<ada>") == "<ada>" and token_of("Ada Byron") == "<Ada Byron>"
    assert names_of("<ada>", 3) == ["<ada>", "<ada>_1", "<ada>_2"] and names_of("<ada>", 1) == ["<ada>"]
    assert replaced("ann lee, ann", {"ann": "1", "ann lee": "2"}) == "2, 1" and replaced("x", {}) == "x"
