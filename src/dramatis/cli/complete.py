"""What the shell offers for a value: presets, runs, checkpoints, videos, formats; nothing where there is no project."""

from collections.abc import Iterator
from pathlib import Path

from dramatis.core.errors import UserError

PARAMS, PRESETS = Path("params.yaml"), Path("presets")
FORMATS = ("ai-toolkit", "everydream2", "huggingface", "imagefolder", "kohya", "webdataset")


def _keys(section: str) -> list[str]:
    from dramatis.state.yaml12 import load

    try:
        params = load(PARAMS)
    except (OSError, UserError):
        return []
    found = params.get(section) if isinstance(params, dict) else None
    return sorted(map(str, found)) if isinstance(found, dict) else []


def runs(incomplete: str) -> list[str]:
    """Runs of params.yaml."""
    return [key for key in _keys("runs") if key.startswith(incomplete)]


def stories(incomplete: str) -> list[str]:
    """Stories of params.yaml."""
    return [key for key in _keys("stories") if key.startswith(incomplete)]


def videos(incomplete: str) -> list[str]:
    """Videos of params.yaml."""
    return [key for key in _keys("videos") if key.startswith(incomplete)]


def presets(incomplete: str) -> list[str]:
    """Files in presets/, without their ending."""
    return sorted(file.stem for file in PRESETS.glob("*.yaml") if file.stem.startswith(incomplete))


def formats(incomplete: str) -> list[str]:
    """Formats of `dramatis export`."""
    return [name for name in FORMATS if name.startswith(incomplete)]


def checkpoints(incomplete: str) -> list[str]:
    """RUN and RUN@STEP, for each run that has been trained."""
    return [text for text in _checkpoints() if text.startswith(incomplete)]


def _checkpoints() -> Iterator[str]:
    for run in _keys("runs"):
        yield run
        steps = sorted((Path("models") / run).glob("step-*"))
        yield from (f"{run}@{int(folder.name.removeprefix('step-'))}" for folder in steps if folder.is_dir())
