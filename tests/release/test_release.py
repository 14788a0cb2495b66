import json
import re

import numpy as np
import pytest
import torch
import yaml
from adapters import parts_of, random_adapter
from builders import picture
from diffusers import ControlNetModel
from safetensors import safe_open
from safetensors.torch import load_file
from tiny_sd import encode, tiny_sd  # noqa: F401

from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import decode, encode_png
from dramatis.core.runs import Fuse
from dramatis.core.tables import write_json, write_table
from dramatis.diffusion.apply import apply
from dramatis.diffusion.files import ADAPTER, CONTROLNET, EMBEDDING, UNET
from dramatis.diffusion.formats import kohya
from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import write_weights
from dramatis.preview.schema import PREVIEWS
from dramatis.release.card import limits
from dramatis.release.params import ReleaseParams
from dramatis.release.picture import some
from dramatis.release.run import run

ONE = {
    "recscore": 0.71,
    "interval": [0.6, 0.8],
    "identified": 0.9,
    "control": None,
    "base_control": 0.9,
    "base_recscore": 0.02,
    "best_step": 4,
    "reason": "Step 4 has recscore 0.71 [0.60, 0.80].",
}
METHODS = ["lora", "loha", "textual_inversion", "controlnet", "dreambooth"]


def previews_table(folder):
    rows = [
        {
            "preview_id": f"duo-{step:06d}-{who}-{number:02d}",
            "run": "duo",
            "step": step,
            "purpose": "tags",
            "character": who,
            "characters": [who],
            "prompt": f"{trigger}, 1person, {'forest' if number else 'lake'}",
            "negative": "",
            "wanted": ["forest"],
            "seed": number,
            "image": encode_png(picture(step + number)),
            "control_image": encode_png(picture(9)),
            "landmarks": None,
        }
        for step in (0, 2, 4)
        for who, trigger in (("ada", "<ada>"), ("bela", "bela"))
        for number in range(2)
    ]
    write_table(
        [{name: row.get(name) for name in PREVIEWS.names} for row in rows], PREVIEWS, folder / "previews.parquet"
    )


