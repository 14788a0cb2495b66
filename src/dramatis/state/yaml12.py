"""YAML 1.2 as DVC reads it, by the parser in C.

PyYAML reads YAML 1.1: `2e-06` is a text there and `yes` is true. DVC reads and writes YAML 1.2, and compares numbers.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from dramatis.core.yaml_lines import LOADER, not_yaml

_INT = re.compile(r"[-+]?0b[0-1_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?(?:[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)"
    r"|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


class Loader(LOADER):
    """The safe loader with the scalars of YAML 1.2."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag.rpartition(":")[2] not in ("bool", "int", "float")]
    for first, found in LOADER.yaml_implicit_resolvers.items()
}


def _whole(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(f"^(?:{pattern.pattern})$")


def _int(loader: Any, node: Any) -> int:
    text = node.value.replace("_", "").lower()
    sign, digits = (-1 if text.startswith("-") else 1), text.lstrip("+-")
    base = {"0b": 2, "0o": 8, "0x": 16}.get(digits[:2], 10)
    return sign * int(digits[2:] if base != 10 else digits, base)


def _float(loader: Any, node: Any) -> float:
    text = node.value.replace("_", "").lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


def _bool(loader: Any, node: Any) -> bool:
    return node.value.lower() == "true"


Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF")
Loader.add_implicit_resolver("tag:yaml.org,2002:float", _whole(_FLOAT), "-+0123456789.")
Loader.add_implicit_resolver("tag:yaml.org,2002:int", _whole(_INT), "-+0123456789")
Loader.add_constructor("tag:yaml.org,2002:int", _int)
Loader.add_constructor("tag:yaml.org,2002:float", _float)
Loader.add_constructor("tag:yaml.org,2002:bool", _bool)


def load(file: Path) -> Any:
    """What a file holds; an empty mapping for an empty file.

    Raises:
        ParameterError: it is not valid YAML; names the line.
    """
    try:
        return yaml.load(file.read_bytes(), Loader) or {}  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise not_yaml(str(file), error) from None
