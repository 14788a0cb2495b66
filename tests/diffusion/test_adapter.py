import pytest
import torch
from adapters import made
from hypothesis import given
from hypothesis import strategies as st

from dramatis.diffusion.adapter import adapted, change_of, kind_of, lengths_of, rank_of, strength_of

KINDS = ["lora", "tucker", "loha", "loha-tucker", "lokr", "lokr-tucker", "full"]


def test_a_lora_by_hand():
    update = {
        "lora_down.weight": torch.tensor([[1.0, 2.0]]),
        "lora_up.weight": torch.tensor([[3.0], [0.0], [-1.0]]),
        "alpha": torch.tensor(0.5),
    }
    assert (kind_of(update), rank_of(update), strength_of(update)) == ("lora", 1, 0.5)
    assert change_of(update, torch.Size([3, 2])).tolist() == [[1.5, 3.0], [0.0, 0.0], [-0.5, -1.0]]


def test_a_loha_and_a_lokr_by_hand():
    ones = torch.ones(2, 1)
    loha = {"hada_w1_a": ones, "hada_w1_b": 2 * ones.T, "hada_w2_a": 3 * ones, "hada_w2_b": ones.T}
    assert change_of(loha, torch.Size([2, 2])).tolist() == [[6, 6], [6, 6]]
    lokr = {"lokr_w1": torch.tensor([[1.0, 2.0]]), "lokr_w2": torch.tensor([[1.0], [10.0]]), "alpha": torch.tensor(9.0)}
    assert change_of(lokr, torch.Size([2, 2])).tolist() == [[1, 2], [10, 20]]  # alpha says nothing without a rank


def test_a_tucker_lora_is_three_convolutions():
    update = made("tucker", (4, 6, 3, 3), 2, torch.Generator().manual_seed(1))
    x = torch.randn(1, 6, 5, 5, dtype=torch.float64)
    t = {name: tensor.double() for name, tensor in update.items()}
    small = torch.nn.functional.conv2d(x, t["lora_down.weight"])
    after = torch.nn.functional.conv2d(small, t["lora_mid.weight"], padding=1)
    by_hand = torch.nn.functional.conv2d(after, t["lora_up.weight"])
    change = change_of(update, torch.Size([4, 6, 3, 3])).double()
    assert torch.allclose(torch.nn.functional.conv2d(x, change, padding=1), by_hand, atol=1e-5)


@given(st.sampled_from(KINDS), st.sampled_from([(4, 6), (4, 2, 3, 3), (8, 4, 1, 1)]), st.floats(0.1, 4))
def test_what_holds_of_every_kind(kind, shape, scale):
    draw = torch.Generator().manual_seed(3)
    update = made(kind, shape, 2, draw) | {"alpha": torch.tensor(1.0)}
    assert kind_of(update) == kind.split("-")[0].replace("tucker", "lora")
    weight = torch.randn(shape, generator=draw)
    assert adapted(weight, update, 0) is weight
    change = change_of(update, weight.shape)
    assert change.shape == weight.shape and change.abs().max() > 0
    assert torch.allclose(adapted(weight, update, scale), weight + scale * change, atol=1e-5)
    assert adapted(weight.bfloat16(), update, scale).dtype == torch.bfloat16
    with pytest.raises(ValueError, match="weights, here they are"):
        change_of(update, torch.Size([shape[0] * 2, *shape[1:]]))


def test_dora_has_the_lengths_that_it_learned():
    draw = torch.Generator().manual_seed(3)
    weight = torch.randn(4, 6, generator=draw)
    update = made("lora", (4, 6), 2, draw) | {"dora_scale": torch.arange(1.0, 5.0)[:, None]}
    full, half = adapted(weight, update), adapted(weight, update, 0.5)
    assert torch.allclose(lengths_of(full).flatten(), torch.arange(1.0, 5.0))
    assert torch.allclose(half, (weight + full) / 2, atol=1e-6)
    by_column = {**update, "dora_scale": torch.arange(1.0, 7.0)[None]}
    assert torch.allclose(lengths_of(adapted(weight, by_column), on_out=False).flatten(), torch.arange(1.0, 7.0))


@pytest.mark.parametrize(
    "names",
    [["lora_down.weight"], ["hada_w1_a"], ["lokr_w1"], ["oft_blocks"], ["lora_down.weight", "lora_up.weight", "x"]],
)
def test_half_an_update_is_of_no_kind(names):
    assert kind_of({name: torch.ones(1, 1) for name in names}) is None
    with pytest.raises(ValueError, match="no kind of update"):
        change_of({name: torch.ones(1, 1) for name in names}, torch.Size([1, 1]))


def test_tensors_that_do_not_fit_each_other():
    update = {"lora_down.weight": torch.ones(2, 4), "lora_up.weight": torch.ones(4, 3)}
    with pytest.raises(ValueError, match="do not fit each other"):
        change_of(update, torch.Size([4, 4]))
