import pytest
import torch
from adapters import random_adapter
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.errors import InputError, MissingError
from dramatis.diffusion.adapter import Adapter, change_of, rank_of
from dramatis.diffusion.apply import apply
from dramatis.diffusion.files import ADAPTER, EMBEDDING, TEXT_ENCODER, UNET
from dramatis.diffusion.formats import kohya
from dramatis.diffusion.formats.adapters import read_adapter
from dramatis.diffusion.keys import Place
from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.merge import Source, concatenated, fuse, golden_section, mean, merge, reduced
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import read_weights, write_weights

PLACE = Place("unet", "conv_in")


def lora(rank, alpha, seed, shape=(6, 5)):
    draw = torch.Generator().manual_seed(seed)
    down, up = torch.randn(rank, *shape[1:], generator=draw), torch.randn(shape[0], rank, generator=draw)
    up = up.reshape(*up.shape, *[1] * (len(shape) - 2))
    return Adapter({PLACE: {"lora_down.weight": down, "lora_up.weight": up, "alpha": torch.tensor(float(alpha))}}, {})


def change(adapter, shape=(6, 5)):
    return change_of(adapter.layers[PLACE], torch.Size(shape))


@given(st.floats(-2, 2), st.floats(-2, 2), st.sampled_from([(6, 5), (6, 3, 3, 3)]))
def test_a_sum_of_loras_is_the_lora_of_the_sum(a, b, shape):
    first, second = lora(2, 1, 1, shape), lora(3, 3, 2, shape)
    both = concatenated([(first, a), (second, b)])
    assert rank_of(both.layers[PLACE]) == 5
    assert torch.allclose(change(both, shape), a * change(first, shape) + b * change(second, shape), atol=1e-4)


def test_singular_values_give_the_nearest_of_a_rank():
    both = concatenated([(lora(2, 1, 1), 0.5), (lora(3, 3, 2), 0.5)])
    whole = change(both).double()
    u, values, v = torch.linalg.svd(whole)
    for rank in (1, 3, 5):
        small = reduced(both, rank)
        assert rank_of(small.layers[PLACE]) == rank
        best = (u[:, :rank] * values[:rank]) @ v[:rank]
        assert torch.allclose(change(small).double(), best, atol=1e-4)
    assert torch.equal(change(reduced(both, 9)), change(both))


def test_dora_and_loha_have_no_sum():
    dora = lora(2, 1, 1)
    dora.layers[PLACE]["dora_scale"] = torch.ones(6, 1)
    with pytest.raises(ValueError, match="holds DoRA"):
        concatenated([(dora, 1.0)])
    with pytest.raises(ValueError, match="holds full"):
        concatenated([(Adapter({PLACE: {"diff": torch.ones(6, 5)}}, {}), 1.0)])


def test_means_of_weights():
    one, two = {"a": torch.tensor([0.0, 2.0]), "b": torch.ones(1)}, {"a": torch.tensor([4.0, 4.0])}
    found = mean([(one, 1.0), (two, 3.0)])
    assert found["a"].tolist() == [3.0, 3.5] and found["b"].tolist() == [1.0]
    with pytest.raises(ValueError, match="add up to 0"):
        mean([(one, 1.0), (two, -1.0)])
    with pytest.raises(ValueError, match="several shapes"):
        mean([(one, 1.0), ({"a": torch.ones(3)}, 1.0)])


@pytest.fixture
def base(tiny_sd):
    return Model(load_pipeline(str(tiny_sd)))


def written(folder, adapter):
    write_weights(kohya.write(adapter, "sd"), folder / ADAPTER)
    return folder


def test_checkpoints_of_adapters(base, tmp_path):
    parts = base.parts()
    first = written(tmp_path / "a", random_adapter(parts, seed=1))
    second = written(tmp_path / "b", random_adapter(parts, seed=2))
    said = merge([Source(first, 0.25), Source(second, 0.75)], tmp_path / "out", "sd")
    assert said == "sum of 2 LoRAs, exact"
    merged = read_adapter(tmp_path / "out" / ADAPTER)
    whole = read_adapter(first / ADAPTER), read_adapter(second / ADAPTER)
    for place, update in merged.layers.items():
        shape = torch.Size([update["lora_up.weight"].shape[0], *update["lora_down.weight"].shape[1:]])
        by_hand = 0.25 * change_of(whole[0].layers[place], shape) + 0.75 * change_of(whole[1].layers[place], shape)
        assert torch.allclose(change_of(update, shape), by_hand, atol=1e-5)
    assert "rank 1" in merge([Source(first, 0.5), Source(second, 0.5)], tmp_path / "small", "sd", rank=1)
    unet, text = frozenset({"unet"}), frozenset({"text_encoder", "text_encoder_2"})
    merge([Source(first, 1.0, unet), Source(second, 1.0, text)], tmp_path / "parts", "sd")
    mixed = read_adapter(tmp_path / "parts" / ADAPTER)
    for place, update in mixed.layers.items():
        source = whole[0] if place.part == "unet" else whole[1]
        shape = torch.Size([update["lora_up.weight"].shape[0], *update["lora_down.weight"].shape[1:]])
        assert torch.allclose(change_of(update, shape), change_of(source.layers[place], shape), atol=1e-6)
    assert {place.part for place in mixed.layers} == {"unet", "text_encoder"}
    # a foreign file is a source like any other
    assert merge([Source(first / ADAPTER, 1.0)], tmp_path / "file", "sd").startswith("sum of 1 LoRA")


