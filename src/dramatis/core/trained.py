"""What a run was trained on, as `models/<run>/run.json` says."""

from collections.abc import Mapping
from typing import Any

from dramatis.core.params import Params


class Trained(Params):
    """What drawing must know of a training."""

    method: str
    triggers: dict[str, str]
    """Trigger word of each character."""
    style: str | None
    """Token of a style that was learned, which prompts end with; None without."""
    tokens: int
    """Tokens of a caption that were read."""
    zero_terminal_snr: bool
    """Whether the noise schedule ended in pure noise."""


def trained_of(record: Mapping[str, Any]) -> Trained:
    """What `run.json` says of a training; of several phases the last one counts."""
    params = record["params"]
    last = (params.get("phases") or [{}])[-1]
    captions, objective = ({**params.get(key, {}), **last.get(key, {})} for key in ("captions", "objective"))
    return Trained(
        method=record["method"],
        triggers={character: about["trigger"] for character, about in record["characters"].items()},
        style=record.get("style"),
        tokens=captions.get("tokens", 75),
        zero_terminal_snr=objective.get("zero_terminal_snr", False),
    )
