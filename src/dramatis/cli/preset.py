"""Presets: short overlays in `presets/` with the values that differ, written into `params.yaml`."""

import difflib
import re
from collections.abc import Mapping, MutableMapping
from io import StringIO
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.syntax import Syntax
from ruamel.yaml import YAML

from dramatis.cli.params import read_params
from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.params import PARAMS, Key, RunKey, read_yaml, validate
from dramatis.pipeline.reference import MAPS, model_of

PRESETS = Path("presets")


def apply_preset(name: str) -> None:
    """Writes a preset into `params.yaml` and prints the difference; nothing is written if a key is not known."""
    read_params()
    before = PARAMS.read_text()
    after = overlaid(before, read_preset(name), f"{PRESETS}/{name}.yaml")
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), str(PARAMS), str(PARAMS), lineterm="", n=0)
    difference = "\n".join(lines)
    PARAMS.write_text(after)
    console = Console()
    if console.is_terminal and difference:
        console.print(Syntax(difference, "diff", theme="ansi_dark"))
    else:  # a pipe or a file gets whole lines
        typer.echo(difference or f"{PARAMS} says so already.")


def read_preset(name: str) -> dict[str, Any]:
    """The keys and values of a preset.

    Raises:
        MissingError: there is none of that name; the message lists those that there are.
    """
    file = PRESETS / f"{name}.yaml"
    if not file.is_file():
        there = ", ".join(sorted(other.stem for other in PRESETS.glob("*.yaml")))
        raise MissingError(str(file), "there is no such preset", f"Choose one of: {there}")
    return read_yaml(file)


def overlaid(text: str, preset: Mapping[str, Any], place: str) -> str:
    """`params.yaml` with the values of a preset; comments, order and layout of the rest stay.

    Args:
        text: content of `params.yaml`.
        preset: nested mapping; mappings are merged, other values replace what was there. Null in place of a video, a
            run or a source of class pictures takes that entry out. A run is replaced, not merged.
        place: the preset's file, for messages.

    Raises:
        ParameterError: a key is unknown or a value out of bounds.
    """
    yaml = _yaml()
    params = yaml.load(text)
    _check_sections(preset, params, place)
    for run in preset.get("runs") or {}:  # two recipes' keys in one run would be a third
        params["runs"].pop(run, None)
    _merge(params, preset)
    for section in MAPS:
        for key in [key for key, entry in (preset.get(section) or {}).items() if entry is None]:
            params[section].pop(key, None)
    check_params({section: params[section] for section in preset}, place)
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
    keys: dict[str, Any] = {"videos": Key, "runs": RunKey, "regularization": Key}
    for section, value in params.items():
        model: Any = model_of(section)
        if section in MAPS:
            model = dict[keys[section], model]
        validate({} if value is None else _plain(value), model, place, section)


def _check_sections(preset: Mapping[str, Any], params: Mapping[str, Any], place: str) -> None:
    unknown = [section for section in preset if section not in params]
    if unknown:
        raise ParameterError(
            place, f"{', '.join(unknown)}: unknown section, allowed are {', '.join(params)}", "Mend the preset"
        )


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