def test_checkpoints_of_weights_and_words(tmp_path):
    for name, value in (("a", 1.0), ("b", 5.0)):
        write_weights({"w": torch.full((2,), value)}, tmp_path / name / UNET)
        write_weights({"t": torch.full((2,), value)}, tmp_path / name / TEXT_ENCODER)
        write_weights({"<x>": torch.full((2, 3), value)}, tmp_path / name / EMBEDDING)
        net = tmp_path / name / "controlnet"
        write_weights({"w": torch.full((1,), value)}, net / "diffusion_pytorch_model.safetensors")
        (net / "config.json").write_text("{}")
    said = merge([Source(tmp_path / "a", 0.75), Source(tmp_path / "b", 0.25)], tmp_path / "out", "sd")
    assert said == "mean of 2 unets, mean of 2 text_encoders, mean of 2 embeddings, mean of 2 ControlNets"
    net = tmp_path / "out" / "controlnet"
    assert (net / "config.json").read_text() == "{}"
    assert read_weights(net / "diffusion_pytorch_model.safetensors")["w"].tolist() == [2]
    assert read_weights(tmp_path / "out" / UNET)["w"].tolist() == [2, 2]
    assert read_weights(tmp_path / "out" / EMBEDDING)["<x>"].shape == (2, 3)


def test_what_cannot_be_merged(base, tmp_path):
    loha = written(tmp_path / "loha", random_adapter(base.parts(), "loha"))
    weights = tmp_path / "weights"
    write_weights({"w": torch.ones(2)}, weights / UNET)
    with pytest.raises(InputError, match="holds loha, and only plain LoRAs"):
        merge([Source(loha, 1.0)], tmp_path / "out", "sd")
    with pytest.raises(InputError, match="it has no adapter.safetensors"):
        merge([Source(loha, 0.5), Source(weights, 0.5)], tmp_path / "out", "sd")
    with pytest.raises(MissingError, match="nothing here that can be merged"):
        merge([Source(tmp_path / "none", 1.0)], tmp_path / "out", "sd")
    assert not (tmp_path / "out").exists()


def weights_of(model):
    return {(p, n): t.clone() for p, m in model.parts().items() for n, t in m.state_dict().items()}


def test_a_base_with_several_checkpoints_in_it(tiny_sd, tmp_path):
    fresh = lambda: Model(load_pipeline(str(tiny_sd)))  # noqa: E731
    base = fresh()
    before = weights_of(base)
    loha = written(tmp_path / "loha", random_adapter(base.parts(), "loha"))
    dora = written(tmp_path / "dora", random_adapter(base.parts(), dora=True))
    alone = {}
    for folder in (loha, dora):
        model = fresh()
        apply(model, folder)
        alone[folder] = weights_of(model)
    both = fresh()
    fuse(both, [Source(loha, 0.5), Source(dora, 0.25)])
    for key, tensor in weights_of(both).items():
        by_hand = before[key] + 0.5 * (alone[loha][key] - before[key]) + 0.25 * (alone[dora][key] - before[key])
        assert torch.allclose(tensor, by_hand, atol=1e-5), key
    single = fresh()
    fuse(single, [Source(loha, 1.0)])
    assert all(torch.equal(tensor, alone[loha][key]) for key, tensor in weights_of(single).items())
    half = fresh()
    fuse(half, [Source(loha, 1.0, frozenset({"unet"}))])
    for key, tensor in weights_of(half).items():
        assert torch.allclose(tensor, (alone[loha] if key[0] == "unet" else before)[key], atol=1e-6)


@pytest.mark.parametrize("top", [0.2, 0.5, 0.93])
def test_golden_section_closes_in_on_the_top_of_a_hill(top):
    search = golden_section(12)
    tried, ratio = [], next(search)
    while True:
        tried.append(ratio)
        try:
            ratio = search.send(-((ratio - top) ** 2))
        except StopIteration:
            break
    assert len(tried) == 12 and all(0 <= ratio <= 1 for ratio in tried)
    assert min(abs(ratio - top) for ratio in tried) < 0.01
