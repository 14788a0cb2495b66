"""The code of the card for SDXL, run as it stands."""

import re

import pytest
import torch
from adapters import parts_of, random_adapter
from other_programs import run_there
from PIL import Image
from real_layouts import tiny_sd15, tiny_sdxl

from dramatis.diffusion.files import RELEASED
from dramatis.diffusion.formats import kohya, peft
from dramatis.diffusion.formats.embedding import Embedding, for_webui
from dramatis.diffusion.formats.pipeline import write_pipeline
from dramatis.diffusion.weights import write_weights
from dramatis.release.loading import loading

RUN = {"run": "duo", "base": "base", "characters": {"ada": {"trigger": "<ada>"}}, "params": {}}


def code_of(lines):
    (code,) = re.findall(r"```python\n(.*?)```", "\n".join(lines), re.DOTALL)
    return code


@pytest.mark.parametrize("kind", ["lora", "embedding"])
def test_sdxl(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pipeline = tiny_sdxl(tmp_path / "scratch")
    write_pipeline(pipeline, tmp_path / "base")
    out = tmp_path / "models" / "release" / "duo"
    if kind == "lora":
        write_weights(peft.write(random_adapter(parts_of(pipeline))), out / RELEASED)
    else:
        vectors = {"text_encoder": torch.ones(2, 16), "text_encoder_2": torch.ones(2, 24)}
        write_weights(for_webui(Embedding("<ada>", vectors)), out / "ada.safetensors")
    run = RUN | {"family": "sdxl", "method": "lora" if kind == "lora" else "textual_inversion"}
    exec(compile(code_of(loading(run, [kind], "<ada>, lake", None)), "card", "exec"), {})
    assert Image.open(tmp_path / "duo.png").size == (64, 64)


@pytest.mark.slow
def test_loha_by_lycoris(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pipeline = tiny_sd15(tmp_path / "scratch")
    write_pipeline(pipeline, tmp_path / "base")
    file = tmp_path / "models" / "release" / "duo" / "duo.safetensors"
    write_weights(kohya.write(random_adapter(parts_of(pipeline), "loha"), "sd"), file)
    code = code_of(loading(RUN | {"family": "sd", "method": "loha"}, ["lycoris"], "ada, lake", None))
    run_there("lycoris", code + "\nprint(len(network.text_encoder_loras), len(network.unet_loras))")
    assert Image.open(tmp_path / "duo.png").size == (64, 64)


def test_what_the_card_says_beside_the_code():
    lines = "\n".join(loading(RUN | {"clip_skip": 2, "method": "lora"}, ["lora"], "ada", None))
    assert "set clip skip to 2" in lines and "CLIP Set Last Layer" in lines
    lines = "\n".join(loading(RUN | {"family": "sdxl", "method": "loha"}, ["lycoris"], "ada", None))
    assert "dramatis merge models/release/duo/duo.safetensors --onto BASE" in lines
    styled = RUN | {"method": "textual_inversion", "style": "<ink>"}
    assert 'token="<ink>"' in "\n".join(loading(styled, ["embedding"], "ada, <ink>", None))
