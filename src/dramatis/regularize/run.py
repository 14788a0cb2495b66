"""Stage `regularize`: draws the class images."""

from collections.abc import Iterable
from pathlib import Path

import torch
from tqdm import tqdm

from dramatis.core import seeds
from dramatis.core.images import Image, encode_png
from dramatis.core.tables import whole_folder, write_table
from dramatis.diffusion.load import check_base, load_pipeline
from dramatis.diffusion.sample import sample
from dramatis.regularize.params import RegularizeParams
from dramatis.regularize.schema import REGULARIZATION


def run(params: RegularizeParams, out: Path) -> None:
    """Writes `regularization.parquet` into the folder `out`.

    Raises:
        MissingError: there is no such base.
        InputError: it cannot be read.
    """
    keys = [f"reg-{number:05d}" for number in range(params.count)]
    prompts = [params.prompts[number % len(params.prompts)] for number in range(params.count)]
    numbers = [seeds.derive(params.seed, key) for key in keys]
    pictures = tqdm(_draw(params, prompts, numbers), total=params.count, desc="regularize", unit="picture")
    rows = [
        {"picture_id": key, "prompt": prompt, "seed": number, "image": encode_png(picture)}
        for key, prompt, number, picture in zip(keys, prompts, numbers, pictures, strict=True)
    ]
    with whole_folder(out) as folder:
        write_table(rows, REGULARIZATION, folder / "regularization.parquet")


def _draw(params: RegularizeParams, prompts: list[str], numbers: list[int]) -> Iterable[Image]:
    check_base(params.base)
    if not prompts:
        return []
    torch.set_num_threads(params.drawing.threads)
    pipeline = load_pipeline(params.base, params.drawing.device, params.drawing.precision)
    return sample(pipeline, prompts, numbers, params.drawing, params.clip_skip)
