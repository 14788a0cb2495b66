"""The card's header: what model and dataset hubs read, between two lines of dashes."""

from collections.abc import Mapping
from typing import Any

import yaml

from dramatis.core.errors import InputError, ParameterError
from dramatis.core.yaml_lines import value_in


def parted(card: str, place: str) -> tuple[dict[str, Any], str]:
    """Header and text of a card; an empty header if it has none.

    Raises:
        InputError: the header is no YAML.
    """
    parts = card.split("---\n", 2)
    if parts[0] or len(parts) < 3:
        return {}, card
    try:
        header = value_in(parts[1], place)
    except ParameterError:
        raise InputError(place, "its header is not valid YAML", "Run `dvc repro` to write it anew") from None
    return (header if isinstance(header, dict) else {}), parts[2]


def joined(header: Mapping[str, Any], text: str) -> str:
    """A card of both."""
    return f"---\n{yaml.safe_dump(dict(header), sort_keys=False, allow_unicode=True)}---\n{text}"


def license_in(header: Mapping[str, Any]) -> str | None:
    """The licence that a header says."""
    said = header.get("license")
    return str(said) if said else None
