"""The benchmark for GPUs, in small on a CPU: it learns what it says, counts operations, refuses without a GPU."""

import pytest
import torch

from dramatis.bench.train_base import TINY, unet_of
from dramatis.bench.train_gpu import (
    FAMILIES,
    RANK,
    Family,
    learned,
    main,
    matrix_peak,
    measured,
    operations,
    sdxl_unet,
    step_of,
    with_lora,
)
from dramatis.core.errors import MissingError, ParameterError

SMALL = {
    "sd15": Family(lambda: unet_of(TINY), 8, TINY.text, None),
    "sdxl": Family(lambda: sdxl_unet(10), 8, 2048, 1280),
}


@pytest.mark.parametrize("name", SMALL)
def test_only_adapters_learn_and_they_do(name):
    family = SMALL[name]
    unet = with_lora(family.unet(), "cpu", torch.float32)
    before = {key: tensor.clone() for key, tensor in unet.named_parameters()}
    step_of(unet, family, 2, torch.float32)()
    changed = {key for key, tensor in unet.named_parameters() if not torch.equal(tensor, before[key])}
    assert changed and all(".lora_" in key for key in changed)
    assert all(any(side in key for key in changed) for side in ("lora_A", "lora_B"))
    assert all(RANK in tensor.shape for tensor in learned(unet))


def test_twice_the_pictures_are_twice_the_operations():
    unet = with_lora(SMALL["sd15"].unet(), "cpu", torch.float32)
    one, two = (operations(step_of(unet, SMALL["sd15"], batch, torch.float32)) for batch in (1, 2))
    assert 0 < one and two == pytest.approx(2 * one, rel=0.1)  # the adapters' own gradients are as large for one


def test_figures_on_a_cpu():
    found = measured(SMALL["sd15"], 1, "cpu", torch.float32, matrix_peak("cpu", torch.float32, 256, 3), steps=1)
    assert found["images_per_s"] > 0 and 0 < found["peak_share"] < 1


@pytest.mark.parametrize(("name", "millions"), [("sd15", 859.5), ("sdxl", 2567.5)])
def test_the_real_ones_have_their_real_size(name, millions):
    with torch.device("meta"):
        unet = FAMILIES[name].unet()
    assert sum(tensor.numel() for tensor in unet.parameters()) / 1e6 == pytest.approx(millions, abs=0.1)


def test_it_refuses_without_a_gpu_and_other_families(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(MissingError, match="GPU: torch finds none here. Run this where there is one"):
        main([])
    with pytest.raises(ParameterError, match="must be one of sd15, sdxl"):
        main(["flux"])
