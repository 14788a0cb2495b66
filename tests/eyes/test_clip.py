"""CLIP of random weights in the layout of the real one."""

import json
import shutil

import numpy as np
import pytest
import torch
from damaging import each_damage
from safetensors.torch import load_file, save_file
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTokenizer

from dramatis.core.errors import InputError, MissingError
from dramatis.eyes.clip import Clip


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    letters = [chr(code) for code in range(33, 127)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    size = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    ends = {"bos_token_id": len(words) - 2, "eos_token_id": len(words) - 1, "pad_token_id": len(words) - 1}
    text = {**size, **ends, "vocab_size": len(words), "max_position_embeddings": 77}
    torch.manual_seed(0)
    config = CLIPConfig(text_config=text, vision_config={**size, "image_size": 32, "patch_size": 16}, projection_dim=8)
    CLIPModel(config).save_pretrained(folder)
    CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77).save_pretrained(folder)
    CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=32).save_pretrained(folder)
    return folder


def test_scores_are_stretched_cosines_and_do_not_depend_on_the_batch(clip_folder):
    images = [np.random.default_rng(n).integers(0, 256, (40, 30, 3), dtype=np.uint8) for n in range(18)]
    prompts = [f"red robe {n}" for n in range(18)]
    clip = Clip(str(clip_folder))
    scores = clip.scores(images, prompts)
    assert scores.shape == (18,) and ((scores >= 0) & (scores <= 2.5)).all()
    assert clip.scores(images[17:], prompts[17:]) == pytest.approx(scores[17:], abs=1e-5)
    assert clip.scores([], []).shape == (0,) and clip.scores(images[:1], ["word " * 300]).shape == (1,)


def test_what_is_no_clip_model(tmp_path):
    with pytest.raises(InputError, match="score.clip = .*no CLIP model can be read from it"):
        Clip(str(tmp_path))
    with pytest.raises(MissingError, match=r"score.clip = nobody/nothing: this is no folder, and no hub model"):
        Clip("nobody/nothing")


@pytest.mark.parametrize("pattern", ["model.safetensors", "config.json", "preprocessor_config.json", "tokenizer*.json"])
def test_damaged_files_are_one_clear_line(clip_folder, tmp_path, pattern):
    folder = shutil.copytree(clip_folder, tmp_path / "clip")
    for damage in each_damage(folder, pattern):
        with pytest.raises(InputError, match="score.clip = .*no CLIP model can be read from it"):
            Clip(str(folder))
            pytest.fail(damage)


def test_weights_that_are_missing_are_not_made_up(clip_folder, tmp_path):
    folder = shutil.copytree(clip_folder, tmp_path / "clip")
    tensors = load_file(folder / "model.safetensors")
    del tensors["text_projection.weight"]
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match="no tensor text_projection.weight in its files"):
        Clip(str(folder))
