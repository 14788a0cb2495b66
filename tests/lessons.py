"""One small lesson for any method on a base of random weights: a fixed batch, its noise, and steps of training."""

from pathlib import Path

import torch
from tiny_sd import TRAIN, merged

from dramatis.diffusion.model import Model, load_model
from dramatis.train.batches import Batch
from dramatis.train.methods import Method, build_method, denoised
from dramatis.train.params import TrainParams

METHODS = ("controlnet", "dreambooth", "loha", "lokr", "lora", "textual_inversion")
SIDE_PX = 64
CAPTIONS = ["ada, forest", "ada, red, lake"]


def settings(**changes) -> TrainParams:
    return TrainParams.model_validate(merged(TRAIN, changes))


def base_model(folder: Path, precision="fp32") -> Model:
    """A base that encodes the texts of a batch at once, whether its encoders learn or not, so that bits compare."""
    model = load_model(str(folder), "cpu", precision)
    model.remembers = False
    return model


def build(name: str, base: Path, precision="fp32", **changes) -> Method:
    return build_method(name, base_model(base, precision), settings(precision=precision, **changes), {"ada": "ada"})


def batch_of(model: Model, captions=CAPTIONS) -> Batch:
    """As many pictures as captions, of noise, with control images."""
    side = SIDE_PX // 2 ** (len(model.pipeline.vae.config.block_out_channels) - 1)
    count, generator = len(captions), torch.Generator().manual_seed(1)
    return Batch(
        mean=torch.randn(count, 4, side, side, generator=generator),
        std=torch.zeros(count, 4, side, side),
        captions=list(captions),
        weights=torch.ones(count),
        maps=torch.ones(count, side, side),
        time_ids=torch.tensor([[SIDE_PX, SIDE_PX, 0, 0, SIDE_PX, SIDE_PX]] * count, dtype=torch.float32),
        control=torch.rand(count, 3, SIDE_PX, SIDE_PX, generator=generator),
    )


def times(count=2) -> torch.Tensor:
    return torch.tensor([300, 700])[:count]


def prediction(method: Method, captions=CAPTIONS) -> torch.Tensor:
    """What a method predicts for the batch, without gradients.

    Nothing learns meanwhile: on some processors torch takes another kernel, with other last digits, for what does.
    """
    batch = batch_of(method.model, captions)
    learning = [w for part in method.model.parts().values() for w in part.parameters() if w.requires_grad]
    try:
        for weights in learning:
            weights.requires_grad_(False)
        with torch.no_grad():
            return method.predict(batch.mean, times(len(captions)), batch)
    finally:
        for weights in learning:
            weights.requires_grad_(True)


def bare(model: Model, captions=CAPTIONS) -> torch.Tensor:
    """What a model without a method predicts for the batch."""
    batch = batch_of(model, captions)
    with torch.no_grad():
        return denoised(model, list(captions), 75, batch.mean, times(len(captions)), batch)


def loss_of(method: Method) -> torch.Tensor:
    """Squared error against a fixed wanted prediction."""
    batch = batch_of(method.model)
    wanted = torch.randn(batch.mean.shape, generator=torch.Generator().manual_seed(2))
    return (method.predict(batch.mean, times(), batch).float() - wanted).pow(2).mean()


def teach(method: Method, steps: int, rate: float) -> list[float]:
    """Losses of so many steps of Adam."""
    weights = [tensor for named in method.parameters().values() for tensor in named.values()]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.0)
    losses = []
    for _ in range(steps):
        loss = loss_of(method)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def disturb(method: Method, size=0.05) -> Method:
    """Gives a method an effect, as after a training."""
    generator = torch.Generator().manual_seed(3)
    for named in method.parameters().values():
        for tensor in named.values():
            tensor.data += size * torch.randn(tensor.shape, generator=generator)
    return method
