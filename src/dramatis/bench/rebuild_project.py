"""The whole pipeline made small: every stage runs for real, on a short film, in few steps."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dramatis.bench.seeds import copy_project
from dramatis.core.errors import InputError
from dramatis.core.params import PARAMS

SEED = 7

SMALL: dict[str, Any] = {
    "film": {"fps": 8, "episode_s": 14},
    "crops": {"scenes": {"per_shot": 1, "nobody_per_shot": 1, "nobody_per_video": 2}},
    "control": {"kinds": ["landmarks"]},
    "composite": {"per_group": 1, "total": 4},
    "regularization": {"drawn": {"count": 4}},
    "regularize": {"drawing": {"steps": 2, "batch_size": 4}},
    "train": {"steps": 2, "save_every": 2, "batch_size": 4},
    "preview": {
        "tags": {"images": 1, "clusters": 1},
        "fixed": {"images": 1, "prompts": ["{trigger}, 1person, head, front view, room"]},
        "forget": {"prompts": ["1person, head, front view, green hair, mohawk, snow"]},
        "drawing": {"steps": 2},
    },
    "score": {"resamples": 100, "copy_pictures": 4},
    "stories": {"lost": {"line": "`cyrus` waits in the snow", "runs": ["solo"], "panels": 1}},
    "panels": {"best_of": 1, "tries": 1, "drawing": {"steps": 2}},
    "render": {
        "strip": {"width_px": 320, "text_px": 12},
        "clip": {"short_px": 144, "min_s": 1.0, "title_s": 1.0, "fade_s": 0.5},
    },
}
"""What differs from `params.yaml`."""

RAN = re.compile(r"^Running stage '(?:[^'\n]*:)?([^':\n]+)'", re.MULTILINE)


def merged(values: Any, changes: Any) -> None:
    """Puts nested changes into nested values; null takes an entry out."""
    for key, change in changes.items():
        if isinstance(change, dict) and isinstance(values.get(key), dict):
            merged(values[key], change)
        elif change is None:
            values.pop(key, None)
        else:
            values[key] = change


def change_yaml(file: Path, changes: dict[str, Any]) -> None:
    """Changes some values of a YAML file; comments and order stay."""
    yaml = YAML()
    yaml.width = 120
    values = yaml.load(file)
    merged(values, changes)
    yaml.dump(values, file)


def make_project(top: Path) -> None:
    """A small copy of this project with a cache of its own, in which nothing has run; needs git."""
    copy_project(top, SEED)
    for lock in top.rglob("dvc.lock"):
        lock.unlink()
    change_yaml(top / PARAMS, SMALL)


def repro(top: Path, remembers: bool = True) -> list[str]:
    """Brings everything up to date; names of the stages that really ran, in order.

    Args:
        remembers: results that DVC has seen before are taken from its run-cache; such stages do not count.

    Raises:
        InputError: a stage failed.
    """
    done = _call(top, "dvc", "repro", *["--no-run-cache"] * (not remembers))
    return RAN.findall(done.stdout)


def prune(top: Path) -> None:
    """Removes what videos and runs left that are gone.

    Raises:
        InputError: the command failed.
    """
    _call(top, "dramatis", "prune", "--yes")


def _call(top: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs a command on the code of the copy."""
    environment = os.environ | {"PYTHONPATH": str((top / "src").resolve()), "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout)[-1500:]
        raise InputError(str(top), f"`{' '.join(command)}` failed: {said}", "Look at the copy there")
    return done
