"""What every method promises, over all methods and both families."""

import pytest
import torch
from lessons import METHODS, bare, base_model, build, disturb, loss_of, prediction, settings, teach

from dramatis.core.errors import ParameterError
from dramatis.train.methods import build_method, names, trained_parts

LAYOUTS = ("tiny", "sdxl")
RATES = {"dreambooth": 1e-3, "controlnet": 1e-3, "textual_inversion": 3e-2}
pairs = pytest.mark.parametrize(("name", "layout"), [(name, layout) for name in METHODS for layout in LAYOUTS])


def test_the_suite_covers_all_methods():
    assert names() == sorted(METHODS)


@pairs
def test_a_fresh_one_changes_nothing(bases, name, layout):
    model = base_model(bases[layout])
    captions = ["a a, forest", "a a, red, lake"] if name == "textual_inversion" else ["ada, forest", "ada, red, lake"]
    wanted = bare(model, captions)
    assert torch.equal(prediction(build(name, bases[layout])), wanted)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_fresh_dora_changes_nothing(bases, layout):
    wanted = bare(base_model(bases[layout]))
    assert torch.equal(prediction(build("lora", bases[layout], adapter={"dora": True})), wanted)


@pytest.mark.parametrize(("name", "adapter"), [("lora", {}), ("lora", {"dora": True}), ("loha", {}), ("lokr", {})])
def test_a_fresh_adapter_changes_nothing_in_half_precision(bases, name, adapter):
    method = build(name, bases["tiny"], "bf16", adapter=adapter)
    model = base_model(bases["tiny"], "bf16")
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(prediction(method), bare(model))
    assert all(tensor.dtype == torch.float32 for named in method.parameters().values() for tensor in named.values())


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        *((name, "tiny") for name in METHODS),
        *(pytest.param(name, "sdxl", marks=pytest.mark.slow) for name in ("lora", "textual_inversion")),
    ],
)
def test_it_learns(bases, name, layout):
    losses = teach(build(name, bases[layout]), 12, RATES.get(name, 1e-2))
    floor = 0.999 if name == "textual_inversion" else 0.95  # two words can do little with a UNet of random weights
    assert losses[-1] < floor * losses[0]


@pairs
def test_gradients_reach_every_parameter(bases, name, layout):
    method = disturb(build(name, bases[layout]))
    loss_of(method).backward()
    idle = {
        f"{part}/{name}"
        for part, named in method.parameters().items()
        for name, tensor in named.items()
        if tensor.grad is None or not tensor.grad.any()
    }
    unread = ("layers.2.", "final_layer_norm") if layout == "sdxl" else ()  # the first encoder's last layer is not read
    idle = {one for one in idle if not (one.startswith("text_encoder/") and any(end in one for end in unread))}
    idle = {
        one for one in idle if not one.endswith("k_proj.bias") and not one.endswith("to_k.bias")
    }  # softmax is blind to it
    assert not idle


@pytest.mark.parametrize("name", METHODS)
def test_two_builds_are_the_same(bases, name):
    first, second = (build(name, bases["tiny"]).parameters() for _ in range(2))
    assert [(part, list(named)) for part, named in first.items()] == [
        (part, list(named)) for part, named in second.items()
    ]
    for part, named in first.items():
        for key, tensor in named.items():
            assert tensor.dtype == torch.float32 and tensor.requires_grad
            assert torch.equal(tensor, second[part][key])


@pytest.mark.parametrize("name", ["lora", "loha", "lokr", "controlnet"])
def test_another_seed_begins_elsewhere(bases, name):
    first, second = (build(name, bases["tiny"], seed=seed).parameters() for seed in (7, 8))
    assert any(not torch.equal(t, second[part][key]) for part, named in first.items() for key, t in named.items())


@pytest.mark.parametrize("name", METHODS)
def test_building_and_predicting_leave_the_global_generator_alone(bases, name):
    model = base_model(bases["tiny"])
    state = torch.get_rng_state()
    loss_of(build_method(name, model, settings(adapter={"dropout": 0.5}), {"ada": "ada"}))
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("name", "precision", "kind"),
    [*((name, "fp16", "F16") for name in METHODS), ("lora", "fp32", "F32"), ("lora", "bf16", "BF16")],
)
def test_saved_files_have_the_precision_asked_for_and_the_same_bytes_again(bases, tmp_path, name, precision, kind):
    files = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        method = disturb(build(name, bases["tiny"], save_precision=precision))
        method.save(folder)
        found = sorted(file for file in folder.rglob("*") if file.is_file())
        files.append({file.relative_to(folder): file.read_bytes() for file in found})
    assert files[0] == files[1]
    weights = [content for file, content in files[0].items() if file.suffix == ".safetensors"]
    assert weights and all(f'"dtype":"{kind}"'.encode() in content for content in weights)
    assert all(str(tmp_path).encode() not in content for content in files[0].values())


@pytest.mark.parametrize("name", METHODS)
def test_gradient_checkpointing_gives_the_same_gradients(bases, name):
    kept, again = (
        build(name, bases["tiny"], gradient_checkpointing=on, adapter={"dropout": 0.2}) for on in (False, True)
    )
    again.model.checkpoint_activations()
    for method in (kept, again):
        disturb(method)
        loss_of(method).backward()
    for part, named in kept.parameters().items():
        for key, tensor in named.items():
            torch.testing.assert_close(again.parameters()[part][key].grad, tensor.grad, rtol=1e-4, atol=1e-6)


def test_parts_are_those_of_any_phase():
    able = ["unet", "text_encoder", "text_encoder_2"]
    assert trained_parts(able, settings()) == able
    assert trained_parts(able, settings(parts=["unet"])) == ["unet"]
    phases = [{"name": "te", "parts": ["text_encoder"]}, {"name": "rest"}]
    assert trained_parts(able, settings(parts=["unet"], phases=phases)) == able
    assert trained_parts(able, settings(parts=["unet"], phases=phases[:1])) == able[1:]
    assert trained_parts(able, settings(parts=["unet"], phases=[{"name": "all", "parts": None}])) == able


@pytest.mark.parametrize("name", ["lora", "dreambooth"])
def test_parts_that_no_phase_trains_are_left_alone_and_not_saved(bases, tmp_path, name):
    method = build(name, bases["sdxl"], parts=["text_encoder"])
    assert list(method.parameters()) == ["text_encoder", "text_encoder_2"]
    method.save(tmp_path)
    assert not (tmp_path / "unet.safetensors").exists()
    assert not any(p.requires_grad for p in method.model.pipeline.unet.parameters())


def test_an_unknown_method():
    with pytest.raises(
        ParameterError, match="must be one of controlnet, dreambooth, loha, lokr, lora, textual_inversion"
    ):
        build_method("magic", None, settings(), {})
