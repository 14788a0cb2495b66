"""`dramatis edit` and `dramatis repaint`: pictures with other words, or drawn anew in part."""

import json
import logging
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from dramatis.cli.edit_options import Held, change_of, edits_of, in_the_middle, shares
from dramatis.cli.merge import read_source
from dramatis.core.digests import file_digest, tree_digest
from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.images import read_image
from dramatis.core.recipe import ControlImage, Edit, Figure, OutsidePicture, Recipe

if TYPE_CHECKING:
    from dramatis.attention.edit import Asked, Edited
    from dramatis.diffusion.model import Model
    from dramatis.diffusion.params import DrawingParams


KEPT = "from"
"""Pictures that recipes name are `from-<digest>.<ending>`."""
MADE = re.compile(r"((mask-)?\d+|maps)\.png")
"""What these commands call the pictures that they make."""
log = logging.getLogger(__name__)


class Source(NamedTuple):
    """What draws."""

    run: str | None
    base: str | None
    seed: int
    sampler: str | None
    control: Path | None
    control_run: str | None


class _Loaded(NamedTuple):
    model: "Model"
    base: str
    figures: list[Figure]
    clip_skip: int | None
    tokens: int
    zero_terminal_snr: bool
    control: ControlImage | None


def edit_picture(
    prompt: str, source: Source, words: Held, picture: Path | None, maps: bool, out: Path
) -> Iterator[Path]:
    """Draws a picture and what each edit makes of it, and writes them with their recipes.

    Yields:
        The files: `0.png` as it was, `1.png` after the first edit and so on, `mask-1.png` of what could change there,
        and with `maps` `maps.png`.

    Raises:
        MissingError: the run, its checkpoint or the base is not there.
        ParameterError: an option cannot be read, the prompt is empty, or the edit cannot be done.
    """
    _check_prompt(prompt)
    edits = edits_of(words)
    if picture is None and not edits and not maps:
        raise ParameterError("edit", "nothing is asked for", "Give --replace, --refine, --reweight or --maps")
    params = drawing(source.sampler)
    from dramatis.attention.edit import edited
    from dramatis.attention.invert import check_invertible
    from dramatis.diffusion.samplers import build_sampler

    outside = read_image(picture) if picture is not None else None
    loaded = load(source)
    if outside is not None:
        check_invertible(build_sampler(loaded.model.pipeline.scheduler.config, params.sampler))
    asked = _asked(prompt, source, loaded)._replace(picture=outside)
    found = edited(loaded.model, asked, edits, params)
    yield from _written(found, _recipe(asked, loaded, params, out, picture), edits, out)
    if maps:
        from dramatis.attention.show import map_sheet, word_maps
        from dramatis.core.images import encode_png

        made = word_maps(
            loaded.model,
            found[-1].prompt,
            source.seed,
            params,
            tokens=loaded.tokens,
            zero_terminal_snr=loaded.zero_terminal_snr,
        )
        sheet = map_sheet(*made)
        (out / "maps.png").write_bytes(encode_png(sheet))
        yield out / "maps.png"


def repaint_picture(
    picture: Path, prompt: str, source: Source, region: str | None, mask: Path | None, strength: float, out: Path
) -> Path:
    """Draws a region of a picture anew, writes it with its recipe, and returns the file.

    Raises:
        MissingError: as for `edit_picture`.
        ParameterError: the prompt is empty, the region or the mask has no area, or both are given.
    """
    _check_prompt(prompt)
    if region is not None and mask is not None:
        raise ParameterError("--region", "it does not go with --mask", "Give one of the two")
    params, where = drawing(source.sampler), shares(region) if region is not None else None
    kind = "img2img" if region is None else "inpaint"
    change = change_of("repaint", kind=kind, prompt=prompt, region=where, strength=strength)
    shown, covered = read_image(picture), read_image(mask) if mask is not None else None
    if covered is not None and covered.shape != shown.shape:
        sizes = [f"{one.shape[1]} x {one.shape[0]} px" for one in (covered, shown)]
        raise ParameterError("--mask", f"it is {sizes[0]}, the picture {sizes[1]}", "Paint it on the picture itself")
    from dramatis.attention.edit import edited

    loaded = load(source)
    if where is not None:
        drawn = in_the_middle(where, shown.shape[1::-1], _size(loaded, params))
        change = change.model_copy(update={"region": drawn})
    asked = _asked(prompt, source, loaded)._replace(picture=shown, mask=covered)
    found = edited(loaded.model, asked, [change], params)
    return list(_written(found, _recipe(asked, loaded, params, out, picture, mask), [change], out))[-2]


def _check_prompt(prompt: str) -> None:
    if not prompt.strip():
        raise ParameterError("prompt", "it is empty", "Say what is drawn, a trigger word first")


def drawing(sampler: str | None) -> "DrawingParams":
    """How previews are drawn, with another sampler if one is named.

    Raises:
        ParameterError: there is no such sampler.
    """
    from dramatis.core.params import load_params
    from dramatis.diffusion.params import Sampler
    from dramatis.preview.params import PreviewParams

    params = load_params("preview", PreviewParams).drawing
    if sampler is None:
        return params
    if sampler not in get_args(Sampler):
        problem = f"there is no sampler {sampler!r}"
        raise ParameterError("--sampler", problem, f"Take one of {', '.join(get_args(Sampler))}")
    return params.model_copy(update={"sampler": sampler})


