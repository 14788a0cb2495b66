"""What the pocket Stable Diffusion reaches on what it never saw, and a grid of its pictures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray

from dramatis.backends.tag import Tagger, load_tagger
from dramatis.core import seeds
from dramatis.core.errors import InputError
from dramatis.core.images import Image, encode_png, resize
from dramatis.core.tables import write_json
from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.model import Model
from dramatis.diffusion.sample import sample
from dramatis.pocket.agreement import agreement
from dramatis.pocket.bank import draw
from dramatis.pocket.pictures import GROUPS, Picture
from dramatis.pocket.text_to_image_params import MeasureParams
from dramatis.pocket.vae import psnr, reconstruct

CELL_PX = 96


def prompt_of(tags: Sequence[str]) -> str:
    """A prompt that says every tag, as captions write them."""
    return ", ".join(tag.replace("_", " ") for tag in tags)


def swapped(tags: Sequence[str], *others: str) -> tuple[str, ...]:
    """Tags in which each of some others takes the place of the one of its group, or is added; in caption order."""
    group_of = {tag: group for group, members in GROUPS.items() for tag in members}
    taken = {group_of[other] for other in others}
    order = list(group_of)
    return tuple(sorted({*(tag for tag in tags if group_of[tag] not in taken), *others}, key=order.index))


def grid_tags(seed: int) -> list[tuple[str, ...]]:
    """Tags of 8 × 8 prompts: a hair colour each row, a place each column, all else from unseen pictures."""
    hairs, places = GROUPS["hair_colour"][:8], GROUPS["background"][:8]
    cells = [(hair, place) for hair in hairs for place in places]
    return [swapped(draw(seed, "grid", index).tags, *cell) for index, cell in enumerate(cells)]


def sheet(images: Sequence[Image], columns: int) -> Image:
    """Pictures side by side in rows of so many, enlarged."""
    cells = [resize(image, CELL_PX, CELL_PX) for image in images]
    rows = [np.concatenate(cells[first : first + columns], 1) for first in range(0, len(cells), columns)]
    return np.concatenate(rows, 0)


def generate(pipeline: StableDiffusionPipeline, prompts: list[str], params: MeasureParams, purpose: str) -> list[Image]:
    """One picture for each prompt, each from its own noise."""
    numbers = [seeds.derive(params.seed, "pocket", purpose, index) for index in range(len(prompts))]
    return list(sample(Model(pipeline), prompts, numbers, params.draw))


def measure_text_to_image(params: MeasureParams, base: Path, tagger: Path, metrics: Path, grid: Path) -> None:
    """Writes PSNR of the autoencoder, agreement of pictures with prompts, and the grid.

    Agreement is read from generated pictures, and beside it from the drawn ones that the prompts describe and from
    those after the autoencoder: what the tagger gets right at best.
    """
    torch.set_num_threads(params.draw.threads)
    pipeline = load_pipeline(str(base))
    held_out = [draw(params.seed, "held out", index) for index in range(params.pictures)]
    images = np.stack([picture.image for picture in held_out])
    back = reconstruct(pipeline.vae, images)
    made = generate(pipeline, [prompt_of(picture.tags) for picture in held_out], params, "noise")
    reader = load_tagger("wd14", tagger)
    shown: dict[str, Sequence[Image]] = {"drawn": list(images), "reconstructed": list(back), "generated": made}
    write_json(
        {
            "pictures": params.pictures,
            "psnr_db": psnr(back, images),
            "psnr_face_db": face_psnr(back, held_out),
            "agreement": {name: _read(reader, pictures, held_out) for name, pictures in shown.items()},
        },
        metrics,
    )
    grid.parent.mkdir(parents=True, exist_ok=True)
    drawn = generate(pipeline, [prompt_of(tags) for tags in grid_tags(params.seed)], params, "grid noise")
    grid.write_bytes(encode_png(sheet(drawn, 8)))


def face_psnr(back: NDArray[np.uint8], held_out: Sequence[Picture]) -> float:
    """Mean peak signal-to-noise ratio inside the faces [dB]."""
    values = []
    for made, picture in zip(back, held_out, strict=True):
        box = dict(picture.boxes).get("face")
        if box:
            x0, y0, x1, y1 = (round(side) for side in box)
            values.append(psnr(made[None, y0:y1, x0:x1], picture.image[None, y0:y1, x0:x1]))
    return float(np.mean(values))


def _read(tagger: Tagger, images: Sequence[Image], held_out: Sequence[Picture]) -> dict[str, float]:
    names = [tag.name for tag in tagger.tags]
    unknown = {tag for tags in GROUPS.values() for tag in tags} - {*names}
    if unknown:
        raise InputError("models/pocket/wd14", f"the tagger lacks {', '.join(sorted(unknown))}", "Train it anew")
    return agreement(tagger.scores(list(images)), names, [picture.tags for picture in held_out], GROUPS)