@pytest.fixture
def project(tiny_sd, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    second = {"weights": "models/other", "recscore": 0.5, "base_recscore": 0.01, "identified": 0.8}
    write_json(ONE | {"by_character": {"ada": ONE, "bela": ONE}, "second": second}, tmp_path / "duo.json")
    previews_table(tmp_path / "previews")
    return tmp_path


def checkpoint(method, base, folder):
    """A step of a run of each method."""
    model = Model(load_pipeline(str(base)))
    if method in ("lora", "loha"):
        write_weights(kohya.write(random_adapter(model.parts(), method, alpha=1), "sd"), folder / ADAPTER)
    elif method == "dreambooth":
        weights = model.parts()["unet"].state_dict()
        write_weights({name: tensor * 1.25 for name, tensor in weights.items()}, folder / UNET)
    elif method == "textual_inversion":
        write_weights({"<ada>": torch.full((2, 32), 0.3)}, folder / EMBEDDING)
    else:
        config = model.parts()["unet"].config
        ControlNetModel(
            block_out_channels=config.block_out_channels, layers_per_block=1, cross_attention_dim=32,
            norm_num_groups=8, conditioning_embedding_out_channels=(8, 16, 32), attention_head_dim=8,
            down_block_types=config.down_block_types, addition_embed_type="text", addition_embed_type_num_heads=4,
        ).save_pretrained(folder / CONTROLNET)  # fmt: skip


def release(project, base, method="lora", license=None, fuse=None, out="duo", **params):
    models = project / "models" / "duo"
    if not models.exists():
        checkpoint(method, base, models / "step-000004")
        trained = {
            "run": "duo",
            "method": method,
            "base": str(base),
            "base_sha256": "ab" * 32,
            "clip_skip": None,
            "family": "sd",
            "characters": {
                "ada": {"trigger": "<ada>" if method == "textual_inversion" else "ada", "pictures": 6},
                "bela": {"trigger": "bela", "pictures": 40},
            },
            "regularization": 2,
            "dataset_sha256": {"plan.parquet": "cd" * 32},
            "params": {"steps": 6, "seed": 7, "learning_rate": {"unet": 1e-3, "text_encoder": 1e-4}, "embedding": {}},
            "libraries": {"torch": "2.13.0"},
            "last": "step-000006",
        }
        if method == "textual_inversion":
            del trained["characters"]["bela"]
        write_json(trained, models / "run.json")
    place = project / "models" / "release" / out
    run(
        "duo",
        ReleaseParams(license=license, **params),
        models=models,
        score=project / "duo.json",
        out=place,
        previews=project / "previews",
        fuse=fuse,
    )
    return place


def code_of(card):
    return re.findall(r"```python\n(.*?)```", card, re.DOTALL)


@pytest.mark.parametrize("method", [name for name in METHODS if name != "loha"])
def test_the_code_of_the_card_runs(project, tiny_sd, method):  # noqa: F811
    out = release(project, tiny_sd, method)
    if method == "controlnet" and not (out / "control.png").exists():
        (out / "control.png").write_bytes(
            encode_png(picture(9))
        )  # previews without a control image leave it to the user
    (code,) = code_of((out / "README.md").read_text())
    exec(compile(code, "card", "exec"), {})  # noqa: S102
    drawn = decode((project / "duo.png").read_bytes())
    assert drawn.shape == (64, 64, 3) and drawn.std() > 0


def prediction(base, weights=None):
    """What the UNet predicts for a fixed input with an adapter, text encoder included."""
    pipeline = load_pipeline(str(base))
    if weights is not None:
        pipeline.load_lora_weights(str(weights.parent), weight_name=weights.name)
    latents = torch.randn(2, 4, 16, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        return pipeline.unet(latents, 500, encode(pipeline.tokenizer, pipeline.text_encoder, ["ada", ""])).sample


def test_both_files_of_a_lora_are_the_chosen_step(project, tiny_sd):  # noqa: F811
    out = release(project, tiny_sd)
    assert {file.name for file in out.iterdir()} == {
        "README.md", "duo.safetensors", "grid.png", "pytorch_lora_weights.safetensors",
    }  # fmt: skip
    chosen = project / "models" / "duo" / "step-000004" / ADAPTER
    theirs, ours = load_file(chosen), load_file(out / "duo.safetensors")
    assert theirs.keys() == ours.keys() and all(torch.equal(theirs[name], ours[name]) for name in ours)
    wanted = prediction(tiny_sd, out / "duo.safetensors")
    assert torch.equal(prediction(tiny_sd, out / "pytorch_lora_weights.safetensors"), wanted)  # alpha / rank is 1/2
    assert (prediction(tiny_sd) - wanted).abs().max() > 1e-3


def test_metadata_that_people_read(project, tiny_sd):  # noqa: F811
    out = release(project, tiny_sd, license="cc-by-4.0")
    with safe_open(out / "duo.safetensors", "pt") as stream:
        told = stream.metadata()
    assert told["ss_network_module"] == "networks.lora" and told["ss_network_dim"] == "2"
    assert told["ss_network_alpha"] == "1.0" and told["ss_steps"] == "4" and told["ss_output_name"] == "duo"
    assert json.loads(told["ss_tag_frequency"]) == {"ada": {"ada": 6}, "bela": {"bela": 40}}
    assert told["modelspec.trigger_phrase"] == "ada, bela" and told["modelspec.license"] == "cc-by-4.0"
    assert told["modelspec.architecture"] == "stable-diffusion-v1/lora"
    assert told["dramatis.base_sha256"] == "ab" * 32 and len(told["dramatis.dataset_sha256"]) == 64
    assert json.loads(told["dramatis.settings"])["seed"] == 7
    assert str(tiny_sd.parent) not in "".join(told.values())


def test_a_loha_is_released_as_lycoris_reads_it(project, tiny_sd):  # noqa: F811
    out = release(project, tiny_sd, "loha")
    with safe_open(out / "duo.safetensors", "pt") as stream:
        told = stream.metadata()
    assert told["ss_network_module"] == "lycoris.kohya"
    assert json.loads(told["ss_network_args"])["algo"] == "loha"
    assert not (out / "pytorch_lora_weights.safetensors").exists()
    assert "create_network_from_weights" in code_of((out / "README.md").read_text())[0]


def test_dreambooth_as_folder_and_one_file(project, tiny_sd):  # noqa: F811
    out = release(project, tiny_sd, "dreambooth")
    base, whole = load_pipeline(str(tiny_sd)), load_pipeline(str(out / "pipeline"))
    for name, tensor in whole.unet.state_dict().items():
        assert torch.equal(tensor, base.unet.state_dict()[name] * 1.25)
    with pytest.raises(InputError, match="reads 'text' besides"):  # the tiny base, as the pocket base, has no such file
        release(project, tiny_sd, "dreambooth", single_file=True, out="other")
    assert not (project / "models" / "release" / "other").exists()


def test_a_base_that_holds_the_run(project, tiny_sd):  # noqa: F811
    out = release(project, tiny_sd, fuse=Fuse(onto=str(tiny_sd), scale=0.8))
    model = Model(load_pipeline(str(tiny_sd)))
    apply(model, project / "models" / "duo" / "step-000004", 0.8)
    fused = load_pipeline(str(out / "pipeline"))
    for part, module in parts_of(fused).items():
        wanted = getattr(model.pipeline, part).state_dict()
        assert all(torch.equal(tensor, wanted[name]) for name, tensor in module.state_dict().items())
    assert "at strength 0.8" in (out / "README.md").read_text()


def test_the_card_says_what_it_is(project, tiny_sd):  # noqa: F811
    text = (release(project, tiny_sd, license="cc-by-4.0") / "README.md").read_text()
    front = yaml.safe_load(text.split("---")[1])
    assert front["license"] == "cc-by-4.0" and front["instance_prompt"] == "ada, bela"
    assert "step 4 of 6" in text and "Recscore 0.71 [0.60, 0.80]" in text and "| `ada` | `ada` | 6 |" in text
    assert "regularization pictures: 2" in text and "second embedder (`models/other`)" in text
    assert "`<ada>, 1person, lake`" in text and "`ada` was learned from 6 pictures" in text
    silent = (release(project, tiny_sd, out="silent") / "README.md").read_text()
    assert "license:" not in silent and "None is given. Ask whoever gave you this" in silent


def test_a_method_without_scores_of_faces_has_a_card(project, tiny_sd):  # noqa: F811
    write_json(
        {"best_step": 4, "reason": "Pose error 0.1.", "pose_error": 0.1, "base_pose_error": 0.4}, project / "duo.json"
    )
    text = (release(project, tiny_sd, "controlnet") / "README.md").read_text()
    assert "Pose error 0.1." in text and "Recscore" not in text and "| pose error | 0.10 | – | 0.40 |" in text


def test_limits_are_named_by_the_scores():
    run_file = {"characters": {"ada": {"pictures": 50}}}
    good = {"recscore": 0.9, "identified": 0.95, "control": 0.8, "base_control": 0.85}
    assert limits(run_file, {"by_character": {"ada": good}})[0].startswith("None was found")
    bad = {"recscore": 0.5, "identified": 0.6, "control": 0.5, "base_control": 0.85}
    found = limits(run_file, {"by_character": {"ada": bad}})
    assert len(found) == 3 and "in 40% of the previews" in found[1]
    assert limits(run_file, {"copy_risk": 0.6, "leaks": 0.05})[0].startswith("None was found")  # 0.5 copies nothing
    found = limits(run_file, {"copy_risk": 0.9, "leaks": 0.2, "pair": {"both_found": 0.5}})
    assert "a chance of 90%; 50% copies nothing" in found[0] and found[1].startswith("20% of the previews of one")
    assert found[2].startswith("Asked for two characters, 50% ") and len(found) == 3


def test_previews_are_paired_and_everybody_is_in_turn(project):
    import pyarrow.parquet as pq

    rows = pq.read_table(project / "previews" / "previews.parquet").to_pylist()
    pairs = some(rows, 4, 3)
    assert [new["character"] for _, new in pairs] == ["ada", "bela", "ada"]
    for old, new in pairs:
        assert (old["step"], new["step"]) == (0, 4)
        assert (old["prompt"], old["seed"]) == (new["prompt"], new["seed"])


def test_again_is_the_same_bytes(project, tiny_sd):  # noqa: F811
    first, second = release(project, tiny_sd), release(project, tiny_sd, out="b")
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes()
    assert np.asarray(decode((first / "grid.png").read_bytes())).shape[2] == 3


def test_user_errors(project, tiny_sd):  # noqa: F811
    models = project / "models" / "duo"
    params, out = ReleaseParams(license=None), project / "out"
    with pytest.raises(MissingError, match="stage score@duo makes it"):
        run("duo", params, models=models, score=project / "no.json", out=out)
    release(project, tiny_sd)
    (project / "duo.json").write_text(json.dumps({"best_step": 99}))
    with pytest.raises(MissingError, match="step-000099"):
        run("duo", params, models=models, score=project / "duo.json", out=out)
    (models / "step-000099").mkdir()
    with pytest.raises(InputError, match="holds nothing to release"):
        run("duo", params, models=models, score=project / "duo.json", out=out)
    assert not out.exists()
