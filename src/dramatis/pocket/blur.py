"""Trains the pocket blur net on drawn pictures that were blurred by known amounts."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from scipy.stats import spearmanr
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import trange

from dramatis.core import seeds
from dramatis.core.tables import whole_folder, write_json
from dramatis.pocket.blur_params import BlurParams
from dramatis.pocket.blur_samples import sample
from dramatis.pocket.loop import Training, train
from dramatis.quality.blur import FILE, FURTHEST, BlurNet
from dramatis.quality.gradients import features

LEAST_DEVIATION = 1e-3


class Net(nn.Module):
    """Standardised features, two hidden layers, and the logarithms of the two radii; see `quality.blur`."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, mean: Tensor, deviation: Tensor, widths: tuple[int, int]):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        sides = [len(mean), *widths, 2]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sides, sides[1:], strict=False))

    def forward(self, values: Tensor, noise: Tensor | float = 0.0) -> Tensor:
        """Logarithms of the long and the short radius [log px], shape (N, 2), of features of shape (N, F)."""
        values = ((values - self.mean) / self.deviation).clamp(-FURTHEST, FURTHEST) + noise
        for layer in self.layers[:-1]:
            values = F.silu(layer(values))
        return self.layers[-1](values)


def learned_from(params: BlurParams, file: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Features (N, F) and logarithms of the radii (N, 2) of the training pictures; kept in a file for the next time."""
    if not file.is_file():
        rows = []
        for index in trange(params.pictures, desc="blurred pictures", unit="picture"):
            luma, *radii = sample(params.seed, "train", index)
            rows.append(np.concatenate([features(luma), np.log(radii)]))
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, np.array(rows, np.float32))
    rows = np.load(file)
    return rows[:, :-2], rows[:, -2:]


def train_blur(params: BlurParams, state: Path, out: Path, metrics: Path) -> None:
    """Trains the net, writes its folder and what it reaches on held-out pictures."""
    torch.set_num_threads(params.threads)
    torch.manual_seed(seeds.derive(params.seed, "pocket", "blur", "weights"))
    known, radii = map(torch.from_numpy, learned_from(params, state / "features.npy"))
    net = Net(known.mean(0), known.std(0).clamp(min=LEAST_DEVIATION), params.widths)

    def loss(step: int) -> Tensor:
        rng = seeds.rng(params.seed, "pocket", "blur", "batch", step)
        taken = torch.from_numpy(rng.integers(0, len(known), params.batch))
        noise = torch.from_numpy(rng.normal(0, params.jitter, (params.batch, known.shape[1])).astype(np.float32))
        return F.smooth_l1_loss(net(known[taken], noise), radii[taken], beta=params.tolerance)

    def export() -> None:
        tensors = {"mean": net.mean, "deviation": net.deviation}
        tensors |= {name.removeprefix("layers."): weight.detach() for name, weight in net.layers.named_parameters()}
        with whole_folder(out) as folder:
            save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / FILE)
            (folder / FILE).chmod(0o644)

    train(Training(net, params), loss, state, export, export_every=params.steps)
    weights = sum(weight.numel() for weight in net.parameters())
    write_json({"weights": weights, "pictures": params.held_out, **measured(params, BlurNet(out))}, metrics)


def measured(params: BlurParams, net: BlurNet) -> dict[str, float]:
    """On held-out pictures: rank correlation, and the typical error of each radius as a share of it [0..1]."""
    samples = [sample(params.seed, "held-out", index) for index in range(params.held_out)]
    seen = [(net(luma), radii) for luma, *radii in samples]
    found = np.log([[blur.long_px, blur.short_px] for blur, _ in seen if blur])
    true = np.log([radii for blur, radii in seen if blur])
    errors = np.median(np.abs(found - true), axis=0)
    return {
        "spearman": float(spearmanr(found[:, 0], true[:, 0]).statistic),
        "long_error": float(np.expm1(errors[0])),
        "short_error": float(np.expm1(errors[1])),
    }
