"""Combinations of method, parameters and base that cannot work, refused in one line before any weights are loaded."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.core.errors import ParameterError
from dramatis.core.runs import Run
from dramatis.train.methods import check_method
from dramatis.train.params import TrainParams
from dramatis.train.phases import PARTS, Phase

ADAPTERS = ("lora", "loha", "lokr")
SECTIONS = {"adapter": ADAPTERS, "embedding": ("textual_inversion",)}
"""Methods that read a section of the parameters; the other sections concern all."""
HALVINGS = 4
"""Times that a VAE may halve a picture's sides for `controlnet`."""
MEND = "Mend it in params.yaml"


class Base(NamedTuple):
    """What is known of a base from its small files; None or empty where there are none to read."""

    place: str
    prediction_type: str | None = None
    window: int | None = None
    """Tokens that the text encoder takes at once, begin and end included."""
    layers: int | None = None
    """Of the text encoder with the fewest."""
    halvings: int | None = None
    """Times that the VAE halves a picture's sides."""


def base_of(base: str) -> Base:
    """Reads the configuration of a local folder; of a single file and of a hub model nothing is known."""
    folder = Path(base)
    if not folder.is_dir():
        return Base(base)
    texts = [_json(folder / part / "config.json") for part in ("text_encoder", "text_encoder_2")]
    windows = [text["max_position_embeddings"] for text in texts if "max_position_embeddings" in text]
    layers = [text["num_hidden_layers"] for text in texts if "num_hidden_layers" in text]
    blocks = _json(folder / "vae" / "config.json").get("block_out_channels")
    scheduler = _json(folder / "scheduler" / "scheduler_config.json")
    return Base(
        base,
        prediction_type=scheduler.get("prediction_type", "epsilon") if scheduler else None,
        window=min(windows, default=None),
        layers=min(layers, default=None),
        halvings=len(blocks) - 1 if blocks else None,
    )


def refuse(name: str, run: Run, phases: Sequence[Phase], base: Base) -> None:
    """Says what cannot work.

    Args:
        name: of the run.
        run: what is trained on whom.
        phases: of the run, resolved.
        base: what is known of its base.

    Raises:
        ParameterError: a method, a value or a combination of them that cannot work.
    """
    check_method(run.method)
    place = f"params.yaml: runs.{name}"
    if base.layers is not None and run.clip_skip is not None and run.clip_skip > base.layers:
        raise ParameterError(
            place, f"clip_skip = {run.clip_skip}: the base's text encoder has {base.layers} layers", MEND
        )
    _refuse_idle_keys(run.method, run.train or {}, f"{place}.train")
    for phase in phases:
        where = f"{place}.train" if len(phases) == 1 else f"{place}, phase {phase.name}"
        for check in (_refuse_parts, _refuse_adapter, _refuse_hardware, _refuse_objective):
            check(run.method, phase.params, base, where)
        if run.method == "textual_inversion":
            _refuse_embedding(run, phase.params, base, where)
    if not run.characters and run.method in (*ADAPTERS, "dreambooth"):
        raise ParameterError(place, f"characters = []: {run.method} needs somebody to learn", "Name characters")
    if run.method == "controlnet" and base.halvings is not None and base.halvings > HALVINGS:
        raise ParameterError(
            place, f"base: its VAE halves pictures {base.halvings} times, a ControlNet up to {HALVINGS}", "Take another"
        )


