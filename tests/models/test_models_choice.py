"""Which files of an unlisted repository are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.errors import InputError
from dramatis.models.choice import chosen
from dramatis.models.manifest import is_fetched

PIPELINE = [
    ".gitattributes", "README.md", "model_index.json", "v1-5-pruned.ckpt", "v1-5-pruned.safetensors",
    "feature_extractor/preprocessor_config.json", "safety_checker/config.json", "safety_checker/model.safetensors",
    "scheduler/scheduler_config.json", "text_encoder/config.json", "text_encoder/model.fp16.safetensors",
    "text_encoder/model.safetensors", "text_encoder/pytorch_model.bin", "tokenizer/merges.txt", "tokenizer/vocab.json",
    "unet/config.json", "unet/diffusion_pytorch_model.bin", "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.non_ema.safetensors", "unet/diffusion_pytorch_model.safetensors", "vae/config.json",
    "vae/diffusion_pytorch_model.fp16.safetensors", "vae/diffusion_pytorch_model.safetensors",
]  # fmt: skip


def test_of_a_pipeline_its_parts_in_one_precision():
    weights = ["text_encoder/model", "unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model"]
    rest = [
        "model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json", "tokenizer/merges.txt",
        "tokenizer/vocab.json", "unet/config.json", "vae/config.json",
    ]  # fmt: skip
    assert chosen(PIPELINE, "hf://a/b") == sorted([*rest, *(f"{name}.safetensors" for name in weights)])
    half = chosen(PIPELINE, "hf://a/b", variant="fp16")
    assert half == sorted([*rest, *(f"{name}.fp16.safetensors" for name in weights)])


def test_a_pipeline_that_is_only_there_in_half_precision():
    files = [file for file in PIPELINE if not file.endswith(("model.safetensors", "pruned.safetensors"))]
    assert "unet/diffusion_pytorch_model.fp16.safetensors" in chosen(files, "hf://a/b")


def test_shards_belong_together():
    parts = [f"unet/diffusion_pytorch_model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    files = ["model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors.index.json", *parts]
    assert [file for file in chosen(files, "hf://a/b") if file.endswith(".safetensors")] == parts


@pytest.mark.parametrize(
    ("files", "only", "variant", "said"),
    [
        ([], [], None, "no .safetensors or .onnx weights"),
        (["model.ckpt", "config.json"], [], None, "only such as can run code when they are read .model.ckpt."),
        (["model.onnx"], ["*.safetensors"], None, "weights so called"),
        (["model.onnx", "b.pt"], ["*"], None, "b.pt is of a kind that is never fetched"),
        (["model_index.json", "unet/config.json", "unet/a.bin"], [], None, "hf://a/b: unet: its weights are only"),
        (["model_index.json", "unet/config.json", "unet/a.safetensors"], [], "fp16", "no weights called fp16"),
    ],
)
def test_what_is_refused(files, only, variant, said):
    with pytest.raises(InputError, match=said):
        chosen(files, "hf://a/b", only, variant)


NAMES = [
    f"{folder}{name}{precision}.{suffix}"
    for folder in ("", "unet/", "a/b/", "../")
    for name in ("model", "config", "vocab")
    for precision in ("", ".fp16")
    for suffix in ("safetensors", "onnx", "json", "bin", "py", "txt", "ckpt")
]


@given(st.lists(st.sampled_from(NAMES), max_size=8), st.booleans())
def test_nothing_else_than_what_is_there_and_safe_is_ever_chosen(files, pipeline):
    there = [*files, "model.safetensors", *(["model_index.json", "vae/config.json", "vae/a.safetensors"] * pipeline)]
    try:
        wanted = chosen(there, "hf://a/b")
    except InputError:
        return
    assert set(wanted) <= set(there) and all(map(is_fetched, wanted))
    assert wanted == sorted(set(wanted)) or not pipeline
