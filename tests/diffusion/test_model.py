"""One suite over the layouts of bases: the tiny one, SD 1.5 and SDXL."""

import copy

import pytest
import torch
from tiny_sd import BUILDERS, TRAIN, merged

from dramatis.core.errors import ParameterError
from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.model import Model, load_model
from dramatis.train.methods import build_method
from dramatis.train.params import TrainParams

TIMES = torch.tensor([[64.0, 64, 0, 0, 64, 64]])


@pytest.fixture(scope="module")
def fresh(bases):
    """Makes a fresh model of a layout: a copy of what was loaded once."""
    loaded = {}

    def make(layout, **changes):
        pipeline = loaded.setdefault(layout, None) or load_pipeline(str(bases[layout]))
        loaded[layout] = pipeline
        shared = [part for name, part in pipeline.components.items() if name.startswith("tokenizer")]
        return Model(copy.deepcopy(pipeline, {id(part): part for part in shared}), **changes)

    return make


@pytest.fixture(params=BUILDERS)
def model(request, fresh):
    return fresh(request.param)


def inputs(model, count=2):
    generator = torch.Generator().manual_seed(1)
    side = model.pipeline.unet.config.sample_size
    return torch.randn(count, 4, side, side, generator=generator), torch.tensor([500] * count), TIMES.expand(count, -1)


def test_it_says_what_the_pipeline_says(model):
    with torch.no_grad():
        ours = model.encode(["ada, forest"])
        theirs = model.pipeline.encode_prompt(
            ["ada, forest"], device="cpu", num_images_per_prompt=1, do_classifier_free_guidance=False
        )
    assert torch.equal(ours.hidden, theirs[0])
    assert (ours.pooled is None) == (model.family == "sd")
    if model.family == "sdxl":
        assert torch.equal(ours.pooled, theirs[2])
        assert set(model.parts()) == {"unet", "text_encoder", "text_encoder_2"}


def test_it_denoises_and_reads_more_tokens(model):
    noisy, t, times = inputs(model)
    with torch.no_grad():
        short, long = (model.denoise(noisy, t, model.encode(["ada", ""], tokens), times) for tokens in (75, 225))
    assert short.shape == noisy.shape and short.isfinite().all()
    assert not torch.equal(short, long)


def test_sdxl_heeds_time_ids_and_wants_them(fresh):
    model = fresh("sdxl")
    noisy, t, times = inputs(model)
    said = model.encode(["ada", ""])
    with torch.no_grad():
        assert not torch.equal(model.denoise(noisy, t, said, times), model.denoise(noisy, t, said, times + 8))
        with pytest.raises(ValueError, match="time_ids"):
            model.denoise(noisy, t, said)


def test_clip_skip_in_sdxl(fresh):
    pipeline = fresh("sdxl").pipeline
    with torch.no_grad():
        own, two, one, three = (Model(pipeline, skip).encode(["ada"]) for skip in (None, 2, 1, 3))
        first, second = (
            encoder(tokenizer("ada", padding="max_length", return_tensors="pt").input_ids, output_hidden_states=True)
            for encoder, tokenizer in (
                (pipeline.text_encoder, pipeline.tokenizer),
                (pipeline.text_encoder_2, pipeline.tokenizer_2),
            )
        )
        theirs = pipeline.encode_prompt("ada", device="cpu", do_classifier_free_guidance=False, clip_skip=1)
    assert torch.equal(own.hidden, two.hidden)
    assert torch.equal(one.hidden, torch.cat([first.hidden_states[-1], second.hidden_states[-1]], dim=-1))
    assert torch.equal(three.hidden, theirs[0])  # diffusers counts from the layer that SDXL was trained with
    assert all(torch.equal(found.pooled, second.text_embeds) for found in (own, one, three))


@pytest.mark.parametrize("layout", BUILDERS)
def test_too_few_layers_for_clip_skip(fresh, layout):
    with pytest.raises(ParameterError, match=r"clip_skip = 9: the base's text encoder has [23] layers"):
        fresh(layout, clip_skip=9)


def counted(model):
    """Calls of the first encoder from now on."""
    calls = []
    model.pipeline.text_encoder.register_forward_hook(lambda *_: calls.append(1))
    return calls


def test_what_was_said_is_kept_bit_for_bit_until_a_weight_changes(model):
    calls = counted(model)
    first = model.encode(["ada", "", "ada"])
    assert len(calls) == 2
    again = model.encode(["", "bela", "ada"])
    assert len(calls) == 3 and torch.equal(first.hidden[[1, 0]], again.hidden[[0, 2]])
    model.forget()
    assert torch.equal(model.encode(["ada"]).hidden, again.hidden[2:])
    with torch.no_grad():
        next(model.pipeline.text_encoder.parameters()).mul_(1.5)
    assert not torch.equal(model.encode(["ada"]).hidden, first.hidden[:1]) and len(calls) == 5
    model.encode(["ada"], tokens=150)
    assert len(calls) == 6


