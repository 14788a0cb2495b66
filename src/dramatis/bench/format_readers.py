"""Reads exports back with what they are for: the trainers' own code, and `datasets`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dramatis.core.errors import InputError
from dramatis.dataset.schema import CONFIGS

TRAINERS = {"ai-toolkit": "ai-toolkit", "everydream2": "EveryDream2trainer", "kohya": "sd-scripts"}
"""Repository of the trainer that a format is for."""

Read = list[dict[str, Any]]
"""What a reader found: by, file, caption, size, repeats, class, control of each picture."""


def readers_place() -> Path:
    """Folder with checkouts of trainers: DRAMATIS_READERS, or work/readers. One that is missing is left out."""
    return Path(os.environ.get("DRAMATIS_READERS", "work/readers")).resolve()


def trainer_of(name: str, place: Path) -> Path | None:
    """The checkout whose code reads a format; None without one."""
    if name == "webdataset":  # a library, beside those that the trainers call
        return place / "site" if (place / "site" / "webdataset").is_dir() else None
    checkout = place / TRAINERS[name] if name in TRAINERS else None
    return checkout if checkout and checkout.is_dir() else None


def read_by_trainer(name: str, checkout: Path, export: Path) -> Read:
    """What the trainer's own code reads of an export.

    Raises:
        InputError: it cannot read the export; its last words are in the message.
    """
    command = [sys.executable, "-m", "dramatis.bench.foreign", TRAINERS.get(name, name), str(checkout), str(export)]
    sources = str(Path(__file__).parents[2])
    done = subprocess.run(
        command, capture_output=True, env=os.environ | {"PYTHONPATH": sources}, cwd=export, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise InputError(str(export), f"{checkout.name} cannot read it: {' '.join(said)}", "Mend the export")
    return json.loads(done.stdout)


def read_imagefolder(export: Path, cache: Path) -> Read:
    """As the scripts of diffusers read it: `**` of the pictures, the folder of the control images."""
    from datasets import load_dataset

    found = []
    for kind in sorted(path.name for path in export.iterdir()):
        if kind == "control":
            loaded = load_dataset(str(export / kind), cache_dir=str(cache))
        else:
            loaded = load_dataset("imagefolder", data_files={"train": f"{export / kind}/**"}, cache_dir=str(cache))
        for split in loaded.values():
            found += [_told(kind, one["id"], one["text"], one, one["per_epoch"]) for one in split]
    return found


def read_webdataset(export: Path, cache: Path) -> Read:
    """By the reader of tars that `datasets` has."""
    from datasets import load_dataset

    found = []
    for folder in sorted(export.iterdir()):
        files = sorted(map(str, folder.glob("*.tar")))
        for one in load_dataset("webdataset", data_files=files, split="train", cache_dir=str(cache)):
            pictures = {
                "conditioning_image" if name.startswith("conditioning.") else "image": value
                for name, value in one.items()
                if name.split(".")[-1] in ("png", "jpg", "webp")
            }
            found.append(_told(folder.name, one["json"]["id"], one["txt"], pictures, one["json"]["per_epoch"]))
    return found


def read_huggingface(export: Path, cache: Path) -> Read:
    """Every configuration of pictures, its training split."""
    from datasets import get_dataset_config_names, load_dataset

    found = []
    for config in set(get_dataset_config_names(str(export))) & set(CONFIGS):
        for one in load_dataset(str(export), config, split="train", cache_dir=str(cache)):
            found.append(_told(config, one["id"], one["caption"], one, None))
    return found


def _told(by: str, name: str, caption: str, pictures: dict[str, Any], repeats: float | None) -> dict[str, Any]:
    control = pictures.get("conditioning_image")
    return {
        "by": by,
        "file": name,
        "caption": caption,
        "size": list(pictures["image"].size),
        "repeats": repeats,
        "class": by.startswith("regularization"),
        "control": control and list(control.size),
    }


DATASETS: dict[str, Callable[[Path, Path], Read]] = {
    "huggingface": read_huggingface,
    "imagefolder": read_imagefolder,
    "webdataset": read_webdataset,
}
"""Formats that `datasets` reads, given the export and a folder for its cache."""
