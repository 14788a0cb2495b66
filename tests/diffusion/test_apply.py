import shutil

import pytest
import torch
from adapters import layers_of, parts_of, random_adapter
from diffusers import ControlNetModel, UNet2DConditionModel
from real_layouts import tiny_sd15, tiny_sdxl
from safetensors.torch import load_file, save_file

from dramatis.core.errors import InputError, MissingError
from dramatis.diffusion.adapter import adapted
from dramatis.diffusion.apply import apply, apply_adapter
from dramatis.diffusion.files import ADAPTER, CONTROLNET, EMBEDDING, UNET
from dramatis.diffusion.formats import kohya, peft
from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import write_weights

WIDTH = 32


@pytest.fixture
def model(tiny_sd):
    return Model(load_pipeline(str(tiny_sd)))


def copies(model):
    return {p: {n: t.clone() for n, t in m.state_dict().items()} for p, m in model.parts().items()}


def same(model, before):
    return all(torch.equal(t, before[p][n]) for p, m in model.parts().items() for n, t in m.state_dict().items())


def checkpoint(kind, model, folder):
    """A checkpoint of each method for the tiny base."""
    folder.mkdir()
    if kind == "adapter":
        write_weights(kohya.write(random_adapter(model.parts()), "sd"), folder / ADAPTER)
    elif kind == "dora":
        write_weights(kohya.write(random_adapter(model.parts(), dora=True), "sd"), folder / ADAPTER)
    elif kind == "parts":
        weights = model.parts()["unet"].state_dict()
        write_weights({name: tensor + 0.5 for name, tensor in weights.items()}, folder / UNET)
    elif kind == "embedding":
        write_weights({"<ada>": torch.ones(2, WIDTH)}, folder / EMBEDDING)
    else:
        unet = model.parts()["unet"]
        ControlNetModel(
            block_out_channels=unet.config.block_out_channels, layers_per_block=1, cross_attention_dim=32,
            norm_num_groups=8, conditioning_embedding_out_channels=(8, 16), attention_head_dim=8,
            down_block_types=["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        ).save_pretrained(folder / CONTROLNET)  # fmt: skip
    return folder


@pytest.mark.parametrize("kind", ["adapter", "dora", "parts", "embedding", "controlnet"])
def test_scale_0_leaves_the_base_bit_by_bit(model, tmp_path, kind):
    before, words = copies(model), len(model.pipeline.tokenizer)
    apply(model, checkpoint(kind, model, tmp_path / "step"), 0)
    assert same(model, before) and len(model.pipeline.tokenizer) == words
    assert "controlnet" not in model.__dict__


@pytest.mark.parametrize("kind", ["adapter", "dora"])
def test_an_adapter_is_added_layer_by_layer(model, tmp_path, kind):
    folder = checkpoint(kind, model, tmp_path / "step")
    adapter = random_adapter(model.parts(), dora=kind == "dora")
    wanted = {
        place: adapted(layer.weight, adapter.layers[place], 0.7) for place, layer in layers_of(model.parts()).items()
    }
    apply(model, folder, 0.7)
    for place, layer in layers_of(model.parts()).items():
        assert torch.equal(layer.weight, wanted[place])


def test_a_file_of_another_program(model, tmp_path):
    adapter = random_adapter(model.parts())
    write_weights(peft.write(adapter), tmp_path / "pytorch_lora_weights.safetensors")
    other = Model(model.pipeline)
    layer = layers_of(other.parts())[next(iter(adapter.layers))]
    wanted = adapted(layer.weight, adapter.layers[next(iter(adapter.layers))])
    apply(other, tmp_path)  # a folder, as of a release
    assert torch.allclose(layer.weight, wanted, atol=1e-6)


def test_weights_of_a_part_are_taken_or_approached(model, tmp_path):
    folder = checkpoint("parts", model, tmp_path / "step")
    first = next(iter(model.parts()["unet"].state_dict()))
    start = model.parts()["unet"].state_dict()[first].clone()
    apply(model, folder, 0.5)
    assert torch.allclose(model.parts()["unet"].state_dict()[first], start + 0.25, atol=1e-6)
    apply(model, folder)
    assert torch.equal(model.parts()["unet"].state_dict()[first], start + 0.5)


def test_an_embedding_has_its_words_and_rows(model, tmp_path):
    old = len(model.pipeline.tokenizer)
    rows = model.pipeline.text_encoder.get_input_embeddings().weight.clone()
    apply(model, checkpoint("embedding", model, tmp_path / "step"))
    new = model.pipeline.text_encoder.get_input_embeddings().weight
    assert len(model.pipeline.tokenizer) == len(new) == old + 2
    assert torch.equal(new[:old], rows) and (new[old:] == 1).all()
    ids = model.pipeline.tokenizer("a <ada> <ada>_1", add_special_tokens=False).input_ids
    assert ids[-2:] == [old, old + 1]
    with pytest.raises(InputError, match="<ada> is a token of this base already"):
        apply(model, tmp_path / "step")


def test_a_controlnet_is_set_for_drawing(model, tmp_path):
    apply(model, checkpoint("controlnet", model, tmp_path / "step"), 0.8)
    assert model.controlnet_scale == 0.8 and not model.controlnet.training
    assert not any(tensor.requires_grad for tensor in model.controlnet.parameters())


def test_what_does_not_fit_is_one_clear_line(model, tmp_path):
    folder = checkpoint("adapter", model, tmp_path / "step")
    small = UNet2DConditionModel(
        sample_size=8, block_out_channels=(8, 16), layers_per_block=1, cross_attention_dim=16, norm_num_groups=4,
        down_block_types=["DownBlock2D", "CrossAttnDownBlock2D"], up_block_types=["CrossAttnUpBlock2D", "UpBlock2D"],
    )  # fmt: skip
    write_weights(kohya.write(random_adapter({"unet": small}), "sd"), folder / ADAPTER)
    with pytest.raises(
        InputError, match=r"unet .* is for [x\d]+ weights, here they are [x\d]+.*Take the base"
    ) as error:
        apply(model, folder)
    assert "\n" not in str(error.value)
    write_weights({"lora_unet_nowhere.diff": torch.ones(1)}, folder / ADAPTER)
    with pytest.raises(InputError, match="unet nowhere is no layer of this base"):
        apply(model, folder)
    write_weights({"lora_te2_text_projection.diff": torch.ones(1)}, folder / ADAPTER)
    with pytest.raises(InputError, match="layers of text_encoder_2, and this base has no such part"):
        apply(model, folder)
    write_weights({"conv_in.weight": torch.ones(2, 4, 3, 3)}, tmp_path / "parts" / UNET)
    with pytest.raises(InputError, match="conv_in.weight is 2x4x3x3, in this base it is 16x4x3x3"):
        apply(model, tmp_path / "parts")
    write_weights({"<x>": torch.ones(1, 7)}, tmp_path / "words" / EMBEDDING)
    with pytest.raises(InputError, match="<x> has vectors of 7 numbers, text_encoder has 32"):
        apply(model, tmp_path / "words")
    write_weights({"<x>": torch.ones(1, 32), "<x>.2": torch.ones(1, 40)}, tmp_path / "words" / EMBEDDING)
    with pytest.raises(InputError, match="vectors for text_encoder and text_encoder_2 only, or too many"):
        apply(model, tmp_path / "words")
    net = checkpoint("controlnet", model, tmp_path / "net")
    text = (net / CONTROLNET / "config.json").read_text()
    (net / CONTROLNET / "config.json").write_text("{")
    with pytest.raises(InputError, match="no ControlNet can be read"):
        apply(model, net)
    (net / CONTROLNET / "config.json").write_text(text)
    weights = net / CONTROLNET / "diffusion_pytorch_model.safetensors"
    tensors = load_file(weights)
    save_file({name: tensor for name, tensor in tensors.items() if name != "conv_in.bias"}, weights)
    with pytest.raises(InputError, match="no tensor conv_in.bias in its files"):
        apply(model, net)
    weights.write_bytes(b"\x00" * 20)
    with pytest.raises(InputError, match="no ControlNet can be read"):
        apply(model, net)
    with pytest.raises(MissingError, match="adapter.safetensors"):
        apply(model, tmp_path / "nothing")
    (tmp_path / "x.ckpt").write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError, match="a pickle"):
        apply(model, tmp_path / "x.ckpt")
    shutil.rmtree(net)


@pytest.mark.parametrize("make", [tiny_sd15, tiny_sdxl])
def test_names_of_the_original_unet_find_the_same_layers(make, tmp_path):
    from dramatis.diffusion.formats.adapters import read_adapter
    from dramatis.diffusion.formats.ldm import layout_of

    pipeline = make(tmp_path / "scratch")
    parts, layout = parts_of(pipeline), layout_of(pipeline.unet.config)
    family = "sdxl" if "text_encoder_2" in parts else "sd"
    adapter = random_adapter(parts)
    write_weights(kohya.write(adapter, family, layout), tmp_path / "a.safetensors")
    before = pipeline.unet.conv_in.weight.clone()
    apply_adapter(parts, read_adapter(tmp_path / "a.safetensors", layout), 1.0, "it")
    assert torch.equal(pipeline.unet.conv_in.weight, before)  # not among the layers
    assert read_adapter(tmp_path / "a.safetensors", layout).layers.keys() == adapter.layers.keys()
