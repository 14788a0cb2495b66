"""Stage `preview`: draws the previews of one run."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from tqdm import tqdm

from dramatis.core.engine import LOCAL, EngineParams, check_shared
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import encode_png
from dramatis.core.runs import Run
from dramatis.core.splits import read_plan, read_split
from dramatis.core.tables import read_json, whole_folder, write_rows
from dramatis.core.trained import Trained, trained_of
from dramatis.core.workers import map_in_order
from dramatis.diffusion.apply import apply
from dramatis.diffusion.load import base_digest, check_base, pick_device
from dramatis.diffusion.model import load_model
from dramatis.diffusion.sample import sample
from dramatis.preview.control import COLUMNS
from dramatis.preview.fingerprint import digest_of, folder_digest, said_by
from dramatis.preview.params import PreviewParams
from dramatis.preview.plan import wanted_of
from dramatis.preview.prompts import Request
from dramatis.preview.schema import PREVIEWS
from dramatis.preview.show import write_grids, write_page
from dramatis.train.schema import RUN_FILE, step_of

LIBRARIES = ("torch", "diffusers", "transformers")


def run(
    name: str,
    spec: Run,
    params: PreviewParams,
    *,
    models: Path,
    dataset: Path,
    out: Path,
    plots: Path | None = None,
    work: Path | None = None,
    engine: EngineParams = LOCAL,
) -> None:
    """Draws the same pictures with the bare base and with every checkpoint of a run.

    Args:
        name: of the run.
        spec: its base and clip skip.
        params: section `preview`.
        models: folder of the run's checkpoints.
        dataset: folder of stage `dataset`, whose captions and control images say what to ask for.
        out: folder for previews.parquet, grid.png and page.html.
        plots: folder for the grid alone; None writes none.
        work: scratch folder outside DVC's outputs, from which a killed stage goes on; None keeps nothing.
        engine: what draws, a node of a Ray cluster for each checkpoint, or this machine. Nodes write into `work`
            themselves, so that must be a shared folder.

    Raises:
        MissingError: the run has not been trained, its base is gone, or the dataset or its control images are.
        InputError: a character of the run is no longer in the dataset.
        ParameterError: the sampler cannot draw with such a model, or there is no GPU.
    """
    checkpoints = _checkpoints(name, models)
    check_base(spec.base)
    pick_device(params.drawing.device)
    trained = trained_of(read_json(models / RUN_FILE, f"train@{name}"))
    wanted = wanted_of(trained, params, *_material(dataset, trained, params))
    with ExitStack() as stack:
        top = work / name if work else Path(stack.enter_context(TemporaryDirectory()))
        drawn = _drawn(name, spec, params, trained, wanted, {0: None, **checkpoints}, top, engine)
        with whole_folder(out) as folder:
            write_rows(_rows(name, drawn, wanted, params), PREVIEWS, folder / "previews.parquet")
            write_grids(drawn, wanted, folder)
            about = {"run": name, "method": trained.method, "base": spec.base, "triggers": trained.triggers}
            write_page(drawn, wanted, about, params.drawing.negative, folder)
        if plots:
            with whole_folder(plots) as pictures:
                for grid in sorted(out.glob("grid*.png")):
                    shutil.copy(grid, pictures)
        if work:
            shutil.rmtree(top)


def _checkpoints(name: str, models: Path) -> dict[int, Path]:
    """Folders of a run's checkpoints by step."""
    if not (models / RUN_FILE).is_file():
        remedy = f"Run `dvc repro`: stage train@{name} makes it"
        raise MissingError(str(models / RUN_FILE), "this run is not trained", remedy)
    found = {step_of(folder.name): folder for folder in sorted(models.glob("step-*"))}
    if not found:
        remedy = f"Delete {models}, then `dvc repro`: stage train@{name} makes them"
        raise MissingError(str(models / "step-*"), "this run has no checkpoint", remedy)
    return found


def _material(
    dataset: Path, trained: Trained, params: PreviewParams
) -> tuple[dict[str, list[tuple[str, str]]], list[dict[str, Any]]]:
    """Trigger word and caption of the training pictures by character; and the control images of a ControlNet."""
    if trained.method == "controlnet":
        return {}, _controls(dataset, list(trained.triggers), params)
    if not params.tags.images or not trained.triggers:
        return {}, []
    names = list(trained.triggers)
    plan = read_plan(dataset, "characters")
    filters = [("character", "in", names), ("origin", "=", "crop")]
    rows = read_split(dataset, "characters", "train", ["id", "caption", "character", "trigger", "characters"], filters)
    captions: dict[str, list[tuple[str, str]]] = {}
    for character in names:
        own = [row for row in rows if row["character"] == character and plan[row["id"]]["per_epoch"] > 0]
        alone = [row for row in own if row["characters"] == [character]]
        captions[character] = [(row["trigger"] or character, row["caption"]) for row in alone or own]
        if not own:
            raise InputError(
                f"{dataset / 'characters/train'}: {character}",
                "the run was trained on this character, of whom there is no picture any more",
                "Train the run again (`dvc repro`), or set `preview.tags.images: 0`",
            )
    return captions, []


