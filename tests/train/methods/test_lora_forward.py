"""LoRA's own product against peft's three: the same numbers and the same gradients, up to rounding."""

import pytest
import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import nn

from dramatis.train.methods import lora
from dramatis.train.methods.lora import NAME, forward


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(6, 8)
        self.conv = nn.Conv2d(8, 4, 3, stride=2, padding=1)

    def forward(self, x):
        return self.conv(self.linear(x).permute(0, 3, 1, 2))


@pytest.fixture
def model():
    torch.manual_seed(0)
    found = inject_adapter_in_model(LoraConfig(r=3, lora_alpha=2, target_modules=["linear", "conv"]), Two())
    for layer in (found.linear, found.conv):
        nn.init.normal_(layer.lora_B[NAME].weight)
    return found


def outcome(model, x):
    y = model(x)
    model.zero_grad()
    y.pow(2).sum().backward()
    return y.detach(), [tensor.grad.clone() for tensor in model.parameters() if tensor.grad is not None]


def own(model):
    for layer in (model.linear, model.conv):
        layer.forward = lambda x, layer=layer, apart=layer.forward: forward(layer, apart, x)


def test_it_gives_what_peft_gives(model):
    x = torch.randn(2, 5, 7, 6)
    theirs, their_gradients = outcome(model, x)
    own(model)
    ours, our_gradients = outcome(model, x)
    assert torch.allclose(ours, theirs, atol=1e-5) and not torch.equal(ours, theirs)
    assert len(our_gradients) == len(their_gradients) == 4
    for a, b in zip(our_gradients, their_gradients, strict=True):
        assert torch.allclose(a, b, rtol=1e-4, atol=1e-4)


def test_a_fresh_adapter_changes_no_bit(model):
    x = torch.randn(1, 4, 4, 6)
    for layer in (model.linear, model.conv):
        nn.init.zeros_(layer.lora_B[NAME].weight)
    bare = nn.functional.linear(x, model.linear.get_base_layer().weight, model.linear.get_base_layer().bias)
    own(model)
    assert torch.equal(model.linear(x), bare)


def test_large_weights_and_half_precision_go_peft_s_way(model, monkeypatch):
    x = torch.randn(1, 4, 4, 6)
    theirs = model(x)
    own(model)
    monkeypatch.setattr(lora, "LARGE", 0)
    assert torch.equal(model(x), theirs)
    monkeypatch.undo()
    with torch.autocast("cpu", torch.bfloat16):
        assert model(x).dtype == torch.bfloat16