def _refuse_idle_keys(method: str, said: Mapping[str, Any], place: str) -> None:
    """Keys that the run itself or its phases give, and that its method never reads."""
    able = PARTS[method]
    for section, methods in SECTIONS.items():
        if section in said and method not in methods:
            raise ParameterError(place, f"{section}: {method} does not read it, {', '.join(methods)} do", "Remove it")
    for part in said.get("learning_rate") or {}:
        if part not in able:
            raise ParameterError(
                place, f"learning_rate.{part}: {method} trains only {' and '.join(able)}", "Remove the rate"
            )
    for part in said["from"] if isinstance(said.get("from"), dict) else ():
        if part not in able:
            raise ParameterError(place, f"from.{part}: {method} trains only {' and '.join(able)}", "Remove it")
    if said.get("text_encoder_steps") is not None and "text_encoder" not in able:
        raise ParameterError(place, f"text_encoder_steps: {method} trains only {' and '.join(able)}", "Remove it")
    if method in ADAPTERS and method != "lokr" and (said.get("adapter") or {}).get("factor") is not None:
        raise ParameterError(place, f"adapter.factor: {method} does not read it, lokr does", "Remove it")
    for index, phase in enumerate(said.get("phases") or []):
        _refuse_idle_keys(method, phase, f"{place}.phases[{index}]")


def _refuse_parts(method: str, params: TrainParams, base: Base, place: str) -> None:
    able = PARTS[method]
    strange = [part for part in params.parts or [] if part not in able]
    if strange:
        raise ParameterError(
            place, f"parts = {params.parts}: {method} has no {strange[0]}, allowed are {', '.join(able)}", MEND
        )
    if method in ADAPTERS and "text_encoder" in (params.parts or []) and not params.adapter.text_rank:
        raise ParameterError(
            place, "parts has text_encoder, but adapter.text_rank is 0", "Raise the rank, or leave the part out"
        )


def _refuse_adapter(method: str, params: TrainParams, base: Base, place: str) -> None:
    if method not in ADAPTERS:
        return
    adapter = params.adapter
    if adapter.dora and method != "lora":
        raise ParameterError(place, f"adapter.dora = true: only for lora, not for {method}", "Say false")
    for key, value in (("conv_rank", adapter.conv_rank), ("conv_alpha", adapter.conv_alpha)):
        if value is not None and adapter.targets != "full":
            raise ParameterError(
                place,
                f"adapter.{key} = {value}: with targets = {adapter.targets} no convolution has an adapter",
                "Say targets: full, or null",
            )


def _refuse_hardware(method: str, params: TrainParams, base: Base, place: str) -> None:
    if params.device == "cpu" and params.precision == "fp16":
        raise ParameterError(place, "precision = fp16 needs a GPU, and device is cpu", "Say fp32")
    if params.device == "cpu" and params.optimizer.name == "adamw8bit":
        raise ParameterError(place, "optimizer.name = adamw8bit needs a GPU, and device is cpu", "Say adamw")


def _refuse_objective(method: str, params: TrainParams, base: Base, place: str) -> None:
    if params.objective.zero_terminal_snr and base.prediction_type == "epsilon":
        raise ParameterError(
            place,
            f"objective.zero_terminal_snr = true: {base.place} predicts epsilon, which nothing can be learned from "
            "where all is noise",
            "Say false, or take a base of v-prediction",
        )
    outside = [share for share in params.validation.timesteps if not 0 <= share <= 1]
    if outside:
        raise ParameterError(place, f"validation.timesteps has {outside[0]}: must lie in 0..1", MEND)
    if params.captions.dropout == 1 and method != "controlnet":
        raise ParameterError(
            place, "captions.dropout = 1: no caption is ever read, so no name is learned", "Say less, such as 0.1"
        )


def _refuse_embedding(run: Run, params: TrainParams, base: Base, place: str) -> None:
    embedding = params.embedding
    if not run.characters and embedding.style is None:
        raise ParameterError(
            place, "characters = [] and embedding.style = null: there is no word to learn", "Give one of them"
        )
    if base.window is not None and embedding.vectors > base.window - 2:
        raise ParameterError(
            place,
            f"embedding.vectors = {embedding.vectors}: the base's text encoder reads {base.window - 2} tokens at once",
            "Take fewer",
        )


def _json(file: Path) -> dict[str, Any]:
    """A configuration; empty if there is none that can be read, which whoever loads the base says better."""
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