def load(source: Source) -> _Loaded:
    """The base with a run's checkpoint on it, and with a ControlNet where one is asked for.

    Raises:
        MissingError: one of them is not there.
        ParameterError: a control image without a run that looks at it, or the other way round.
    """
    if (source.control is None) != (source.control_run is None):
        raise ParameterError("--control", "it goes with --control-run alone", "Give both, or none")
    from dramatis.core.trained import trained_of
    from dramatis.diffusion.apply import apply
    from dramatis.diffusion.base import check_base

    chosen = read_source(source.run) if source.run is not None else None
    record = (chosen.run or {}) if chosen is not None else {}
    base = source.base or record.get("base") or _default_base()
    check_base(base)
    model = _model(base, record, drawing(source.sampler))
    figures, trained, control = list[Figure](), trained_of(record) if record else None, None
    if chosen is not None:
        apply(model, chosen.folders[-1])
        figures = _figures(source.run or "", chosen.folders[-1], record)
    if source.control_run is not None and source.control is not None:
        folder = read_source(source.control_run).folders[-1]
        apply(model, folder)
        if model.controlnet is None:
            problem = f"{source.control_run} is no run of method controlnet"
            raise ParameterError("--control-run", problem, "Name one that looks at control images")
        run = source.control_run.partition("@")[0]
        control = ControlImage(
            run=run,
            step=_step(folder),
            checkpoint=tree_digest(folder),
            image=str(source.control),
            scale=model.controlnet_scale,
        )
    tokens, zero = (trained.tokens, trained.zero_terminal_snr) if trained is not None else (75, False)
    return _Loaded(model, base, figures, model.clip_skip, tokens, zero, control)


def _model(base: str, record: dict[str, Any], params: "DrawingParams") -> "Model":
    import torch

    from dramatis.diffusion.model import load_model

    torch.set_num_threads(params.threads)
    return load_model(base, params.device, params.precision, record.get("clip_skip"))


def _default_base() -> str:
    """The base of the first run of params.yaml."""
    from dramatis.core.params import PARAMS
    from dramatis.state.yaml12 import load as read

    runs = (read(PARAMS) or {}).get("runs") or {}
    base = next((run.get("base") for run in runs.values() if isinstance(run, dict)), None)
    if not base:
        raise MissingError(f"{PARAMS}: runs", "no run names a base", "Give --base")
    return str(base)


def _figures(run: str, folder: Path, record: dict[str, Any]) -> list[Figure]:
    digest, name = tree_digest(folder)[:16], run.partition("@")[0]
    told = {"run": name, "step": _step(folder), "checkpoint": digest}
    triggers = {key: about["trigger"] for key, about in record["characters"].items()}
    learned = triggers or {name: record.get("style") or name}  # of a style alone the run itself draws
    return [Figure(character=key, prompt=trigger, **told) for key, trigger in learned.items()]


def _step(folder: Path) -> int:
    return int(folder.name.removeprefix("step-"))


def _asked(prompt: str, source: Source, loaded: _Loaded) -> "Asked":
    from dramatis.attention.edit import Asked
    from dramatis.core.buckets import fit
    from dramatis.panels.easel import check_length

    size = _size(loaded, drawing(source.sampler))
    check_length(loaded.model, prompt, loaded.tokens)
    control = fit(read_image(source.control), size) if source.control is not None else None
    asked = Asked(prompt, source.seed, size=size, control=control)
    return asked._replace(tokens=loaded.tokens, zero_terminal_snr=loaded.zero_terminal_snr)


def _size(loaded: _Loaded, params: "DrawingParams") -> tuple[int, int]:
    """Width and height of what is drawn [px]."""
    from dramatis.diffusion.sample import own_size

    own = own_size(loaded.model)
    return params.width_px or own[0], params.height_px or own[1]


def _recipe(
    asked: "Asked",
    loaded: _Loaded,
    params: "DrawingParams",
    out: Path,
    picture: Path | None,
    mask: Path | None = None,
) -> Recipe:
    """What `0.png` is drawn from, before any edit; the pictures that it names are kept in `out`."""
    from dramatis.attention.picture import versions

    width, height = _size(loaded, params)
    control = loaded.control
    if control and (file := _kept(Path(control.image), out)):
        control = control.model_copy(update=file.model_dump())
    return Recipe(
        base=loaded.base,
        clip_skip=loaded.clip_skip,
        figures=loaded.figures,
        prompt=asked.prompt,
        negative=params.negative,
        seed=asked.seed,
        width_px=width,
        height_px=height,
        drawing=json.loads(params.model_dump_json()),
        tokens=asked.tokens,
        zero_terminal_snr=asked.zero_terminal_snr,
        control=control,
        picture=_kept(picture, out),
        mask=_kept(mask, out),
        versions=versions(),
    )


def _kept(file: Path | None, out: Path) -> OutsidePicture | None:
    """A copy by content: the file itself may be one of those that are written over, or change."""
    if file is None:
        return None
    digest = file_digest(file)
    copy = out / f"{KEPT}-{digest[:12]}{file.suffix}"
    if not copy.is_file():
        out.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    if MADE.fullmatch(file.resolve().name) and file.resolve().parent == out.resolve():
        log.warning("%s: it may be written over; what it was stays as %s", file, copy)
    return OutsidePicture(image=str(copy), sha256=digest)


def _written(found: "Sequence[Edited]", recipe: Recipe, edits: Sequence[Edit], out: Path) -> Iterator[Path]:
    import numpy as np

    from dramatis.attention.picture import with_recipe
    from dramatis.core.images import encode_png

    out.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(found):
        told = recipe.model_copy(update={"edits": list(edits[:number])})
        outside = number == 0 and recipe.picture is not None  # drawn by nobody: no recipe leads there
        (out / f"{number}.png").write_bytes(encode_png(one.image) if outside else with_recipe(one.image, told))
        yield out / f"{number}.png"
        if number:
            mask = np.repeat((one.mask * 255).astype(np.uint8)[..., None], 3, axis=2)
            (out / f"mask-{number}.png").write_bytes(encode_png(mask))
            yield out / f"mask-{number}.png"
