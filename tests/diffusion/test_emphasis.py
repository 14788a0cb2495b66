import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.errors import ParameterError
from dramatis.diffusion.emphasis import Piece, literal, pieces, plain
from dramatis.diffusion.emphasised import encode, place_of, token_weights
from dramatis.diffusion.model import load_model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import sample

PARAMS = DrawingParams(steps=2, guidance=3, negative="", batch_size=4, precision="fp32", device="cpu", threads=1)


@pytest.mark.parametrize(
    "prompt, expected",
    [
        ("a hat", [("a hat", 1)]),
        ("a (hat:1.3), b", [("a ", 1), ("hat", 1.3), (", b", 1)]),
        ("(hat)", [("hat", 1.1)]),
        ("[hat]", [("hat", 1 / 1.1)]),
        ("((hat))", [("hat", 1.21)]),
        ("(red (hat:2):0.5)", [("red ", 0.5), ("hat", 1)]),
        ("(a:b: 1.5 )", [("a:b", 1.5)]),
        (r"fate \(saber\)", [("fate (saber)", 1)]),
        (r"\\(a)", [("\\", 1), ("a", 1.1)]),
        ("a (hat", [("a (hat", 1)]),
        ("a) [b)", [("a) [b)", 1)]),
        ("[hat:0.5]", [("hat:0.5", 1 / 1.1)]),
        ("3:4", [("3:4", 1)]),
        ("()", []),
        ("", []),
    ],
)
def test_notation(prompt, expected):
    found = pieces(prompt)
    assert [piece.text for piece in found] == [text for text, _ in expected]
    assert [piece.weight for piece in found] == pytest.approx([weight for _, weight in expected])


@given(st.text(alphabet="ab ()[]:\\.1,", max_size=30))
def test_a_literal_text_is_read_as_it_stands(text):
    assert plain(literal(text)) == text
    assert all(piece.weight == 1 for piece in pieces(literal(text)))


@given(st.text(alphabet="ab :\\.1,é", max_size=20))
def test_a_text_without_brackets_stays(text):
    kept = text.replace("\\\\", "\\")
    assert "".join(piece.text for piece in pieces(text)) in (text, plain(text)) and (
        plain(text) == text or "\\\\" in kept + text
    )


@pytest.mark.parametrize("prompt", ["(hat:9)", "(hat:-5.1)"])
def test_a_weight_out_of_bounds(prompt):
    with pytest.raises(ParameterError, match="at most 5"):
        pieces(prompt)


def test_tokens_have_the_weight_of_their_piece(bases):
    model = load_model(str(bases["sd15"]))
    weights = token_weights(model.tokenizers()["text_encoder"], "a (umbrella stand:1.5) b")
    assert weights[0] == weights[-1] == 1 and set(weights[1:-1]) == {1.5} and len(weights) >= 4


def test_places_skip_begins_and_ends():
    assert [place_of(token, 77) for token in (0, 74, 75, 149)] == [1, 75, 78, 152]


@pytest.mark.parametrize("layout", ["sd15", "sdxl"])
def test_a_weight_moves_its_own_token_alone(bases, layout):
    model = load_model(str(bases[layout]))
    usual, strong = encode(model, ["a hat, b"], 150), encode(model, ["a (hat:1.5), b"], 150)
    moved = (usual.hidden != strong.hidden).any(-1)[0].nonzero().flatten().tolist()
    assert moved and set(moved) <= set(range(2, 4))
    empty = model.encode([""], 150).hidden
    assert torch.equal(encode(model, ["a (hat:0), b"], 150).hidden[0, moved], empty[0, moved])


@pytest.mark.parametrize("layout", ["tiny", "sdxl"])
def test_prompts_without_emphasis_draw_the_same_bits(bases, layout):
    model = load_model(str(bases[layout]))
    draw = lambda *prompts: list(sample(model, prompts, range(len(prompts)), PARAMS))  # noqa: E731
    first, second = draw("a hat", "b"), draw(r"a hat", "(b:1.0)")
    assert np.array_equal(first, second)
    assert torch.equal(encode(model, ["a hat"]).hidden, model.encode(["a hat"]).hidden)
    assert not np.array_equal(draw("a (hat:3)"), draw("a hat"))


def test_pieces_are_named():
    assert pieces("(a:2)") == [Piece("a", 2.0)]
