"""The threshold that a model is published with: `metrics.json` beside its weights."""

import json
from pathlib import Path

from dramatis.core.errors import InputError, MissingError


def known_threshold(threshold: float | None, model: Path) -> float:
    """The parameter if it is set, else the value under `threshold` in `metrics.json` beside the model.

    Raises:
        MissingError: neither is there.
        InputError: `metrics.json` holds no threshold between 0 and 1.
    """
    if threshold is not None:
        return threshold
    file = model.with_name("metrics.json")
    if not file.is_file():
        raise MissingError(
            str(file),
            "there is no such file, and `embed.threshold` in params.yaml is null",
            "Set it to the largest (1 - cosine) / 2 of two pictures of one person",
        )
    try:
        value = json.loads(file.read_text())["threshold"]
        if not 0 <= value <= 1:
            raise ValueError(value)
    except (ValueError, KeyError, TypeError):
        raise InputError(
            str(file),
            "no number between 0 and 1 under the key `threshold`",
            "Mend the file, or set `embed.threshold` in params.yaml",
        ) from None
    return float(value)
