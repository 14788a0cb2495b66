"""The pocket tagger: `model.onnx` and `selected_tags.csv`, as the WD14 taggers have them."""

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dramatis.backends.tag import load_tagger
from dramatis.core import seeds
from dramatis.core.images import Image, resize
from dramatis.core.tables import whole_folder, write_json
from dramatis.pocket.degrade import film_look, generated_look
from dramatis.pocket.loop import Training, train
from dramatis.pocket.onnx_file import export_onnx, parameters
from dramatis.pocket.pictures import GROUPS, Picture, picture
from dramatis.pocket.residual import calibrate
from dramatis.pocket.tagger_net import Tagger, targets
from dramatis.pocket.tagger_params import TaggerParams
from dramatis.pocket.tagger_score import f1_by_tag, mean

CALIBRATION_STEPS = 60


def squared(image: Image, size_px: int) -> Image:
    """A picture on a white square, resized, as the WD14 taggers want it."""
    height, width = image.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    square = np.full((side, side, 3), 255, np.uint8)
    square[top : top + height, left : left + width] = image
    return square if side == size_px else resize(square, size_px, size_px)


def crop(drawn: Picture, rng: np.random.Generator) -> Image:
    """The picture, or a part of it around the whole figure, which need not be square."""
    boxes = np.array([box for _, box in drawn.boxes])
    side = drawn.image.shape[0]
    if rng.random() < 0.6 or not len(boxes):
        return drawn.image
    low = np.floor(boxes[:, :2].min(0) * rng.uniform(0, 1, 2)).astype(int)
    high = np.ceil(side - (side - boxes[:, 2:].max(0)) * rng.uniform(0, 1, 2)).astype(int)
    return drawn.image[low[1] : high[1], low[0] : high[0]]


def sample(params: TaggerParams, purpose: str, index: int) -> tuple[Image, Sequence[str]]:
    """A picture as the pipeline or a generator shows it, size_px square, and its tags."""
    rng = seeds.rng(params.seed, "pocket", "tagger", purpose, index)
    generated = rng.random() < params.generated_share
    side = params.size_px if generated else int(params.size_px * rng.choice([1, 1, 1.5, 2.5]))
    drawn = picture(rng, side)
    if purpose == "clean":
        return squared(drawn.image, params.size_px), drawn.tags
    image = generated_look(drawn.image, rng) if generated else drawn.image
    image = squared(crop(drawn._replace(image=image), rng), params.size_px)
    return (image if generated else film_look(image, rng, blur=0.7, light=0.2)), drawn.tags


def as_input(images: Sequence[Image]) -> NDArray[np.float32]:
    """RGB pictures as the BGR input (N, S, S, 3) in 0..255."""
    return np.ascontiguousarray(np.stack(images)[..., ::-1], np.float32)


def batch(params: TaggerParams, step: int) -> tuple[Tensor, Tensor]:
    """The pictures of a step (B, S, S, 3) and the tag of each group (B, G)."""
    drawn = [sample(params, "train", step * params.batch + slot) for slot in range(params.batch)]
    wanted = torch.tensor([targets(tags, GROUPS) for _, tags in drawn])
    return torch.from_numpy(as_input([image for image, _ in drawn])), wanted


def loss_of(net: Tagger, images: Tensor, wanted: Tensor) -> Tensor:
    """Sum over the groups of the cross-entropy."""
    parts = [
        torch.nn.functional.cross_entropy(logits, wanted[:, group]) for group, logits in enumerate(net.logits(images))
    ]
    return torch.stack(parts).sum()


def write_tags(tags: Sequence[str], counts: Counter[str], file: Path) -> None:
    """`selected_tags.csv`: one row a tag in the order of the output; category 0 is general."""
    with file.open("w", newline="") as handle:
        rows = csv.writer(handle, lineterminator="\n")
        rows.writerow(["tag_id", "name", "category", "count"])
        rows.writerows([number, tag, 0, counts[tag]] for number, tag in enumerate(tags))


def measure(folder: Path, params: TaggerParams, purpose: str) -> dict[str, object]:
    """F1 on held-out pictures of the exported file; `purpose` is `clean` or `degraded`."""
    tagger = load_tagger("wd14", folder)
    tags = [tag.name for tag in tagger.tags]
    drawn = [sample(params, purpose, index) for index in range(params.held_out)]
    found = tagger.scores([image for image, _ in drawn]) >= params.min_score  # (N, T)
    true = np.array([[tag in shown for tag in tags] for _, shown in drawn])
    by_tag = f1_by_tag(found, true, tags)
    by_group = {
        name: mean([by_tag[tag] for tag in group])
        for name, group in GROUPS.items()
        if any(by_tag[tag] is not None for tag in group)
    }
    return {"f1": mean(list(by_tag.values())), "by_group": by_group, "by_tag": by_tag}


def train_tagger(params: TaggerParams, state: Path, out: Path, metrics: Path) -> None:
    """Trains the tagger, writes its folder and what it reaches on held-out pictures."""
    torch.set_num_threads(params.threads)
    torch.manual_seed(seeds.derive(params.seed, "pocket", "tagger", "weights"))
    net = Tagger(GROUPS, params.size_px, params.widths, params.blocks)

    def export() -> None:
        calibrate(net, lambda step: batch(params, step)[0], min(CALIBRATION_STEPS, params.steps))
        counts = Counter(tag for index in range(params.held_out) for tag in sample(params, "train", index)[1])
        with whole_folder(out) as folder:
            example = torch.zeros(2, params.size_px, params.size_px, 3)
            export_onnx(
                net,
                example,
                folder / "model.onnx",
                ("input", "output"),
                {"input": {0: "batch"}, "output": {0: "batch"}},
                {},
            )
            write_tags(net.tags, counts, folder / "selected_tags.csv")

    training = Training(net, params)
    train(training, lambda step: loss_of(net, *batch(params, step)), state, export, export_every=params.steps)
    write_json(
        {
            "parameters": parameters(net),
            "pictures": params.held_out,
            "min_score": params.min_score,
            "clean": measure(out, params, "clean"),
            "degraded": measure(out, params, "degraded"),
        },
        metrics,
    )
