"""Typed parameters: one frozen model per section of `params.yaml`, unknown keys refused."""

import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.yaml_lines import text_of, value_in

PARAMS = Path("params.yaml")
MOST_FAULTS = 20
"""Faults of one section that are told together."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
"""An id of a video, a run or a character: short, and safe in paths and DVC stage names."""


def is_plain(text: str) -> str:
    """The text, if any terminal shows it on one line.

    Raises:
        ValueError: it does not; names the first character that stands against it.
    """
    odd = next((letter for letter in text if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")), None)
    if odd:
        raise ValueError(f"must hold no line breaks or control characters, such as U+{ord(odd):04X}")
    return text


def _is_word(text: str) -> str:
    if "," in text:
        raise ValueError("must hold no comma, which parts the words of a caption")
    return text


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(is_plain)]
"""A name for people, in any script, on one line."""

Word = Annotated[Name, AfterValidator(_is_word)]
"""A word or several in a caption, without the comma that parts captions."""

RESERVED = ("pocket", "real", "release")
"""Folders of `models/` that hold something else than a run."""


def _is_free(key: str) -> str:
    if key in RESERVED:
        raise ValueError(f"must not be one of {', '.join(RESERVED)}, which are other folders of models/")
    return key


RunKey = Annotated[Key, AfterValidator(_is_free)]
"""An id of a run: a `Key` that is free as a folder of `models/`."""


class Params(BaseModel):
    """Base of every section: frozen; a key that no field names is an error, and so is a number without end."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


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
    value = read_yaml(file)
    for key in section.split("."):
        if not isinstance(value, dict) or key not in value:
            raise MissingError(f"{file}: {section}", "this section is missing", f"Add `{section}:` to {file}")
        value = value[key]
    return validate({} if value is None else value, kind, str(file), section)


def read_yaml(file: Path) -> Any:
    """What a YAML file holds: mappings, lists and plain values.

    Raises:
        MissingError: there is no such file.
        ParameterError: it is not valid YAML, has a key twice, or is endless; names the line.
    """
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", "Run this in the project's top folder")
    return value_in(text_of(file), str(file))


def read_params() -> dict[str, Any]:
    """All sections of `params.yaml`.

    Raises:
        MissingError: there is no such file here.
        ParameterError: it is no YAML, or holds no sections.
    """
    params = read_yaml(PARAMS)
    if not isinstance(params, dict):
        raise ParameterError(str(PARAMS), "it holds no sections", "Write `<section>:` with its keys below, see docs/")
    return params


Location = Sequence[int | str]
"""Where a value is: keys of mappings, and positions in lists from 0."""


def dotted(location: Location) -> str:
    """A location as a key path."""
    return ".".join(map(str, location))


def validate(
    value: Any, kind: type[T], place: str, section: str = "", path_of: Callable[[Location], str] = dotted
) -> T:
    """`value` as `kind`, or a `ParameterError` that lists every fault in one line.

    Args:
        place: the file that the value comes from.
        section: key path of the value in that file, put in front of the keys at fault.
        path_of: how the place of a fault in the value is written.
    """
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        found = error.errors()
        faults = "; ".join(_fault(fault, section, kind, path_of) for fault in found[:MOST_FAULTS])
        more = f"; and {len(found) - MOST_FAULTS} more" if len(found) > MOST_FAULTS else ""
        raise ParameterError(place, faults + more, "Mend the value, then run again") from None


def _fault(fault: Any, section: str, kind: Any, path_of: Callable[[Location], str]) -> str:
    own = path_of([part for part in fault["loc"] if part != "[key]"])
    key = ".".join(filter(None, (section, own)))
    if fault["type"] == "extra_forbidden":
        return f"{key}: unknown key{_allowed(fault['loc'], kind)}"
    if fault["type"] == "missing":
        return f"{key}: required, but missing"
    said = fault["msg"].removeprefix("Value error, ")
    if fault["type"] in ("model_type", "dict_type"):
        said = "must be a mapping of keys to values"
    elif fault["type"] == "string_pattern_mismatch":
        said = f"must match {fault['ctx']['pattern']}"
    for thing in ("Input", "String", "List", "Tuple", "Dictionary"):
        said = said.replace(f"{thing} should", "must")
    shown = repr(fault["input"])
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    return f"{key} = {shown}: {said}" if key else f"{shown}: {said}"


def _allowed(loc: tuple[Any, ...], kind: Any) -> str:
    if len(loc) != 1 or not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return ""
    return f", allowed are {', '.join(field.alias or name for name, field in kind.model_fields.items())}"
