"""Stage `train`: reads the dataset and the base, trains one run, writes its checkpoints."""

import logging
import os
import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from dramatis.core.digests import file_digest
from dramatis.core.runs import Run
from dramatis.core.tables import whole_folder, write_json, write_table
from dramatis.diffusion.load import base_digest, check_base, pick_device
from dramatis.diffusion.model import Model, load_model
from dramatis.diffusion.prompts import warn_of_long_texts
from dramatis.train.data import items_of
from dramatis.train.legs import Leg, legs_of, log_rows, seen_rows
from dramatis.train.loop import Measure, train
from dramatis.train.methods import Method, build_method, check_method
from dramatis.train.optimizer import check_optimizer
from dramatis.train.params import TrainParams
from dramatis.train.phases import params_of, parts_of, phases_of
from dramatis.train.refuse import base_of, refuse
from dramatis.train.rows import PRIOR, factors_of, files_of, rows_of, triggers_of
from dramatis.train.schema import LOG, RUN_FILE, SEEN, VALIDATION, checkpoint_name
from dramatis.train.state import History, open_scratch
from dramatis.train.validate import held_out, validation_items, validation_loss

log = logging.getLogger(__name__)
LIBRARIES = ("torch", "diffusers", "peft", "transformers")


def run(name: str, spec: Run, section: TrainParams, *, dataset: Path, out: Path, work: Path) -> None:
    """Trains the run `name`; a later call goes on where a killed one stopped.

    Args:
        name: of the run.
        spec: what is trained on whom.
        section: section `train` of the parameters.
        dataset: folder of stage `dataset`.
        out: folder for the checkpoints, the log and run.json.
        work: scratch folder outside DVC's outputs.
    """
    check_method(spec.method)
    params, phases = params_of(section, spec, name), phases_of(section, spec, name)
    check_base(spec.base)
    pick_device(params.device)
    refuse(name, spec, phases, base_of(spec.base))
    for phase in phases:
        check_optimizer(phase.params)
    rows = [rows_of(dataset, spec.characters, phase.params, spec.method) for phase in phases]
    legs = legs_of(phases, rows, name)
    record = _record(name, spec, params, legs, dataset)
    scratch = open_scratch(work / name, record)
    _set_up_torch(params)
    model = load_model(spec.base, params.device, params.precision, spec.clip_skip, params.objective.zero_terminal_snr)
    if params.gradient_checkpointing:
        model.checkpoint_activations()
    for leg in legs:
        _warn(leg, model, spec.method)
    words = triggers_of(dataset)
    method = build_method(spec.method, model, params, {character: words[character] for character in spec.characters})
    cache = work.parent / "latents" if params.cache else None
    history = train(
        method,
        legs,
        name,
        scratch,
        lambda leg: items_of(model, leg.rows, dataset, leg.phase.params.objective.face_weight, cache),
        measure_of(method, legs, spec, dataset, cache),
    )
    record |= {"family": model.family}
    with whole_folder(out) as folder:
        _write(folder, scratch, legs, history, record)
    shutil.rmtree(work / name)  # with what was left of other settings


def measure_of(method: Method, legs: Sequence[Leg], spec: Run, dataset: Path, cache: Path | None) -> Measure | None:
    """What measures the loss on held-out pictures, if any phase asks for it."""
    asking = [leg.phase.params for leg in legs if leg.phase.params.validation.every]
    if not asking:
        return None
    kinds = [params.sets.control_kinds for params in asking]
    seen = None if None in kinds else sorted({kind for some in kinds for kind in some or ()})
    held = held_out(dataset, spec.characters, spec.method, seen)
    if not held:
        log.warning("validation: no held-out picture concerns this run, so no loss is measured")
    most = max(params.validation.pictures for params in asking)
    items = validation_items(method.model, dataset, held, most, cache)
    return lambda params: validation_loss(method, items, params, params.seed)


def _warn(leg: Leg, model: Model, method: str) -> None:
    """Says what a phase asks for and does not get."""
    params = leg.phase.params
    warn_of_long_texts(model.pipeline.tokenizer, [row["caption"] for row in leg.rows], params.captions.tokens)
    asked = params.prior.share and PRIOR in factors_of(params.sets, method)
    if asked and not leg.plan.guests.any():
        log.warning(
            "phase %s: prior.share = %g, but the dataset has no class pictures", leg.phase.name, params.prior.share
        )


def _set_up_torch(params: TrainParams) -> None:
    """Threads, and on a GPU operations that repeat their bits where torch has them."""
    torch.set_num_threads(params.threads)
    if params.device == "cuda" and params.deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # before the first product of matrices
        torch.use_deterministic_algorithms(True, warn_only=True)
        torch.backends.cudnn.benchmark = False


def _write(folder: Path, scratch: Path, legs: Sequence[Leg], history: History, record: dict[str, Any]) -> None:
    for checkpoint in sorted(scratch.glob("step-*")):
        shutil.copytree(checkpoint, folder / checkpoint.name, copy_function=_linked)
    write_table(log_rows(legs, history.losses), LOG, folder / "log.parquet")
    write_table(seen_rows(legs), SEEN, folder / "seen.parquet")
    if history.validation:
        rows = [
            {"key": f"{step:06d}/{subject}", "step": step, "subject": subject, "loss": loss}
            for step, subject, loss in history.validation
        ]
        write_table(rows, VALIDATION, folder / "validation.parquet")
    write_json(record | {"last": checkpoint_name(legs[-1].last)}, folder / RUN_FILE)


def _linked(source: str, target: str) -> None:
    """The same file under another name, or a copy where the file system cannot: checkpoints may be large."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _record(name: str, spec: Run, params: TrainParams, legs: Sequence[Leg], dataset: Path) -> dict[str, Any]:
    """All that decides the result, which is also what a reader of the checkpoints wants to know."""
    words = triggers_of(dataset)
    configs = sorted({config for leg in legs for config in factors_of(leg.phase.params.sets, spec.method)})
    rows = {(row["config"], row["id"]): row for leg in legs for row in leg.rows}.values()
    style = params.embedding.style if spec.method == "textual_inversion" else None
    named = spec.method == "textual_inversion" and style is None
    return {
        "run": name,
        "method": spec.method,
        "base": spec.base,
        "base_sha256": base_digest(spec.base),
        "clip_skip": spec.clip_skip,
        "characters": {
            character: {
                "trigger": f"<{words[character]}>" if named else words[character],
                "pictures": sum(character == row["character"] or character in row["characters"] for row in rows),
            }
            for character in spec.characters
        },
        "style": style and f"<{style}>",
        "regularization": sum(row["config"] == "regularization" for row in rows),
        "dataset_sha256": {
            file.relative_to(dataset).as_posix(): file_digest(file) for file in files_of(dataset, configs)
        },
        "params": params.model_dump(mode="json"),
        "phases": [_phase_record(leg, spec.method) for leg in legs],
        "libraries": {library: version(library) for library in LIBRARIES},
    }


def _phase_record(leg: Leg, method: str) -> dict[str, Any]:
    return {
        "name": leg.phase.name,
        "from": leg.phase.start,
        "parts": parts_of(leg.phase.params, method),
        "first": leg.first + 1,
        "last": leg.last,
        "steps_per_epoch": leg.per_epoch,
        "pictures": len(leg.rows),
    }