def _controls(dataset: Path, characters: list[str], params: PreviewParams) -> list[dict[str, Any]]:
    """Held-out rows with control images of the run's characters; training ones where there are none."""
    filters = [("character", "in", characters)]
    for split in ("validation", "train"):
        rows = read_split(dataset, "control", split, COLUMNS, filters)
        rows = [row for row in rows if params.control.kinds is None or row["origin"] in params.control.kinds]
        if rows:
            return rows
    kinds = " or ".join(params.control.kinds or ["any kind"])
    raise MissingError(
        str(dataset / "control"),
        f"there is no control image of {kinds} of {', '.join(characters)}, which a ControlNet is drawn with",
        "Name the kinds in `control.kinds` and `preview.control.kinds`, then `dvc repro`",
    )


def _drawn(
    name: str,
    spec: Run,
    params: PreviewParams,
    trained: Trained,
    wanted: list[Request],
    checkpoints: Mapping[int, Path | None],
    top: Path,
    engine: EngineParams,
) -> dict[int, Path]:
    """A folder of `<key>.png` for every step, drawn now unless a stage that was killed had drawn it."""
    common = {
        "params": params.model_dump(),
        "requests": [said_by(request) for request in wanted],
        "base": base_digest(spec.base),
        "clip_skip": spec.clip_skip,
        "libraries": {library: version(library) for library in LIBRARIES},
    }
    drawn = {}
    with tqdm(total=len(wanted) * len(checkpoints), desc=name, unit="picture") as bar:
        wait = []
        for step, folder in checkpoints.items():
            recipe = {**common, "trained": folder and trained.model_dump(), "checkpoint": folder_digest(folder)}
            drawn[step] = top / f"step-{step:06d}-{digest_of(recipe)}"
            if drawn[step].is_dir():
                bar.update(len(wanted))
            else:
                wait.append((folder, drawn[step]))
        draw = partial(_draw_step, spec, params, trained, wanted)
        for made, _ in zip(wait, map_in_order(partial(_set_threads, params), draw, wait, engine=engine), strict=True):
            check_shared(made[1])
            bar.update(len(wanted))
    return drawn


def _set_threads(params: PreviewParams) -> None:
    torch.set_num_threads(params.drawing.threads)


def _draw_step(
    spec: Run,
    params: PreviewParams,
    trained: Trained,
    wanted: list[Request],
    _: None,
    item: tuple[Path | None, Path],
) -> None:
    """Draws all pictures of a checkpoint into a folder that is there when it is whole."""
    checkpoint, out = item
    with whole_folder(out) as pictures:
        for key, picture in _draw(spec, params, trained, checkpoint, wanted):
            (pictures / f"{key}.png").write_bytes(picture)


def _draw(
    spec: Run,
    params: PreviewParams,
    trained: Trained,
    checkpoint: Path | None,
    wanted: list[Request],
) -> Iterator[tuple[str, bytes]]:
    """Key and PNG of every picture of a step; those of one size, with or without control image, are drawn together."""
    model = load_model(spec.base, params.drawing.device, params.drawing.precision, spec.clip_skip)
    if checkpoint is not None:
        apply(model, checkpoint, params.scale)
    for kind in dict.fromkeys((request.size, request.control is not None) for request in wanted):
        part = [request for request in wanted if (request.size, request.control is not None) == kind]
        pictures = sample(
            model,
            [request.prompt for request in part],
            [request.seed for request in part],
            params.drawing,
            negatives=[_negative(request, params) for request in part],
            size=kind[0],
            controls=[request.control.image for request in part if request.control] or None,
            tokens=trained.tokens,
            zero_terminal_snr=trained.zero_terminal_snr and checkpoint is not None,
        )
        for request, picture in zip(part, pictures, strict=True):
            yield request.key, encode_png(picture)


def _negative(request: Request, params: PreviewParams) -> str:
    return params.drawing.negative if request.negative is None else request.negative


def _rows(
    name: str, drawn: Mapping[int, Path], wanted: list[Request], params: PreviewParams
) -> Iterator[dict[str, Any]]:
    """Every row of the table, by key."""
    for step, folder in drawn.items():
        for request in sorted(wanted, key=lambda request: request.key):
            control = request.control
            yield {
                "preview_id": f"{name}-{step:06d}-{request.key}",
                "run": name,
                "step": step,
                "purpose": request.purpose,
                "character": request.characters[0] if _is_single(request) else None,
                "characters": list(request.characters),
                "prompt": request.prompt,
                "negative": _negative(request, params),
                "wanted": request.wanted,
                "seed": request.seed,
                "image": (folder / f"{request.key}.png").read_bytes(),
                "control_image": encode_png(control.image) if control else None,
                "landmarks": control.landmarks.tolist() if control and control.landmarks is not None else None,
            }


def _is_single(request: Request) -> bool:
    """True for a picture of one character alone."""
    return len(request.characters) == 1 and request.purpose != "pair"
