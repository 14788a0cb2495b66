"""The pocket embedders: `model_feat.onnx` and `metrics.json`, as CCIP has them."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor
from tqdm import trange

from dramatis.backends.onnx import open_session
from dramatis.core import seeds
from dramatis.core.images import Image
from dramatis.core.tables import whole_folder, write_json
from dramatis.pocket.embedder_net import Embedder, as_input, contrastive_loss
from dramatis.pocket.embedder_params import EmbedderParams
from dramatis.pocket.embedder_score import auc, best_threshold, difference, equal_error_rate
from dramatis.pocket.embedder_views import Regenerate, crowd, generated_views, softened, views
from dramatis.pocket.export import write_weights
from dramatis.pocket.loop import Training, train
from dramatis.pocket.onnx_file import export_onnx, parameters
from dramatis.pocket.pictures import characters
from dramatis.pocket.residual import calibrate

CALIBRATION_STEPS = 60
CAST, LOOK_ALIKES, VIEWS = 8, 2, 8
"""Of the measurement: characters of a cast, how many of them are another's look-alike, views of each."""


def batch(params: EmbedderParams, regenerate: Regenerate | None, step: int) -> Tensor:
    """The pictures of a step (B, 3, S, S): each run of `views` shows one character."""
    rng = seeds.rng(params.seed, "pocket", "embedder", "train", step)
    count = params.batch // params.views
    people = crowd(rng, count, int(count * params.look_alikes), int(count * params.resembled))
    images = views(rng, people, params.views, params.size_px)
    places = rng.permutation(params.batch)[: params.reconstructed + params.denoised]
    if regenerate and len(places):
        again = generated_views(rng, [people[place // params.views] for place in places], params.size_px, regenerate)
        for place, image in zip(places, again, strict=True):
            images[place] = image
    return torch.from_numpy(as_input(images))


def embed(file: Path, images: list[Image]) -> NDArray[np.float32]:
    """Vectors (N, D) by an exported embedder."""
    session = open_session(file, "embed.weights")
    parts = [as_input(images[i : i + 64]) for i in range(0, len(images), 64)]
    return np.concatenate([session.run(None, {session.get_inputs()[0].name: part})[0] for part in parts])


def pairs(casts: list[NDArray[np.float32]], each: int) -> tuple[NDArray[np.float64], ...]:
    """Differences between pictures of one person, of two who don't look alike, and of two look-alikes, in one cast.

    Args:
        casts: vectors of each cast (characters x each, D), as `characters` and `views` order them.
        each: pictures of each character.
    """
    count = len(casts[0]) // each
    person = np.repeat(np.arange(count), each)
    twin = np.where(person >= count - LOOK_ALIKES, person - (count - LOOK_ALIKES), person)
    upper = np.triu(np.ones((len(person),) * 2, bool), 1)
    same = person[:, None] == person[None]
    alike = (twin[:, None] == twin[None]) & ~same
    gaps = [difference(cast, cast) for cast in casts]
    return tuple(np.concatenate([gap[upper & mask] for gap in gaps]) for mask in (same, ~same & ~alike, alike))


def measure(file: Path, params: EmbedderParams, regenerate: Regenerate | None) -> dict[str, float]:
    """AUC, equal error rate and F1 on unseen characters, in film views or (with `regenerate`) in generated ones."""
    casts = []
    for index in trange(params.held_out, desc="measure", unit="cast"):
        rng = seeds.rng(params.seed, "pocket", "embedder", "unseen", index)
        people = characters(rng, CAST, LOOK_ALIKES)
        if regenerate:
            images = generated_views(rng, [who for who in people for _ in range(VIEWS)], params.size_px, regenerate)
        else:
            images = views(rng, people, VIEWS, params.size_px)
        casts.append(embed(file, images))
    same, other, alike = pairs(casts, VIEWS)
    threshold, f1 = best_threshold(same, np.concatenate([other, alike]))
    return {
        "threshold": threshold,
        "f1": f1,
        "auc": auc(same, other),
        "eer": equal_error_rate(same, other),
        "auc_look_alikes": auc(same, alike),
        "eer_look_alikes": equal_error_rate(same, alike),
        "missed_at_threshold": float((same > threshold).mean()),
        "mixed_at_threshold": float((other <= threshold).mean()),
        "look_alikes_mixed_at_threshold": float((alike <= threshold).mean()),
    }


def train_embedder(
    params: EmbedderParams, start: Path | None, generator: Path | None, state: Path, out: Path, metrics: Path
) -> None:
    """Trains an embedder, writes its folder and what it reaches on unseen characters.

    Args:
        start: weights to go on from (`weights.safetensors`); None begins anew.
        generator: diffusers folder through which some of the pictures go; None if it shall see no generated ones.
    """
    torch.set_num_threads(params.threads)
    torch.manual_seed(seeds.derive(params.seed, "pocket", "embedder", "weights"))
    net = Embedder(params.width, params.size_px, params.widths, params.blocks)
    if start:
        net.load_state_dict(load_file(start))
    regenerate = None
    if generator:
        from dramatis.pocket.embedder_generated import Generator  # diffusers is needed only here

        regenerate = Generator(generator, params).regenerate

    def loss(step: int) -> Tensor:
        images = batch(params, regenerate, step)
        with torch.autocast("cpu", torch.bfloat16, enabled=params.precision == "bf16"):
            vectors = net(images)
        return contrastive_loss(vectors.float(), params.views, params.temperature)

    def export() -> None:
        calibrate(net, lambda step: batch(params, regenerate, step), min(CALIBRATION_STEPS, params.steps))
        with whole_folder(out) as folder:
            example = torch.zeros(2, 3, params.size_px, params.size_px)
            export_onnx(
                net,
                example,
                folder / "model_feat.onnx",
                ("input", "output"),
                {"input": {0: "batch"}, "output": {0: "batch"}},
                {},
            )
            if not start:
                write_weights(net.state_dict(), folder / "weights.safetensors")  # for a training that goes on from here

    training = Training(net, params)
    train(training, loss, state, export, export_every=params.steps)
    file = out / "model_feat.onnx"
    clean = measure(file, params, None)
    write_json({"threshold": clean["threshold"], "f1": clean["f1"]}, out / "metrics.json")
    report = {
        "parameters": parameters(net),
        "casts": params.held_out,
        "clean": clean,
        "softened": measure(file, params, softened),
    }
    if regenerate:
        report["generated"] = measure(file, params, regenerate)
    write_json(report, metrics)
