import copy

import pytest
import torch
from tiny_sd import TRAIN, dataset_row, merged, prior_row, write_dataset

from dramatis.core.tables import write_table
from dramatis.dataset.schema import CONTROLLED
from dramatis.diffusion.model import load_model
from dramatis.train.methods import build_method
from dramatis.train.params import TrainParams
from dramatis.train.validate import held_out, spread, validation_items, validation_loss

PARAMS = TrainParams.model_validate(merged(TRAIN, {"captions": {"dropout": 0.9, "tag_dropout": 0.9}}))


@pytest.fixture
def method(tiny_sd):
    return build_method("lora", load_model(str(tiny_sd)), PARAMS, {})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    held = [dataset_row(20 + i, "ada" if i < 3 else "bela") for i in range(6)]
    return write_dataset(
        tmp_path_factory.mktemp("data"), validation=held, **{"regularization/validation": [prior_row(40)]}
    )


def add_control(folder, rows):
    stored = [{name: row.get(name) for name in CONTROLLED.names} | {"conditioning_image": row["image"]} for row in rows]
    write_table(stored, CONTROLLED, folder / "v.parquet")


def items_of(model, folder, characters, pictures, method="lora"):
    return validation_items(model, folder, held_out(folder, characters, method), pictures)


def disturbed(method):
    generator = torch.Generator().manual_seed(2)
    for named in method.parameters().values():
        for tensor in named.values():
            tensor.data += 0.05 * torch.randn(tensor.shape, generator=generator)


def test_who_is_measured_and_on_what(method, folder):
    items = items_of(method.model, folder, ["ada", "bela"], 2)
    assert {name: len(found) for name, found in items.items()} == {"ada": 2, "bela": 2, "regularization": 1}
    assert set(items_of(method.model, folder, ["bela"], 9)) == {"bela", "regularization"}


def test_a_style_is_measured_on_scenes_that_name_nobody(tmp_path):
    nobody, somebody = (dataset_row(i, None, "forest", characters=names) for i, names in ((50, []), (51, ["ada"])))
    folder = write_dataset(tmp_path, **{"scenes/validation": [nobody, somebody]})
    assert {name: [row["id"] for row in rows] for name, rows in held_out(folder, [], "textual_inversion").items()} == {
        "scenes": ["row-0050"]
    }


def test_a_controlnet_is_measured_on_held_out_control_images(tiny_sd, tmp_path):
    write_dataset(tmp_path, **{"regularization/validation": [prior_row(40)]})
    rows = [dataset_row(60 + i, origin=kind) for i, kind in enumerate(("landmarks", "canny"))]
    add_control(tmp_path / "control/validation", rows)
    held = held_out(tmp_path, ["ada"], "controlnet", ["canny"])
    assert {name: [row["id"] for row in found] for name, found in held.items()} == {"ada": ["row-0061"]}
    method = build_method("controlnet", load_model(str(tiny_sd)), PARAMS, {})
    items = validation_items(method.model, tmp_path, held_out(tmp_path, ["ada"], "controlnet"), 9)
    assert len(items["ada"]) == 2 and all(item.control.shape == (3, 64, 64) for item in items["ada"])
    first = validation_loss(method, items, PARAMS, 7)
    disturbed(method)
    assert validation_loss(method, items, PARAMS, 7) != first


def test_a_selection_is_spread_over_all():
    assert spread(list("abcdefgh"), 3) == ["a", "c", "f"]
    assert spread(["a"], 3) == ["a"]


def test_it_repeats_itself_and_sees_the_model(method, folder):
    items = items_of(method.model, folder, ["ada", "bela"], 2)
    first = validation_loss(method, items, PARAMS, 7)
    assert first == validation_loss(method, items, PARAMS, 7) and set(first) == {"ada", "bela", "regularization"}
    assert first["ada"] == validation_loss(method, {"ada": items["ada"]}, PARAMS, 7)["ada"]
    assert first != validation_loss(method, items, PARAMS, 8)
    disturbed(method)
    assert first != validation_loss(method, items, PARAMS, 7)


def test_the_loss_by_hand(method, folder):
    """A model that predicts nothing errs by the target: v = sqrt(kept) noise - sqrt(1 - kept) latents."""
    items = {"ada": items_of(method.model, folder, ["ada"], 1)["ada"]}
    method.predict = lambda noisy, *_: torch.zeros_like(noisy)
    found = validation_loss(method, items, PARAMS, 7)["ada"]
    kept = method.model.scheduler.alphas_cumprod[[250, 749]]
    latents = items["ada"][0].mean
    wanted = (kept + (1 - kept) * latents.pow(2).mean()).mean()
    assert found == pytest.approx(float(wanted), rel=0.1)  # noise of 1,024 numbers has a variance of nearly 1


def test_training_goes_on_with_the_same_bits(tiny_sd, folder):
    """Two trainings with dropout, one of which is measured: every generator, mode and weight stays as it was."""

    def trained(measured):
        model = load_model(str(tiny_sd))
        method = build_method("lora", model, PARAMS, {})
        model.pipeline.unet.mid_block.chance = torch.nn.Dropout(0.5).train()
        model.pipeline.unet.mid_block.register_forward_hook(lambda block, _, out: block.chance(out))
        items = items_of(model, folder, ["ada"], 2)
        weights = [tensor for named in method.parameters().values() for tensor in named.values()]
        optimizer = torch.optim.AdamW(weights, lr=1e-2)
        torch.manual_seed(3)
        noisy, t = torch.randn(1, 4, 16, 16), torch.tensor([500])
        for _ in range(3):
            model.denoise(noisy, t, model.encode(["ada"])).pow(2).mean().backward()
            optimizer.step()
            optimizer.zero_grad()
            if measured:
                modes = [module.training for module in model.pipeline.unet.modules()]
                validation_loss(method, items, PARAMS, 7)
                assert modes == [module.training for module in model.pipeline.unet.modules()] and any(modes)
        return copy.deepcopy(weights), torch.get_rng_state()

    (plain, state), (measured, other) = trained(False), trained(True)
    assert all(torch.equal(a, b) for a, b in zip(plain, measured, strict=True))
    assert torch.equal(state, other)
