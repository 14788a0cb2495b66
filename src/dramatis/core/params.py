"""Typed parameters: one frozen model per section of `params.yaml`, unknown keys refused."""
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from dramatis.core.errors import MissingError, ParameterError

PARAMS = Path("params.yaml")

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
"""An id of a video, a run or a character: short, and safe in paths and DVC stage names."""


class Params(BaseModel):
    """Base of every section: frozen, and a key that no field names is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


T = TypeVar("T")


def load_params(section: str, kind: type[T], file: Path = PARAMS) -> T:
    """One section of a YAML file as a validated value.

    Args:
        section: key path with dots, such as `quality` or `runs.solo`.
        kind: a `Params` model, or any type that pydantic can validate (`dict[Key, Video]`).

    Raises:
        MissingError: the file or the section is not there.
        ParameterError: a key is unknown or a value is out of bounds; names the full key and what is allowed.
    """
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", "Run this in the project's top folder")
    try:
        value: Any = yaml.safe_load(file.read_text())
    except yaml.YAMLError as error:
        where = f"{file}:{error.problem_mark.line + 1}" if hasattr(error, "problem_mark") else str(file)
        raise ParameterError(where, "this is not valid YAML", "Mend the line, then run again") from None
    for key in section.split("."):
        if not isinstance(value, dict) or key not in value:
            raise MissingError(f"{file}: {section}", "this section is missing", f"Add `{section}:` to {file}")
        value = value[key]
    return validate(value, kind, f"{file}: {section}")


def validate(value: Any, kind: type[T], place: str) -> T:
    """`value` as `kind`, or a `ParameterError` that lists every fault in one line."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        raise ParameterError(place, "; ".join(map(_fault, error.errors())), "Mend the value, then run again") from None


def _fault(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"] if part != "[key]")
    if error["type"] == "extra_forbidden":
        return f"{key}: unknown key"
    if error["type"] == "missing":
        return f"{key}: required, but missing"
    said = error["msg"].replace("Input should", "must").replace("String should", "must")
    return f"{key} = {error['input']!r}: {said}"
