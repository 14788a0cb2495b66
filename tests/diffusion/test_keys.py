import pytest
from adapters import parts_of
from real_layouts import tiny_sd15, tiny_sdxl

from dramatis.diffusion.formats.ldm import SD, SDXL, layout_of, unet_from_ldm, unet_to_ldm, vae_to_ldm
from dramatis.diffusion.keys import Place, kohya_name, place_of, text_module


@pytest.fixture(scope="module", params=["sd", "sdxl"])
def real(request, tmp_path_factory):
    make = {"sd": tiny_sd15, "sdxl": tiny_sdxl}[request.param]
    return request.param, make(tmp_path_factory.mktemp("scratch"))


def test_worked_examples():
    assert kohya_name("sd", "text_encoder", "encoder.layers.0.mlp.fc1") == "lora_te_text_model_encoder_layers_0_mlp_fc1"
    assert place_of("lora_te2_text_model_encoder_layers_3_self_attn_out_proj") == Place(
        "text_encoder_2", "text_model.encoder.layers.3.self_attn.out_proj"
    )
    name = "lora_unet_up_blocks_1_attentions_0_transformer_blocks_0_attn1_to_out_0"
    assert place_of(name) == Place("unet", "up_blocks.1.attentions.0.transformer_blocks.0.attn1.to_out.0")
    assert place_of("lycoris_something") is None


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("down_blocks.1.attentions.0.proj_in", "input_blocks.4.1.proj_in"),
        ("down_blocks.0.resnets.1.conv1", "input_blocks.2.0.in_layers.2"),
        ("down_blocks.1.downsamplers.0.conv", "input_blocks.6.0.op"),
        ("mid_block.resnets.1.time_emb_proj", "middle_block.2.emb_layers.1"),
        ("up_blocks.0.upsamplers.0.conv", "output_blocks.2.2.conv"),
        ("up_blocks.2.resnets.2.conv_shortcut", "output_blocks.8.0.skip_connection"),
        ("add_embedding.linear_2", "label_emb.0.2"),
        ("conv_out", "out.2"),
    ],
)
def test_names_of_the_original_unet(ours, theirs):  # as in the files of SDXL
    assert unet_to_ldm(ours, SDXL) == theirs
    assert unet_from_ldm(theirs, SDXL) == ours


def test_the_upsampler_of_a_level_without_attention_is_the_second_of_its_block():
    assert unet_to_ldm("up_blocks.0.upsamplers.0.conv.weight", SD) == "output_blocks.2.1.conv.weight"
    assert unet_to_ldm("up_blocks.1.upsamplers.0.conv.weight", SD) == "output_blocks.5.2.conv.weight"


def test_every_layer_comes_back_from_its_names(real):
    family, pipeline = real
    layout = layout_of(pipeline.unet.config)
    assert layout == {"sd": SD, "sdxl": SDXL}[family]
    for part, module in parts_of(pipeline).items():
        for name, layer in module.named_modules():
            if getattr(layer, "weight", None) is None:
                continue
            assert place_of(kohya_name(family, part, name)) == Place(part, text_module(part, name))
            if part == "unet":
                original = unet_to_ldm(name, layout)
                assert original is not None and unet_from_ldm(original, layout) == name
                again = place_of("lora_unet_" + original.replace(".", "_"))
                assert again.module == original


def test_names_are_not_joined(real):
    _, pipeline = real
    layout = layout_of(pipeline.unet.config)
    weights = list(pipeline.unet.state_dict())
    assert len({unet_to_ldm(name, layout) for name in weights}) == len(weights)
    weights = list(pipeline.vae.state_dict())
    renamed = {vae_to_ldm(name, 4) for name in weights}
    assert len(renamed) == len(weights) and not [name for name in renamed if "blocks" in name]


def test_what_the_original_unet_has_not():
    assert unet_to_ldm("add_embedding.pool.q_proj", SD) is None
    assert unet_from_ldm("middle_block.7.conv", SD) is None
    assert unet_from_ldm("encoder.layers.0", SD) is None
