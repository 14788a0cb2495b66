"""Pipelines as a folder and as one file, read back by diffusers."""

import pytest
import torch
from adapters import parts_of
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from real_layouts import tiny_sd15, tiny_sdxl
from safetensors import safe_open

from dramatis.core.errors import InputError
from dramatis.diffusion.formats.pipeline import precision_of, write_pipeline
from dramatis.diffusion.formats.single_file import original_weights, write_single_file
from dramatis.diffusion.load import load_pipeline

CLASSES = {"sd": StableDiffusionPipeline, "sdxl": StableDiffusionXLPipeline}


@pytest.fixture(scope="module", params=["sd", "sdxl"])
def real(request, tmp_path_factory):
    pipeline = {"sd": tiny_sd15, "sdxl": tiny_sdxl}[request.param](tmp_path_factory.mktemp("scratch"))
    return request.param, pipeline


def difference(first, second):
    """Largest difference of all weights; the names must be the same."""
    largest = 0.0
    for part in ("unet", "vae", "text_encoder", "text_encoder_2"):
        if getattr(first, part, None) is not None:
            ours, theirs = getattr(first, part).state_dict(), getattr(second, part).state_dict()
            assert ours.keys() == theirs.keys()
            largest = max(largest, *((ours[n] - theirs[n]).abs().max().item() for n in ours))
    return largest


def test_folder_and_single_file_come_back_exactly(real, tmp_path):
    family, pipeline = real
    write_pipeline(pipeline, tmp_path / "folder")
    write_single_file(pipeline, tmp_path / "one.safetensors", metadata={"note": "x"})
    folder = CLASSES[family].from_pretrained(tmp_path / "folder")
    assert difference(pipeline, folder) == 0
    single = CLASSES[family].from_single_file(
        str(tmp_path / "one.safetensors"), config=str(tmp_path / "folder"), local_files_only=True
    )
    assert difference(pipeline, single) == 0
    texts = ["a b <c>", "ada"]
    assert folder.tokenizer(texts).input_ids == pipeline.tokenizer(texts).input_ids
    write_pipeline(folder, tmp_path / "again")
    write_single_file(single, tmp_path / "again.safetensors", metadata={"note": "x"})
    for file in sorted((tmp_path / "folder").rglob("*")):
        if file.is_file():
            other = tmp_path / "again" / file.relative_to(tmp_path / "folder")
            assert other.read_bytes() == file.read_bytes(), file.name
    with safe_open(tmp_path / "one.safetensors", "pt") as stream:
        assert stream.metadata()["modelspec.architecture"].startswith(
            f"stable-diffusion-{'xl-' if family == 'sdxl' else 'v1'}"
        )


def test_text_encoders_have_the_names_that_old_versions_read(real, tmp_path):
    _, pipeline = real
    write_pipeline(pipeline, tmp_path / "folder", "fp16")
    with safe_open(tmp_path / "folder" / "text_encoder" / "model.safetensors", "pt") as stream:
        names = list(stream.keys())
    assert all(name.startswith("text_model.") for name in names)
    names = {file.name for file in (tmp_path / "folder" / "tokenizer").iterdir()}
    assert {"vocab.json", "merges.txt", "special_tokens_map.json", "tokenizer_config.json"} <= names
    assert precision_of(tmp_path / "folder") == "fp16"
    text = "".join(file.read_text() for file in (tmp_path / "folder").rglob("*.json"))
    assert str(tmp_path) not in text and "_name_or_path" not in text


def test_names_of_the_single_file_are_the_original_ones(real):
    family, pipeline = real
    names = set(original_weights(pipeline, "it"))
    wanted = {
        "model.diffusion_model.input_blocks.1.0.in_layers.0.weight",
        "model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight",
        "model.diffusion_model.out.2.bias",
        "first_stage_model.decoder.up.3.upsample.conv.weight",
        "first_stage_model.encoder.mid.attn_1.proj_out.weight",
        "first_stage_model.quant_conv.weight",
    }
    if family == "sd":
        wanted |= {"cond_stage_model.transformer.text_model.encoder.layers.1.mlp.fc1.weight"}
    else:
        wanted |= {
            "model.diffusion_model.label_emb.0.2.weight",
            "conditioner.embedders.0.transformer.text_model.final_layer_norm.weight",
            "conditioner.embedders.1.model.transformer.resblocks.1.attn.in_proj_weight",
            "conditioner.embedders.1.model.text_projection",
            "conditioner.embedders.1.model.positional_embedding",
        }
    assert wanted <= names
    assert len(names) == len(original_weights(pipeline, "it"))


def test_new_words_are_kept(tmp_path):
    pipeline = tiny_sd15(tmp_path / "scratch")
    pipeline.tokenizer.add_tokens(["<ada>", "<ada>_1"])
    pipeline.text_encoder.resize_token_embeddings(len(pipeline.tokenizer), mean_resizing=False)
    write_pipeline(pipeline, tmp_path / "folder")
    again = load_pipeline(str(tmp_path / "folder"))
    assert again.tokenizer("a <ada>").input_ids == pipeline.tokenizer("a <ada>").input_ids
    assert difference(pipeline, again) == 0


def test_a_unet_that_the_layout_has_no_names_for(tiny_sd, tmp_path):
    pipeline = load_pipeline(str(tiny_sd))  # reads pooled text besides, as the pocket base does
    with pytest.raises(InputError, match="reads 'text' besides hidden states"):
        write_single_file(pipeline, tmp_path / "one.safetensors")
    assert not list(tmp_path.iterdir())


def test_a_part_of_no_weights_is_left_out(real, tmp_path):
    _, pipeline = real
    write_pipeline(pipeline, tmp_path / "folder")
    assert not (tmp_path / "folder" / "safety_checker").exists()
    assert all(torch.isfinite(t).all() for m in parts_of(pipeline).values() for t in m.state_dict().values())
