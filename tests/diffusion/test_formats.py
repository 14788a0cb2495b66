"""Adapter files: what one format says another says too, and the real readers open them."""

import json

import pytest
import torch
from adapters import parts_of, random_adapter
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from peft import LoraConfig, get_peft_model_state_dict
from real_layouts import tiny_sd15, tiny_sdxl

from dramatis.core.errors import InputError, MissingError
from dramatis.diffusion.adapter import Adapter, change_of
from dramatis.diffusion.apply import apply_adapter
from dramatis.diffusion.formats import kohya, peft
from dramatis.diffusion.formats.adapters import family_of, format_of, is_adapter, read_adapter
from dramatis.diffusion.formats.ldm import SDXL
from dramatis.diffusion.formats.pipeline import write_pipeline
from dramatis.diffusion.keys import Place, text_module
from dramatis.diffusion.weights import write_weights

CLASSES = {"sd": StableDiffusionPipeline, "sdxl": StableDiffusionXLPipeline}


@pytest.fixture(scope="module", params=["sd", "sdxl"])
def real(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    write_pipeline({"sd": tiny_sd15, "sdxl": tiny_sdxl}[request.param](folder / "scratch"), folder / "base")
    return request.param, folder / "base"


def fresh(family, base):
    pipeline = CLASSES[family].from_pretrained(base)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def seen(pipeline):
    """What the UNet predicts for one text, text encoders included."""
    with torch.no_grad():
        found = pipeline.encode_prompt(
            "ada, forest", device="cpu", num_images_per_prompt=1, do_classifier_free_guidance=False
        )
        draw = torch.Generator().manual_seed(1)
        latents = torch.randn(1, 4, 8, 8, generator=draw)
        added = None
        if len(found) == 4:
            added = {"text_embeds": found[2], "time_ids": torch.tensor([[64.0, 64, 0, 0, 64, 64]])}
        return pipeline.unet(latents, 500, found[0], added_cond_kwargs=added).sample


def trained(family, base, alpha=1.0, dora=False, patterns=None):
    """A pipeline with peft's adapters in it, as training has them, and what they say."""
    pipeline, layers = fresh(family, base), {}
    targets = {"unet": ["to_q", "to_out.0", "ff.net.2", "proj_in", "conv1", "time_emb_proj"]}
    for part, module in parts_of(pipeline).items():
        config = LoraConfig(
            r=4, lora_alpha=alpha, target_modules=targets.get(part, ["q_proj", "out_proj", "fc1"]), use_dora=dora,
            rank_pattern=patterns or {},
        )  # fmt: skip
        torch.manual_seed(0)
        module.add_adapter(config)
        for name, tensor in module.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(tensor, std=0.5)
            elif "magnitude" in name:
                tensor.data *= 1.5
        for name, tensor in get_peft_model_state_dict(module).items():
            layer, _, side = name.removesuffix(".weight").rpartition(".")
            update = layers.setdefault(Place(part, text_module(part, layer)), {"alpha": torch.tensor(float(alpha))})
            update[peft.NAMES[side]] = tensor
    for update in layers.values():
        if "dora_scale" in update:
            update["dora_scale"] = update["dora_scale"].reshape(-1, *[1] * (update["lora_up.weight"].dim() - 1))
    return pipeline, Adapter(layers, {})


def loaded(family, base, file):
    pipeline = fresh(family, base)
    pipeline.load_lora_weights(str(file.parent), weight_name=file.name)
    return seen(pipeline)


@pytest.mark.parametrize("alpha", [pytest.param(1.0, marks=pytest.mark.slow), 3.0])
def test_diffusers_reads_both_names_as_trained(real, tmp_path, alpha):
    family, base = real
    pipeline, adapter = trained(family, base, alpha)
    wanted = seen(pipeline)
    original = SDXL if family == "sdxl" else None
    for name, tensors in {
        "kohya": kohya.write(adapter, family),
        "original": kohya.write(adapter, family, original),
        "diffusers": peft.write(adapter),
    }.items():
        file = tmp_path / f"{name}.safetensors"
        write_weights(tensors, file, {"ss_network_dim": "4", "a": "b"})
        exact = name != "diffusers" or alpha == 1.0  # a folded 3/4 rounds
        assert (loaded(family, base, file) - wanted).abs().max() <= (0 if exact else 2e-6), name
        merged = fresh(family, base)
        apply_adapter(parts_of(merged), read_adapter(file), 1.0, "it")
        assert (seen(merged) - wanted).abs().max() <= 5e-6, name
    assert (seen(fresh(family, base)) - wanted).abs().max() > 1e-3


def test_layers_of_several_ranks_keep_their_strength(real, tmp_path):
    family, base = real
    pipeline, adapter = trained(family, base, 4.0, patterns={"to_q": 2, "conv1": 8})
    for update in adapter.layers.values():  # peft's alpha stays, so the strength of each is another
        update["alpha"] = torch.tensor(4.0)
    wanted = seen(pipeline)
    for name, tensors in (("kohya", kohya.write(adapter, family)), ("diffusers", peft.write(adapter))):
        write_weights(tensors, tmp_path / f"{name}.safetensors")
        assert (loaded(family, base, tmp_path / f"{name}.safetensors") - wanted).abs().max() <= 2e-6, name


@pytest.mark.slow
def test_dora_in_both_names(real, tmp_path):
    family, base = real
    pipeline, adapter = trained(family, base, 4.0, dora=True)
    for name, tensors in (("kohya", kohya.write(adapter, family)), ("diffusers", peft.write(adapter))):
        file = tmp_path / f"{name}.safetensors"
        write_weights(tensors, file)
        if name == "diffusers":  # which drops the lengths from kohya's names, as it says in a warning
            assert torch.equal(loaded(family, base, file), seen(pipeline))
        merged = fresh(family, base)
        apply_adapter(parts_of(merged), read_adapter(file), 1.0, "it")
        assert (seen(merged) - seen(pipeline)).abs().max() <= 5e-6
        again = read_adapter(file)
        assert set(again.layers) == set(adapter.layers)
        for place, update in again.layers.items():
            assert update["dora_scale"].shape == adapter.layers[place]["dora_scale"].shape


def test_metadata_of_diffusers_says_alpha(real, tmp_path):
    family, base = real
    pipeline, adapter = trained(family, base, 1.0)
    from diffusers.training_utils import _collate_lora_metadata
    from diffusers.utils import convert_state_dict_to_diffusers

    keys = {
        "unet": "unet_lora_layers",
        "text_encoder": "text_encoder_lora_layers",
        "text_encoder_2": "text_encoder_2_lora_layers",
    }
    parts = parts_of(pipeline)
    layers = {keys[p]: convert_state_dict_to_diffusers(get_peft_model_state_dict(m)) for p, m in parts.items()}
    CLASSES[family].save_lora_weights(tmp_path, **layers, **_collate_lora_metadata(parts))
    theirs = read_adapter(tmp_path / "pytorch_lora_weights.safetensors")
    assert set(theirs.layers) == set(adapter.layers)
    for place, update in theirs.layers.items():
        shape = torch.Size([update["lora_up.weight"].shape[0], *update["lora_down.weight"].shape[1:]])
        assert torch.equal(change_of(update, shape), change_of(adapter.layers[place], shape)), place


def test_older_names_of_diffusers(tmp_path):
    down, up = torch.randn(2, 8), torch.randn(8, 2)
    attention = "mid_block.attentions.0.transformer_blocks.0.attn1"
    tensors = {
        f"unet.{attention}.processor.to_out_lora.down.weight": down,
        f"unet.{attention}.processor.to_out_lora.up.weight": up,
        "unet.conv_in.lora.down.weight": down,
        "unet.conv_in.lora.up.weight": up,
        "unet.conv_in.alpha": torch.tensor(1.0),
        "text_encoder.text_model.encoder.layers.0.self_attn.to_q_lora.down.weight": down,
        "text_encoder.text_model.encoder.layers.0.self_attn.to_q_lora.up.weight": up,
        "text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_linear_layer.down.weight": down,
        "text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_linear_layer.up.weight": up,
    }
    write_weights(tensors, tmp_path / "old.safetensors")
    assert format_of(tensors) == "old-diffusers"
    layers = read_adapter(tmp_path / "old.safetensors").layers
    assert set(layers) == {
        Place("unet", f"{attention}.to_out.0"),
        Place("unet", "conv_in"),
        Place("text_encoder", "text_model.encoder.layers.0.self_attn.q_proj"),
        Place("text_encoder", "text_model.encoder.layers.0.mlp.fc1"),
    }
    assert layers[Place("unet", "conv_in")]["alpha"] == 1


@pytest.mark.parametrize("kind", ["lora", "tucker", "loha", "loha-tucker", "lokr", "lokr-tucker", "full"])
def test_every_kind_comes_back(real, tmp_path, kind):
    family, base = real
    adapter = random_adapter(parts_of(fresh(family, base)), kind)
    for layout in (None, SDXL) if family == "sdxl" else (None,):
        write_weights(kohya.write(adapter, family, layout), tmp_path / "a.safetensors")
        again = read_adapter(tmp_path / "a.safetensors")
        assert set(again.layers) == set(adapter.layers) and family_of(again) == family
        for place, update in again.layers.items():
            assert set(update) == set(adapter.layers[place])
    if kind in ("lora", "tucker"):
        write_weights(peft.write(adapter), tmp_path / "b.safetensors")
        first, second = fresh(family, base), fresh(family, base)
        apply_adapter(parts_of(first), adapter, 1.0, "it")
        apply_adapter(parts_of(second), read_adapter(tmp_path / "b.safetensors"), 1.0, "it")
        assert (seen(first) - seen(second)).abs().max() <= 1e-5
    else:
        with pytest.raises(ValueError, match="not LoRA"):
            peft.write(adapter)


def test_files_of_other_kinds_are_one_clear_line(tmp_path):
    file = tmp_path / "x.safetensors"
    for tensors, match in [
        ({"lora_unet_conv_in.oft_blocks": torch.ones(1)}, "an adapter of OFT"),
        ({"lora_unet_double_blocks_0_img_attn_proj.lora_down.weight": torch.ones(1)}, "Flux or its like"),
        ({"lora_unet_conv_in.lora_down.weight": torch.ones(1, 1)}, "conv_in holds only lora_down.weight"),
        ({"encoder.weight": torch.ones(1)}, "no adapter"),
        ({"lora_unet_conv_in.alpha": torch.ones(1), "what.alpha": torch.ones(1)}, "what.alpha is of no layer"),
    ]:
        write_weights(tensors, file)
        with pytest.raises(InputError, match=match):
            read_adapter(file)
    write_weights({"unet.conv_in.lora_A.weight": torch.ones(1, 1)}, file, {peft.METADATA: "{"})
    with pytest.raises(InputError, match="is no JSON"):
        read_adapter(file)
    with pytest.raises(MissingError):
        is_adapter(tmp_path / "none.safetensors")


def test_sd_has_no_second_encoder(real):
    family, base = real
    adapter = random_adapter(parts_of(fresh(family, base)))
    if family == "sdxl":
        with pytest.raises(ValueError, match="no second text encoder"):
            kohya.write(adapter, "sd")
    assert json.dumps(sorted(kohya.write(adapter, family))).count("lora_te2_") == (
        json.dumps(sorted(kohya.write(adapter, "sdxl"))).count("lora_te2_")
    )
