import sys

import pytest
import torch
from tiny_sd import TRAIN, merged

from dramatis.core.errors import MissingError, ParameterError
from dramatis.train.optimizer import (
    buffers_of,
    check_optimizer,
    learning_parts,
    let_learn,
    optimizer_of,
    set_rates,
    still_learning,
)
from dramatis.train.params import TrainParams

SIZES = {"a": (3, 5), "b": (4,), "c": (2, 3, 1, 1)}


def settings(**changes):
    return TrainParams.model_validate(merged(TRAIN, changes))


@pytest.fixture
def parameters():
    parts = ("unet", "text_encoder", "text_encoder_2")
    return {part: {"a": torch.nn.Parameter(torch.ones(2)), "b": torch.nn.Parameter(torch.ones(3))} for part in parts}


def test_each_part_has_its_rate(parameters):
    optimizer = optimizer_of(buffers_of(parameters, settings()), settings())
    set_rates(optimizer, 0.5)
    assert [group["lr"] for group in optimizer.param_groups] == [1.0e-3, 5.0e-4, 5.0e-4]
    assert [len(group["params"]) for group in optimizer.param_groups] == [1, 1, 1]


def test_parts_by_phase(parameters):
    assert learning_parts(parameters, settings(parts=["text_encoder"])) == ["text_encoder", "text_encoder_2"]
    assert list(buffers_of(parameters, settings(parts=["unet"]))) == ["unet"]
    every = list(parameters)
    assert still_learning(every, settings(text_encoder_steps=3), 3) == every
    assert still_learning(every, settings(text_encoder_steps=3), 4) == ["unet"]


def test_a_part_that_stands_still_neither_moves_nor_decays(parameters):
    params = settings(optimizer={"weight_decay": 0.5})
    buffers = buffers_of(parameters, params)
    optimizer = optimizer_of(buffers, params)
    every = [tensor for named in parameters.values() for tensor in named.values()]
    for step in range(2):
        sum(tensor.square().sum() for tensor in every if tensor.requires_grad).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        if step == 0:
            let_learn(parameters, ["unet"], buffers)
            before = {part: named["a"].detach().clone() for part, named in parameters.items()}
    assert torch.equal(parameters["text_encoder"]["a"], before["text_encoder"])
    assert not torch.equal(parameters["unet"]["a"], before["unet"])


def test_a_buffer_steps_as_its_tensors_do(monkeypatch):
    """Ten steps on three tensors, laid end to end or apart."""
    found = []
    for small in (2**25, 0):
        monkeypatch.setattr("dramatis.train.optimizer.SMALL", small)
        generator = torch.Generator().manual_seed(1)
        named = {key: torch.nn.Parameter(torch.randn(*size, generator=generator)) for key, size in SIZES.items()}
        params = settings(parts=["unet"])
        buffers = buffers_of({"unet": named}, params)
        assert len(buffers["unet"]) == (1 if small else 3)
        optimizer = optimizer_of(buffers, params)
        for _ in range(10):
            sum((tensor - 1).square().sum() for tensor in named.values()).backward()
            torch.nn.utils.clip_grad_norm_(buffers["unet"], 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=not small)
        found.append(named)
    assert all(torch.allclose(found[0][key], found[1][key], atol=1e-6) for key in SIZES)


def test_eight_bits_need_a_gpu_and_the_package(monkeypatch):
    with pytest.raises(ParameterError, match="adamw8bit: needs device = cuda"):
        check_optimizer(settings(optimizer={"name": "adamw8bit"}))
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    monkeypatch.setitem(sys.modules, "bitsandbytes.optim", None)
    with pytest.raises(MissingError, match="pip install bitsandbytes"):
        check_optimizer(settings(optimizer={"name": "adamw8bit"}, device="cuda"))
