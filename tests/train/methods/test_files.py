"""What is saved, opened by the readers that people use: it gives the prediction of the method that learned it."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from diffusers import ControlNetModel, StableDiffusionControlNetPipeline
from lessons import CAPTIONS, bare, base_model, batch_of, build, disturb, prediction, times
from safetensors.torch import load_file

from dramatis.diffusion.files import ADAPTER, CONTROLNET, EMBEDDING
from dramatis.diffusion.keys import kohya_name

LAYOUTS = ("tiny", "sdxl")


def layers_of(model):
    """Modules by the names that adapter files give them."""
    return {
        kohya_name(model.family, part, name): module
        for part, whole in model.parts().items()
        for name, module in whole.named_modules()
    }


@pytest.mark.parametrize(
    ("layout", "adapter", "tolerance"),
    [
        ("tiny", {}, 0.0),
        ("tiny", {"targets": "attn-mlp", "alpha": 3}, 5e-6),
        ("tiny", {"targets": "attn", "text_rank": 0}, 0.0),
        ("sdxl", {"alpha": 8, "text_alpha": 1, "conv_rank": 2, "conv_alpha": 1}, 0.0),
    ],
)
def test_diffusers_loads_lora(bases, tmp_path, layout, adapter, tolerance):
    method = disturb(build("lora", bases[layout], adapter=adapter))
    wanted = prediction(method)
    method.save(tmp_path)
    fresh = base_model(bases[layout])
    without = bare(fresh)
    fresh.pipeline.load_lora_weights(str(tmp_path), weight_name=ADAPTER)
    found = bare(fresh)
    assert (found - wanted).abs().max() <= tolerance
    assert (found - without).abs().max() > 1e-3


@pytest.mark.parametrize(
    ("layout", "name", "adapter"),
    [
        ("tiny", "loha", {}),
        ("sdxl", "loha", {"rank": 2, "alpha": 1, "conv_rank": 3}),
        ("tiny", "lokr", {}),
        ("sdxl", "lokr", {"rank": 1, "alpha": 3, "text_rank": 1, "factor": 4}),
    ],
)
def test_loha_and_lokr_files_mean_what_was_trained(bases, tmp_path, layout, name, adapter):
    """The formulas of the papers, written out here, on the tensors of the file."""
    method = disturb(build(name, bases[layout], adapter=adapter))
    wanted = prediction(method)
    method.save(tmp_path)
    tensors = {key: value.double() for key, value in load_file(tmp_path / ADAPTER).items()}
    fresh = base_model(bases[layout])
    layers, without = layers_of(fresh), bare(fresh)
    for layer in sorted({key.split(".")[0] for key in tensors}):
        own = {key.split(".", 1)[1]: value for key, value in tensors.items() if key.split(".")[0] == layer}
        weight = layers[layer].weight
        if name == "loha":
            scale = own["alpha"] / own["hada_w1_b"].shape[0]
            change = scale * (own["hada_w1_a"] @ own["hada_w1_b"]) * (own["hada_w2_a"] @ own["hada_w2_b"])
        else:
            scale = own["alpha"] / own["lokr_w2_b"].shape[0] if "lokr_w2_b" in own else 1
            right = own["lokr_w2"] if "lokr_w2" in own else own["lokr_w2_a"] @ own["lokr_w2_b"]
            left = own["lokr_w1"].numpy()
            inner = weight.shape[1] // left.shape[1]
            shape = (weight.shape[0] // left.shape[0], inner, *weight.shape[2:])
            by_hand = np.einsum("ac,bd...->abcd...", left, right.view(shape).numpy())
            change = scale * torch.from_numpy(by_hand)
        with torch.no_grad():
            weight += change.reshape(weight.shape).float()
    found = bare(fresh)
    assert (found - wanted).abs().max() <= 2e-6 * max(1, wanted.abs().max())
    assert (found - without).abs().max() > 1e-3


def test_dora_lengths_have_the_shape_of_lycoris_and_mean_what_was_trained(bases, tmp_path):
    method = disturb(build("lora", bases["tiny"], adapter={"dora": True, "alpha": 2}))
    wanted = prediction(method)
    method.save(tmp_path)
    tensors = load_file(tmp_path / ADAPTER)
    fresh = base_model(bases["tiny"])
    for name, layer in layers_of(fresh).items():
        if f"{name}.dora_scale" not in tensors:
            continue
        down, up, length = (tensors[f"{name}.{key}"] for key in ("lora_down.weight", "lora_up.weight", "dora_scale"))
        assert length.shape == (layer.weight.shape[0], *[1] * (layer.weight.dim() - 1))
        scale = tensors[f"{name}.alpha"] / down.shape[0]
        with torch.no_grad():
            new = layer.weight + scale * (up.flatten(1) @ down.flatten(1)).view(layer.weight.shape)
            layer.weight.copy_(new * length / new.flatten(1).norm(dim=1).view_as(length))
    assert (bare(fresh) - wanted).abs().max() <= 5e-6 * max(1, wanted.abs().max())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_dreambooth_parts_load_into_a_fresh_base(bases, tmp_path, layout):
    method = disturb(build("dreambooth", bases[layout]), 0.01)
    wanted = prediction(method)
    method.save(tmp_path)
    fresh = base_model(bases[layout])
    for part, module in fresh.parts().items():
        module.load_state_dict(load_file(tmp_path / f"{part}.safetensors"))
    assert torch.equal(bare(fresh), wanted)


@pytest.mark.parametrize(("layout", "vectors"), [("tiny", 1), ("tiny", 3), ("sdxl", 3)])
def test_diffusers_loads_embeddings(bases, tmp_path, layout, vectors):
    method = disturb(build("textual_inversion", bases[layout], embedding={"vectors": vectors}))
    wanted = prediction(method)
    method.save(tmp_path)
    fresh = base_model(bases[layout])
    tensors, pipeline = load_file(tmp_path / EMBEDDING), fresh.pipeline
    for part, encoder in fresh.encoders().items():
        key = "<ada>.2" if part.endswith("_2") else "<ada>"
        pipeline.load_textual_inversion(
            {"<ada>": tensors[key]}, text_encoder=encoder, tokenizer=fresh.tokenizers()[part]
        )
    prompts = [pipeline.maybe_convert_prompt(text.replace("ada", "<ada>"), pipeline.tokenizer) for text in CAPTIONS]
    assert torch.equal(bare(fresh, prompts), wanted)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_diffusers_loads_and_draws_with_a_controlnet(bases, tmp_path, layout):
    method = disturb(build("controlnet", bases[layout]), 0.02)
    wanted = prediction(method)
    method.save(tmp_path)
    assert sorted(file.name for file in (tmp_path / CONTROLNET).iterdir()) == [
        "config.json",
        "diffusion_pytorch_model.safetensors",
    ]
    assert not any(
        key.startswith("_diffusers") for key in json.loads((tmp_path / CONTROLNET / "config.json").read_text())
    )
    method.controlnet = ControlNetModel.from_pretrained(tmp_path / CONTROLNET).eval()
    assert torch.equal(prediction(method), wanted)
    if layout == "tiny":  # f4, where the usual three strides would not fit
        model = base_model(bases[layout])
        drawing = StableDiffusionControlNetPipeline(**model.pipeline.components, controlnet=method.controlnet)
        drawing.set_progress_bar_config(disable=True)
        control = batch_of(model).control[:1]
        picture = drawing("ada", image=control, num_inference_steps=1, height=64, width=64, output_type="np").images
        assert picture.shape == (1, 64, 64, 3)


def test_the_controlnet_pools_text_as_its_unet(bases):
    method = build("controlnet", bases["tiny"])
    unet, controlnet = method.model.pipeline.unet, method.controlnet
    hidden = torch.randn(2, 7, 32, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        assert torch.equal(controlnet.add_embedding(hidden), unet.add_embedding(hidden))
    assert tuple(controlnet.config.conditioning_embedding_out_channels) == (16, 32, 96)
    batch = dataclasses.replace(batch_of(method.model), control=None)
    with pytest.raises(ValueError, match="control images"):
        method.predict(batch.mean, times(), batch)
