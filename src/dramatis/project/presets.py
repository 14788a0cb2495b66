"""Presets: short overlays in `presets/` with the values that differ, laid over the text of `params.yaml`."""

import difflib
import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from io import StringIO
from pathlib import Path
from types import GenericAlias
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from ruamel.yaml import YAML

from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.params import Key, RunKey, read_yaml, validate
from dramatis.core.runs import Run
from dramatis.core.stories import STORIES
from dramatis.models.wanted import missing_weights
from dramatis.pipeline.reference import MAPS, model_of
from dramatis.train.params import TrainParams
from dramatis.train.phases import phases_of

PRESETS = Path("presets")
SAID = ("For ", "Hardware ")
"""Words that begin lines of a preset's header."""


def about(file: Path) -> dict[str, Any]:
    """What the header of a preset says: its first line, what it is for, on which hardware; and what is not here."""
    lines = [line.removeprefix("#").strip() for line in file.read_text().splitlines() if line.startswith("#")]
    said = {
        word: next((line.removeprefix(word).strip() for line in lines if line.startswith(word)), "") for word in SAID
    }
    return {
        "name": file.stem,
        "about": lines[0].rstrip(".") if lines else "",
        "for": said["For "].rstrip("."),
        "hardware": said["Hardware "].rstrip("."),
        "missing": weights_missing(read_preset(file.stem)),
    }


def weights_missing(preset: Mapping[str, Any]) -> list[str]:
    """Files and folders of weights that a preset names and that are not here."""
    return sorted({str(each.path) for each in missing_weights(preset)})


def read_preset(name: str) -> dict[str, Any]:
    """The keys and values of a preset.

    Raises:
        MissingError: there is none of that name; the message lists those that there are.
        ParameterError: it holds no sections.
    """
    file = PRESETS / f"{name}.yaml"
    there = sorted(other.stem for other in PRESETS.glob("*.yaml"))
    if name not in there:
        near = difflib.get_close_matches(name, there, 1)
        meant = (
            f"Did you mean {near[0]}? There are: {', '.join(there)}" if near else f"Choose one of: {', '.join(there)}"
        )
        raise MissingError(str(file), "there is no such preset", meant)
    preset = read_yaml(file)
    if not isinstance(preset, dict):
        raise ParameterError(str(file), "it holds no sections", "Write `<section>:` with its keys below")
    return preset


def overlaid(text: str, preset: Mapping[str, Any], place: str) -> str:
    """`params.yaml` with the values of a preset; comments, order and layout of the rest stay.

    Args:
        text: content of `params.yaml`.
        preset: nested mapping; mappings are merged, other values replace what was there. Null in place of a video, a
            run, a source of class pictures or a story takes that entry out. A run is replaced, not merged.
        place: the preset's file, for messages.

    Raises:
        ParameterError: a key is unknown or a value out of bounds.
    """
    yaml = _yaml()
    params = yaml.load(text)
    _check_sections(preset, params, place)
    faults = [fault for section, value in preset.items() for fault in unknown_keys(section, value)]
    if faults:
        raise ParameterError(place, "; ".join(faults), "Mend the preset")
    for run in preset.get("runs") or {}:  # two recipes' keys in one run would be a third
        params["runs"].pop(run, None)
    _merge(params, preset)
    for section in MAPS:
        for key in [key for key, entry in (preset.get(section) or {}).items() if entry is None]:
            params[section].pop(key, None)
    check_params({section: params[section] for section in preset}, place)
    _check_runs(_plain(params), place)
    stream = StringIO()
    yaml.dump(params, stream)
    changed = _sections(stream.getvalue())
    return "".join(changed[name] if name in preset else lines for name, lines in _sections(text).items())


def _sections(text: str) -> dict[str, str]:
    """The lines of each top-level key, what stands above the first under the empty name."""
    parts = re.split(r"(?m)^(?=\w+:)", text)
    return {part.split(":")[0] if number else "": part for number, part in enumerate(parts)}


def _yaml() -> YAML:
    """Reads and writes YAML so that what nobody changed stays as it is."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda kind, _: kind.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    yaml.representer.add_representer(
        float, lambda kind, value: kind.represent_scalar("tag:yaml.org,2002:float", dotted(value))
    )
    return yaml


def dotted(value: float) -> str:
    """A number as every reader of YAML takes it for one: YAML 1.1, and so PyYAML, reads `2e-06` as a text.

    `2.0e-06` is a number to all.
    """
    text = repr(value)
    mantissa, sign, exponent = text.partition("e")
    return f"{mantissa}.0e{exponent}" if sign and "." not in mantissa else text


def check_params(params: Mapping[str, Any], place: str) -> None:
    """Validates sections of `params.yaml`.

    Raises:
        ParameterError: a key is unknown or a value out of bounds.
    """
    keys: dict[str, Any] = {"videos": Key, "runs": RunKey, "regularization": Key, STORIES: Key}
    for section, value in params.items():
        model: Any = model_of(section)
        if section in MAPS:
            model = GenericAlias(dict, (keys[section], model))
        validate({} if value is None else _plain(value), model, place, section)


def unknown_keys(section: str, value: Any) -> list[str]:
    """A line for each key of a section that no model names, with the nearest one that there is."""
    if section not in MAPS:
        return list(_unknown(value, model_of(section), section))
    found: list[str] = []
    for key, entry in value.items() if isinstance(value, Mapping) else ():
        found += _unknown(entry, model_of(section), f"{section}.{key}")
        if section == "runs" and isinstance(entry, Mapping):
            found += _unknown(entry.get("train"), model_of("train"), f"runs.{key}.train")
    return found


def _unknown(value: Any, kind: Any, place: str) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = {field.alias or name: field for name, field in kind.model_fields.items()}
        for key, item in value.items() if isinstance(value, Mapping) else ():
            if key in fields:
                yield from _unknown(item, fields[key].annotation, f"{place}.{key}")
            else:
                yield f"{place}.{key}: unknown key, {_nearest(str(key), list(fields))}"
        return
    inner = get_args(kind)
    if get_origin(kind) is dict and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _unknown(item, inner[1], f"{place}.{key}")
    elif get_origin(kind) is list and isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unknown(item, inner[0], f"{place}[{number}]")
    elif sum(isinstance(one, type) and issubclass(one, BaseModel) for one in inner) <= 1:  # null or a model
        for one in inner:
            yield from _unknown(value, one, place)


def _nearest(key: str, allowed: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, allowed, 1)
    return f"did you mean {near[0]}? Allowed are {', '.join(allowed)}" if near else f"allowed are {', '.join(allowed)}"


def _check_runs(params: Mapping[str, Any], place: str) -> None:
    """What runs say of section `train`, which their own model leaves open."""
    if "train" in params and params.get("runs"):
        section = validate(params["train"], TrainParams, place, "train")
        for name, values in params["runs"].items():
            phases_of(section, Run.model_validate(values), name)


def _check_sections(preset: Mapping[str, Any], params: Mapping[str, Any], place: str) -> None:
    faults = [
        f"{section}: unknown section, {_nearest(section, list(params))}" for section in preset if section not in params
    ]
    if faults:
        raise ParameterError(place, "; ".join(faults), "Mend the preset")


def _merge(old: MutableMapping[str, Any], new: Mapping[str, Any]) -> None:
    for key, value in new.items():
        if isinstance(value, Mapping) and isinstance(old.get(key), MutableMapping):
            _merge(old[key], value)
        else:
            old[key] = value


def _plain(value: Any) -> Any:
    """A value without the types by which ruamel remembers layout."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
