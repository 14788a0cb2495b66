"""A recipe made small enough for two cores and the pocket models; what it is made of stays."""

from functools import cache
from pathlib import Path

import yaml
from conftest import TOP
from tiny_sd import build_sdxl, merged

from dramatis.core.params import PARAMS
from dramatis.project.presets import overlaid, read_preset

POCKET = "models/pocket/sd"
KINDS = ("live-action", "anime")
"""Presets that say what kind of film it is; the others are recipes of training."""
RECIPES = sorted(file.stem for file in (TOP / "presets").glob("*.yaml") if file.stem not in KINDS)
STEPS = 4


def applied(*names: str) -> dict:
    """`params.yaml` after some presets, one after the other."""
    return yaml.safe_load(_text(names))


@cache
def _text(names: tuple[str, ...]) -> str:
    return overlaid(_text(names[:-1]), read_preset(names[-1]), names[-1]) if names else (TOP / PARAMS).read_text()


def small_steps(keys: dict) -> dict:
    """What a run or a phase says of its length, size and optimizer, made small."""
    small = dict(keys)
    if keys.get("epochs") is not None or keys.get("steps") is not None:
        small |= {"steps": STEPS, "epochs": None, "min_steps": 0}
    if "save_every" in keys or "save_epochs" in keys:
        small |= {"save_every": STEPS, "save_epochs": None}
    if keys.get("resolution_px"):
        small["resolution_px"] = 64 if keys["resolution_px"] <= 640 else 80
    if "optimizer" in keys:
        small["optimizer"] = keys["optimizer"] | {"name": "adamw"}
    if keys.get("text_encoder_steps"):
        small["text_encoder_steps"] = 2
    if "validation" in keys:
        small["validation"] = keys["validation"] | {"every": 2, "pictures": 2}
    if "embedding" in keys:
        small["embedding"] = keys["embedding"] | {"init": "person"}
    return small | ({"phases": [small_steps(phase) for phase in keys["phases"]]} if "phases" in keys else {})


def shrunk(params: dict, base: str) -> dict:
    """The parameters of a recipe for a few steps on a small base."""
    runs = {}
    for name, run in params["runs"].items():
        fuse = {"fuse": run["fuse"] | {"onto": base}} if "fuse" in run else {}
        runs[name] = run | {"base": base, "train": small_steps(run["train"])} | fuse
    for run in runs.values():  # the pocket base has two layers of text
        run["clip_skip"] = min(run["clip_skip"], 2) if run.get("clip_skip") else None
    kinds = {kind: {"images": 1} for kind in ("tags", "fixed", "pair", "forget", "control")}
    kinds["fixed"]["prompts"] = params["preview"]["fixed"]["prompts"][:2]
    kinds["forget"]["prompts"] = params["preview"]["forget"]["prompts"][:1]
    kinds["control"]["pictures"] = 2
    sizes = {"width_px": None, "height_px": None}
    drawing = {"steps": 2, "batch_size": 8, "precision": "fp32", "device": "cpu", "threads": 1, **sizes}
    machine = {"device": "cpu", "precision": "fp32", "threads": 1, "cache": False}
    changes = {
        "train": machine,
        "preview": kinds | {"drawing": drawing},
        "regularize": {"drawing": {"device": "cpu", "precision": "fp32", "batch_size": 4}},
        "score": {"resamples": 100, "second_opinion": str(params["embed"]["weights"])},
        "caption": {"tokenizer": f"{POCKET}/tokenizer"},
    }
    return merged(params, changes) | {"runs": runs}


def base_of(name: str, top: Path) -> str:
    """The base that a recipe is tried on: the pocket one, or a small SDXL."""
    return str(build_sdxl(top / "sdxl")) if name.startswith("sdxl") else POCKET
