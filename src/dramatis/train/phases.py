"""Phases of a run: each inherits the section `train`, then what the run says, then what itself says."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_args

from dramatis.core.errors import ParameterError
from dramatis.core.params import Key, validate
from dramatis.core.runs import Run
from dramatis.train.params import Part, TrainParams

BASE = "base"
"""Where a part begins that has learned nothing yet."""

SAME = (
    "seed",
    "adapter",
    "embedding",
    "objective.zero_terminal_snr",
    "save_precision",
    "gradient_checkpointing",
    "cache",
    "precision",
    "device",
    "deterministic",
    "threads",
    "phases",
)
"""Keys that no phase may change: the model is built once, and its checkpoints are compared."""

PARTS = {
    "lora": ("unet", "text_encoder"),
    "loha": ("unet", "text_encoder"),
    "lokr": ("unet", "text_encoder"),
    "dreambooth": ("unet", "text_encoder"),
    "textual_inversion": ("embedding",),
    "controlnet": ("controlnet",),
}
"""What each method can train."""


class Phase(NamedTuple):
    """One phase of a run, resolved."""

    name: str
    params: TrainParams
    start: dict[str, str]
    """Where each part begins: an earlier phase (its end), `<phase>@<step>` (as its checkpoint of that number), or
    `base`; a part that is not named goes on as it is."""


def params_of(params: TrainParams, run: Run, name: str) -> TrainParams:
    """The section `train` with what the run says otherwise.

    Raises:
        ParameterError: the run names an unknown key or a value out of bounds.
    """
    return validate(_merged(params.model_dump(), run.train or {}), TrainParams, f"params.yaml: runs.{name}.train")


def phases_of(section: TrainParams, run: Run, name: str) -> list[Phase]:
    """The phases of a run in order; one named `all` where none are given.

    Raises:
        ParameterError: a key is unknown, must not differ between phases, or has a value out of bounds; two phases
            share a name; `from` names no earlier phase; or a phase trains nothing.
    """
    params = params_of(section, run, name)
    own = "phases" in (run.train or {})
    places = [
        f"params.yaml: {f'runs.{name}.train' if own else 'train'}.phases[{place}]"
        for place in range(len(params.phases))
    ]
    phases: list[Phase] = []
    for place, said in zip(places, params.phases, strict=True):
        phases.append(_phase(params, said, phases, place))
    for place, phase in zip(
        places or [f"params.yaml: runs.{name}.train"], phases or [Phase("all", params, {})], strict=True
    ):
        _check_something_learns(phase.params, run.method, place)
    return phases or [Phase("all", params, {})]


def parts_of(params: TrainParams, method: str) -> list[str]:
    """Parts that a phase trains with a method, in the order of `PARTS`; all of an unknown method's that it names."""
    able = [part for part in PARTS.get(method, get_args(Part)) if part != "text_encoder" or _reads_text(params, method)]
    return able if params.parts is None else [part for part in able if part in params.parts]


def side(part: str) -> str:
    """The key of `learning_rate`, `parts` and `from` for a part of a model: both text encoders of SDXL share one."""
    return "text_encoder" if part.startswith("text_encoder") else part


def origin(reference: str) -> tuple[str, int | None]:
    """Phase and step that a value of `from` names: ("te", 40) of `te@40`, ("te", None) of `te`."""
    phase, _, step = reference.partition("@")
    return phase, int(step) if step else None


def _phase(params: TrainParams, said: Mapping[str, Any], earlier: Sequence[Phase], place: str) -> Phase:
    rest = {key: value for key, value in said.items() if key not in ("name", "from")}
    phase_name = validate(said.get("name"), Key, place, "name")
    taken = [phase.name for phase in earlier]
    if phase_name in (*taken, BASE):
        raise ParameterError(
            place, f"name = {phase_name!r}: must differ from {', '.join((*taken, BASE))}", "Give each phase its own"
        )
    old = params.model_dump() | {"phases": []}
    changed = validate(_merged(old, rest), TrainParams, place)
    for key in SAME:
        if _at(changed.model_dump(), key) != _at(old, key):
            raise ParameterError(
                place, f"{key}: must not differ between the phases of a run", "Say it for the run or the section"
            )
    return Phase(phase_name, changed, _start(said.get("from"), taken, place))


def _start(said: Any, taken: Sequence[str], place: str) -> dict[str, str]:
    if said is None:
        return {}
    parts = get_args(Part)
    start = dict.fromkeys(parts, said) if isinstance(said, str) else said
    if not isinstance(start, dict):
        raise ParameterError(
            place, f"from = {said!r}: must be a phase, `base`, or one of these for each part", "Mend the value"
        )
    for part, value in start.items():
        if part not in parts:
            raise ParameterError(place, f"from.{part}: unknown part, allowed are {', '.join(parts)}", "Mend the key")
        phase, at, step = value.partition("@") if isinstance(value, str) else (value, "", "")
        if phase not in (*taken, *([] if at else [BASE])) or at and not step.isdecimal():
            raise ParameterError(
                place,
                f"from = {value!r}: must be an earlier phase ({', '.join(taken) or 'there is none'}), "
                f"`<phase>@<step>` or `{BASE}`",
                "Mend the value",
            )
    return start


def _check_something_learns(params: TrainParams, method: str, place: str) -> None:
    able = ", ".join(part for part in PARTS.get(method, ()) if part != "text_encoder" or _reads_text(params, method))
    parts = parts_of(params, method)
    if not parts:
        raise ParameterError(
            place, f"parts = {params.parts}: trains nothing, as {method} trains {able}", "Name one of these, or null"
        )
    if parts == ["text_encoder"] and params.text_encoder_steps is not None:
        raise ParameterError(
            place,
            f"text_encoder_steps = {params.text_encoder_steps}: only the text encoder learns, so nothing does after "
            "that step",
            "Say null, or train the UNet too",
        )
    sets = params.sets
    if method == "controlnet" and not sets.control:
        raise ParameterError(place, "sets.control = 0: controlnet learns from these pictures alone", "Raise it")
    if method != "controlnet" and not (sets.characters or sets.scenes or sets.composites):
        raise ParameterError(
            place, "sets: characters, scenes and composites are 0, so it trains on nobody", "Raise one of them"
        )
    if params.per_subject is not None and not any(params.per_subject.values()):
        raise ParameterError(place, f"per_subject = {params.per_subject}: shows nobody", "Raise a number, or say null")


def _reads_text(params: TrainParams, method: str) -> bool:
    return method == "dreambooth" or params.adapter.text_rank > 0


def _at(values: Mapping[str, Any], key: str) -> Any:
    for name in key.split("."):
        values = values[name]
    return values


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(old[key], new[key])
        for key in old.keys() & new.keys()
        if isinstance(old[key], dict) and isinstance(new[key], dict) and key != "per_subject"
    }
    return {**old, **new, **both}
