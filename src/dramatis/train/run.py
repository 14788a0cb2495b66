"""Stage `train`: reads the dataset and the base, trains one run, writes its checkpoints."""

import logging
import shutil
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from dramatis.core.runs import Run
from dramatis.core.splits import PLAN_FILE, shards
from dramatis.core.tables import whole_folder, write_json, write_table
from dramatis.diffusion.load import base_digest, check_base, pick_device
from dramatis.diffusion.model import load_model
from dramatis.diffusion.prompts import warn_of_long_texts
from dramatis.train.data import items_of
from dramatis.train.loop import rate_at, train
from dramatis.train.methods import build_method, check_method
from dramatis.train.params import TrainParams
from dramatis.train.phases import params_of
from dramatis.train.rows import rows_of, small_buckets
from dramatis.train.schema import LOG, RUN_FILE, checkpoint_name
from dramatis.train.state import file_digest, fingerprint

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
    params = params_of(section, spec, name)
    check_method(spec.method)
    check_base(spec.base)
    pick_device(params.device)
    rows = rows_of(dataset, spec.characters, params.sets.regularization > 0)
    for line in small_buckets(rows, params.batch_size):
        log.warning(line)
    record = _record(name, spec, params, rows, dataset)
    scratch = work / name / fingerprint(record)
    torch.set_num_threads(params.threads)
    model = load_model(spec.base, params.device, params.precision, spec.clip_skip, params.objective.zero_terminal_snr)
    if params.gradient_checkpointing:
        model.checkpoint_activations()
    warn_of_long_texts(model.pipeline.tokenizer, [row["caption"] for row in rows], params.captions.tokens)
    items = items_of(
        model, rows, dataset, params.objective.face_weight, work.parent / "latents" if params.cache else None
    )
    triggers = {name: about["trigger"] for name, about in record["characters"].items()}
    method = build_method(spec.method, model, params, triggers)
    losses = train(method, items, params, name, scratch)
    with whole_folder(out) as folder:
        for checkpoint in sorted(scratch.glob("step-*")):
            shutil.copytree(checkpoint, folder / checkpoint.name)
        write_table(
            [{"step": i, "loss": loss, "rate": rate_at(i, params)} for i, loss in enumerate(losses, 1)],
            LOG,
            folder / "log.parquet",
        )
        write_json(record | {"last": checkpoint_name(params.steps)}, folder / RUN_FILE)
    shutil.rmtree(work / name)


def _record(name: str, spec: Run, params: TrainParams, rows: list[dict[str, Any]], dataset: Path) -> dict[str, Any]:
    """All that decides the result, which is also what a reader of the checkpoints wants to know."""
    counts = Counter(row["character"] for row in rows)
    configs = ["characters"] + (["regularization"] if params.sets.regularization > 0 else [])
    files = [dataset / PLAN_FILE] + [file for config in configs for file in shards(dataset, config, "train")]
    return {
        "run": name,
        "method": spec.method,
        "base": spec.base,
        "base_sha256": base_digest(spec.base),
        "clip_skip": spec.clip_skip,
        "characters": {
            character: {
                "trigger": next(row["trigger"] for row in rows if row["character"] == character),
                "pictures": counts[character],
            }
            for character in spec.characters
        },
        "regularization": counts[None],
        "dataset_sha256": {file.relative_to(dataset).as_posix(): file_digest(file) for file in files},
        "params": params.model_dump(),
        "libraries": {library: version(library) for library in LIBRARIES},
    }
