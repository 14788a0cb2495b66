"""Class pictures drawn by a base model."""

from collections.abc import Iterator
from pathlib import Path

import torch
from tqdm import tqdm

from dramatis.core import seeds
from dramatis.core.images import encode_png
from dramatis.diffusion.load import check_base
from dramatis.diffusion.model import load_model
from dramatis.diffusion.sample import sample
from dramatis.regularize.params import RegularizeParams
from dramatis.regularize.picture import ClassPicture
from dramatis.regularize.prompts import prompt_of


def drawn(params: RegularizeParams, source: str, base: Path, count: int) -> Iterator[ClassPicture]:
    """As many pictures as asked for: the prompts take turns, their choices are dealt, each has a seed of its own.

    Raises:
        MissingError: there is no such base.
        InputError: it cannot be read.
    """
    check_base(str(base))
    if not count:
        return
    prompts = [prompt_of(params.prompts, number, params.seed, source) for number in range(count)]
    numbers = [seeds.derive(params.seed, source, number) for number in range(count)]
    torch.set_num_threads(params.drawing.threads)
    model = load_model(str(base), params.drawing.device, params.drawing.precision, params.clip_skip)
    pictures = sample(model, prompts, numbers, params.drawing)
    for prompt, number, image in tqdm(
        zip(prompts, numbers, pictures, strict=True), f"regularize {source}", count, unit="picture", disable=None
    ):
        yield ClassPicture(prompt, "prompt", None, number, image.shape[1::-1], encode_png(image))
