"""Stage `preview`: draws the previews of one run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from dramatis.core.errors import MissingError
from dramatis.core.images import Image, encode_png
from dramatis.core.runs import Run
from dramatis.core.tables import whole_folder, write_table
from dramatis.diffusion.apply import apply
from dramatis.diffusion.model import load_model
from dramatis.diffusion.sample import sample
from dramatis.preview.grid import grid
from dramatis.preview.params import PreviewParams
from dramatis.preview.prompts import Request, requests
from dramatis.preview.schema import PREVIEWS
from dramatis.train.schema import RUN_FILE, step_of


def run(name: str, spec: Run, params: PreviewParams, *, models: Path, out: Path) -> None:
    """Draws the same pictures with the bare base and with every checkpoint of a run.

    Args:
        name: of the run.
        spec: its base and clip skip.
        params: section `preview`.
        models: folder of the run's checkpoints.
        out: folder for previews.parquet and grid.png.

    Raises:
        MissingError: the run has not been trained, or its base is gone.
    """
    if not (models / RUN_FILE).is_file():
        remedy = f"Run `dvc repro`: stage train@{name} makes it"
        raise MissingError(str(models / RUN_FILE), "this run is not trained", remedy)
    trained = json.loads((models / RUN_FILE).read_text())
    triggers = {character: about["trigger"] for character, about in trained["characters"].items()}
    wanted = requests(triggers, params.prompts, params.images, params.seed)
    checkpoints = {step_of(folder.name): folder for folder in sorted(models.glob("step-*"))}
    torch.set_num_threads(params.drawing.threads)
    pictures: dict[int, list[Image]] = {}
    with tqdm(total=len(wanted) * (1 + len(checkpoints)), desc=name, unit="picture") as bar:
        for step, folder in [(0, None), *checkpoints.items()]:
            pictures[step] = []
            for picture in _draw(spec, params, folder, wanted):
                pictures[step].append(picture)
                bar.update()
    with whole_folder(out) as folder:
        rows = [_row(name, step, *pair) for step in pictures for pair in zip(wanted, pictures[step], strict=True)]
        write_table(rows, PREVIEWS, folder / "previews.parquet")
        (folder / "grid.png").write_bytes(encode_png(_grid(wanted, pictures)))


def _draw(spec: Run, params: PreviewParams, checkpoint: Path | None, wanted: list[Request]) -> Iterator[Image]:
    model = load_model(spec.base, params.drawing.device, params.drawing.precision, spec.clip_skip)
    if checkpoint is not None:
        apply(model, checkpoint)
    prompts, numbers = [request.prompt for request in wanted], [request.seed for request in wanted]
    return sample(model, prompts, numbers, params.drawing)


def _row(name: str, step: int, request: Request, picture: Image) -> dict[str, Any]:
    return {
        "preview_id": f"{name}-{step:06d}-{request.key}",
        "run": name,
        "step": step,
        "character": request.character,
        "prompt": request.prompt,
        "wanted": request.wanted,
        "seed": request.seed,
        "image": encode_png(picture),
    }


def _grid(wanted: list[Request], pictures: dict[int, list[Image]]) -> Image:
    """The first picture of every character and prompt."""
    first = [index for index, request in enumerate(wanted) if request.key.endswith("-00")]
    return grid(
        [[column[index] for column in pictures.values()] for index in first],
        ["base" if step == 0 else f"step {step}" for step in pictures],
        [wanted[index].prompt for index in first],
    )
