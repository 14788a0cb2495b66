import json

import pytest
import torch
import yaml
from safetensors.torch import load_file
from tiny_sd import TRAIN, merged, write_dataset

from dramatis.core.errors import MissingError
from dramatis.core.runs import Run
from dramatis.core.tables import write_json
from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.prompts import encode
from dramatis.release.params import ReleaseParams
from dramatis.release.run import run
from dramatis.train.params import TrainParams
from dramatis.train.run import run as train

ONE = {
    "recscore": 0.71,
    "recscore_raw": 0.6,
    "interval": [0.6, 0.8],
    "identified": 0.9,
    "control": None,
    "faces": 1.0,
    "best_step": 4,
    "base_recscore": 0.02,
    "reason": "Step 4 has recscore 0.71 [0.60, 0.80].",
}


@pytest.fixture(scope="module")
def project(tiny_sd, tmp_path_factory):
    top = tmp_path_factory.mktemp("project")
    spec = Run(method="lora", characters=["ada", "bela"], base=str(tiny_sd))
    rates = {"unet": 0.05, "text_encoder": 0.05}
    params = merged(TRAIN, {"learning_rate": rates, "adapter": {"alpha": 2, "text_rank": 3, "text_alpha": 1}})
    train(
        "duo",
        spec,
        TrainParams.model_validate(params),
        dataset=write_dataset(top / "dataset"),
        out=top / "models" / "duo",
        work=top / "work",
    )
    second = {"weights": "models/other", "recscore": 0.5, "base_recscore": 0.01, "identified": 0.8}
    write_json(ONE | {"by_character": {"ada": ONE, "bela": ONE}, "second": second}, top / "duo.json")
    return top


def release(project, out, license=None):
    run("duo", ReleaseParams(license=license), models=project / "models" / "duo", score=project / "duo.json", out=out)
    return out


def prediction(base, weights=None):
    """What the UNet predicts for a fixed input with an adapter, text encoder included."""
    pipeline = load_pipeline(str(base))
    if weights is not None:
        pipeline.load_lora_weights(str(weights.parent), weight_name=weights.name)
    latents = torch.randn(2, 4, 16, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        return pipeline.unet(latents, 500, encode(pipeline.tokenizer, pipeline.text_encoder, ["ada", ""])).sample


def test_both_files_are_the_chosen_step(project, tiny_sd, tmp_path):
    out = release(project, tmp_path / "duo")
    assert {file.name for file in out.iterdir()} == {
        "adapter.safetensors",
        "duo.safetensors",
        "README.md",
    }
    chosen = project / "models" / "duo" / "step-000004" / "adapter.safetensors"
    assert (out / "adapter.safetensors").read_bytes() == chosen.read_bytes()
    wanted = prediction(tiny_sd, chosen)
    assert torch.equal(prediction(tiny_sd, out / "adapter.safetensors"), wanted)
    assert (prediction(tiny_sd, out / "duo.safetensors") - wanted).abs().max() <= 1e-6
    assert (prediction(tiny_sd) - wanted).abs().max() > 0.01


def test_the_folder_alone_is_enough_for_diffusers(project, tiny_sd, tmp_path):
    out = release(project, tmp_path / "duo")
    pipeline = load_pipeline(str(tiny_sd))
    pipeline.load_lora_weights(str(out))
    assert pipeline.get_list_adapters()


def test_keys_of_kohya(project, tmp_path):
    tensors = load_file(release(project, tmp_path / "duo") / "duo.safetensors")
    modules = {key.split(".")[0] for key in tensors}
    assert "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_out_0" in modules
    assert "lora_te_text_model_encoder_layers_0_self_attn_q_proj" in modules
    assert len(tensors) == 3 * len(modules)
    assert tensors["lora_te_text_model_encoder_layers_0_mlp_fc1.alpha"] == 3


def test_the_card_says_what_it_is(project, tmp_path):
    text = (release(project, tmp_path / "duo", license="cc-by-4.0") / "README.md").read_text()
    front = yaml.safe_load(text.split("---")[1])
    assert front["license"] == "cc-by-4.0" and front["instance_prompt"] == "ada, bela"
    assert "step 4 of 6" in text and "Recscore 0.71 [0.60, 0.80]" in text and "| `ada` | `ada` | 6 |" in text
    assert "Regularization pictures: 2" in text and "second embedder (`models/other`)" in text
    assert "license" not in (release(project, tmp_path / "silent") / "README.md").read_text()


def test_again_is_the_same_bytes(project, tmp_path):
    first, second = release(project, tmp_path / "a"), release(project, tmp_path / "b")
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes()


def test_user_errors(project, tmp_path):
    models = project / "models" / "duo"
    with pytest.raises(MissingError, match="stage score@duo makes it"):
        run("duo", ReleaseParams(license=None), models=models, score=tmp_path / "no.json", out=tmp_path / "out")
    (tmp_path / "score.json").write_text(json.dumps({"best_step": 99}))
    with pytest.raises(MissingError, match="step-000099"):
        run("duo", ReleaseParams(license=None), models=models, score=tmp_path / "score.json", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