def test_nothing_is_kept_while_an_encoder_learns_or_drops_out(model):
    calls = counted(model)
    weight = next(model.pipeline.text_encoder.parameters()).requires_grad_(True)
    assert model.encode(["ada"]).hidden.requires_grad and model.encode(["ada"]).hidden.requires_grad
    assert len(calls) == 2
    weight.requires_grad_(False)
    model.pipeline.text_encoder.chance = torch.nn.Dropout(0.5)
    model.encode(["ada"]), model.encode(["ada"])
    assert len(calls) == 4
    model.pipeline.text_encoder.eval()
    model.encode(["ada"]), model.encode(["ada"])
    assert len(calls) == 5


def test_it_keeps_a_bounded_number_of_texts(fresh, monkeypatch):
    monkeypatch.setattr("dramatis.diffusion.model.REMEMBERED", 3)
    model = fresh("tiny")
    calls = counted(model)
    model.encode(["a", "b", "c", "d", "e"])
    model.encode(["c", "d", "e"])
    assert len(calls) == 5
    model.encode(["a"])
    assert len(calls) == 6


def test_without_memory_a_batch_is_encoded_at_once(model):
    calls = counted(model)
    model.remembers = False
    with torch.no_grad():
        together = model.encode(["ada", "bela"]).hidden
    assert len(calls) == 1
    model.remembers = True
    assert torch.allclose(together, model.encode(["ada", "bela"]).hidden, atol=1e-5)


def gradient(model, checkpointing):
    """Loss and gradients of a LoRA step."""
    if checkpointing:
        model.checkpoint_activations()
    method = build_method("lora", model, TrainParams.model_validate(merged(TRAIN, {})), {})
    generator = torch.Generator().manual_seed(2)
    tensors = [tensor for named in method.parameters().values() for tensor in named.values()]
    for tensor in tensors:
        tensor.data += 0.05 * torch.randn(tensor.shape, generator=generator)
    kept = []
    noisy, t, times = inputs(model)
    with torch.autograd.graph.saved_tensors_hooks(lambda x: kept.append(x.numel()) or x, lambda x: x):
        predicted = model.denoise(noisy, t, model.encode(["ada", "bela"]), times)
    loss = predicted.pow(2).mean()
    loss.backward()
    return loss.detach(), [tensor.grad for tensor in tensors], sum(kept)


@pytest.mark.parametrize("layout", BUILDERS)
def test_checkpointing_keeps_less_and_changes_nothing(fresh, layout):
    (plain, gradients, kept), (other, others, fewer) = (
        gradient(fresh(layout), checkpointing) for checkpointing in (False, True)
    )
    assert fewer < 0.5 * kept
    assert torch.allclose(plain, other, rtol=1e-5)
    # SDXL never reads the last layer of its first encoder, so that learns nothing
    assert [one is None for one in gradients] == [one is None for one in others]
    pairs = [(a, b) for a, b in zip(gradients, others, strict=True) if a is not None]
    assert len(pairs) > 0.8 * len(gradients)
    assert all(torch.allclose(a, b, rtol=1e-4, atol=1e-6) for a, b in pairs)
    assert sum(bool(a.abs().sum() > 0) for a, _ in pairs) > 0.8 * len(pairs)


def test_zero_terminal_snr(bases):
    """The worked example of the paper: the end is pure noise, the beginning is as it was, drawing starts at the end."""
    model = load_model(str(bases["tiny"]), zero_terminal_snr=True)
    plain = load_model(str(bases["tiny"]))
    kept, before = model.scheduler.alphas_cumprod, plain.scheduler.alphas_cumprod
    assert kept[-1] == 0 and before[-1] > 0
    assert kept[0] == pytest.approx(float(before[0]), abs=1e-6)
    roots = before.sqrt()
    by_hand = (roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])
    assert torch.allclose(kept.sqrt(), by_hand, atol=1e-5)
    drawing = model.pipeline.scheduler
    drawing.set_timesteps(4)
    assert drawing.timesteps[0] == 999 and drawing.config.rescale_betas_zero_snr
    assert not plain.pipeline.scheduler.config.rescale_betas_zero_snr
    model.set_schedule(False)
    assert torch.equal(model.scheduler.alphas_cumprod, before)
    assert torch.equal(model.pipeline.scheduler.alphas_cumprod, plain.pipeline.scheduler.alphas_cumprod)


@pytest.mark.parametrize("layout", ["sd15", "sdxl"])
def test_zero_terminal_snr_needs_more_than_epsilon(fresh, layout):
    with pytest.raises(ParameterError, match="zero_terminal_snr = true: this base predicts epsilon"):
        fresh(layout, zero_terminal_snr=True)
