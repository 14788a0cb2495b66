"""Ranks, targets, dropout and first numbers of lora, loha and lokr."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from lessons import base_model, build, loss_of, prediction, settings
from safetensors.torch import load_file

from dramatis.diffusion.files import ADAPTER
from dramatis.train.adapters import TARGETS, generator_of, places
from dramatis.train.methods.loha import Hadamard, Product
from dramatis.train.methods.lokr import Kronecker, factors

ADAPTERS = ("lora", "loha", "lokr")


def saved(method, folder):
    method.save(folder)
    return load_file(folder / ADAPTER)


def test_targets_widen(bases):
    unet = base_model(bases["tiny"]).parts()["unet"]
    counts = [len(places("unet", unet, settings(adapter={"targets": t}).adapter)) for t in TARGETS]
    assert counts[0] < counts[1] < counts[2]


@pytest.mark.slow
def test_all_methods_adapt_the_same_layers(bases, tmp_path):
    layers = [{key.split(".")[0] for key in saved(build(name, bases["sdxl"]), tmp_path / name)} for name in ADAPTERS]
    assert layers[0] == layers[1] == layers[2]
    assert {layer.split("_")[1] for layer in layers[0]} == {"unet", "te1", "te2"}


def test_ranks_and_alphas_by_layer(bases, tmp_path):
    adapter = {"rank": 3, "alpha": 6, "text_rank": 2, "text_alpha": 1, "conv_rank": 5, "conv_alpha": 10}
    tensors = saved(build("lora", bases["tiny"], adapter=adapter), tmp_path)
    found = {
        key.removesuffix(".alpha"): (tensors[key.replace(".alpha", ".lora_down.weight")].shape[0], float(value))
        for key, value in tensors.items()
        if key.endswith(".alpha")
    }
    for layer, (rank, alpha) in found.items():
        wide = layer.endswith(("conv1", "conv2", "samplers_0_conv"))
        assert (rank, alpha) == ((2, 1) if "_te_" in layer else (5, 10) if wide else (3, 6))
    assert any(layer.endswith("conv_shortcut") for layer in found) and any(
        "samplers_0_conv" in layer for layer in found
    )


@pytest.mark.parametrize("name", ADAPTERS)
def test_dropout_follows_from_the_noise_and_only_where_gradients_are(bases, name):
    method, without = build(name, bases["tiny"], adapter={"dropout": 0.5}), build(name, bases["tiny"])
    for one in (method, without):
        generator = torch.Generator().manual_seed(5)
        for named in one.parameters().values():
            for tensor in named.values():
                tensor.data += 0.1 * torch.randn(tensor.shape, generator=generator)
    first, second = loss_of(method).item(), loss_of(method).item()
    assert first == second != loss_of(without).item()
    assert (prediction(method) - prediction(without)).abs().max() < 1e-5


def test_product_has_the_gradient_of_its_formula():
    a, b, c, d = (torch.randn(s, dtype=torch.double, requires_grad=True) for s in ((4, 2), (2, 3), (4, 2), (2, 3)))
    assert torch.equal(Product.apply(a, b, c, d), (a @ b) * (c @ d))
    assert torch.autograd.gradcheck(Product.apply, (a, b, c, d))


def update(kind, shape, rank, alpha, params):
    return kind(torch.Size(shape), rank, alpha, params.adapter, generator_of(params, "unet", "layer"))


def test_loha_by_hand():
    own = update(Hadamard, (2, 2), 1, 0.5, settings())
    for name, values in {"w1_a": [[1], [2]], "w1_b": [[3, 4]], "w2_a": [[5], [6]], "w2_b": [[7, 8]]}.items():
        getattr(own, f"hada_{name}").data = torch.tensor(values, dtype=torch.float32)
    assert own.weight().tolist() == [[0.5 * 3 * 35, 0.5 * 4 * 40], [0.5 * 6 * 42, 0.5 * 8 * 48]]


def test_loha_begins_as_lycoris():
    own = update(Hadamard, (256, 64, 3, 3), 16, 1, settings())
    assert own.hada_w1_a.shape == (256, 16) and own.hada_w1_b.shape == (16, 64 * 9)
    assert own.hada_w1_a.std().item() == pytest.approx(0.1, rel=0.05)
    assert own.hada_w1_b.std().item() == pytest.approx(1, rel=0.05) == own.hada_w2_b.std().item()
    assert not own.hada_w2_a.any() and not own.weight().any()


def test_lokr_by_hand():
    own = update(Kronecker, (4, 6), 2, 1, settings())  # 4 = 2 · 2, 6 = 2 · 3; half of 3 is below 2: w2 whole
    own.lokr_w1.data = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    own.lokr_w2.data = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert own.weight().tolist() == [
        [1, 2, 3, 2, 4, 6],
        [4, 5, 6, 8, 10, 12],
        [3, 6, 9, 4, 8, 12],
        [12, 15, 18, 16, 20, 24],
    ]


def test_lokr_begins_as_lycoris():
    own = update(Kronecker, (128, 256, 3, 3), 4, 2, settings())  # 128 = 8 · 16, 256 = 16 · 16
    assert own.lokr_w1.shape == (8, 16) and own.lokr_w2_a.shape == (16, 4) and own.lokr_w2_b.shape == (4, 16 * 9)
    assert own.lokr_w1.abs().max() <= 1 / 16**0.5 and own.lokr_w2_a.abs().max() <= 1 / 4**0.5
    assert own.lokr_w1.std().item() == pytest.approx(1 / (3 * 16) ** 0.5, rel=0.15)
    assert not own.lokr_w2_b.any() and own.weight().shape == (128, 256, 3, 3) and own.scale == 0.5


def test_factors_of_known_sides():
    """As LyCORIS divides them."""
    known = {127: (1, 127), 128: (8, 16), 250: (10, 25), 360: (18, 20), 512: (16, 32), 1024: (32, 32)}
    assert {size: factors(size, None) for size in known} == known
    assert [factors(size, 4) for size in (127, 128, 250, 360)] == [(1, 127), (4, 32), (2, 125), (4, 90)]
    assert [factors(size, 16) for size in (128, 250, 360, 512)] == [(8, 16), (10, 25), (15, 24), (16, 32)]


@given(st.integers(1, 4096), st.none() | st.integers(2, 64))
def test_factors_multiply_to_the_side(size, factor):
    small, large = factors(size, factor)
    assert small * large == size and small <= large
    assert factor is None or small <= factor
