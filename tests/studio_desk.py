"""A small project for the studio: two runs with previews and scores, one story with a storyboard and panels."""

import json
from pathlib import Path

import numpy as np
import yaml
from conftest import TOP
from previewed import preview, write_previews

from dramatis.core.images import encode_png
from dramatis.core.recipe import Figure, Recipe
from dramatis.core.tables import write_json, write_table
from dramatis.core.votes import checkpoint_digest
from dramatis.panels.schema import PANELS

RUNS = {"solo": ["cyrus"], "twins": ["ada", "bela"]}
STEPS = {"solo": (2, 4), "twins": (2,)}
DRAWING = {"sampler": "ddim", "steps": 4, "guidance": 3.0, "negative": "", "batch_size": 24, "precision": "fp32",
           "device": "cpu", "threads": 1}  # fmt: skip
PARAMS = """\
# kept
vote: {{file: votes.yaml}}
runs:
  solo: {{method: lora, characters: [cyrus], base: models/pocket/sd}}
  twins: {{method: lora, characters: [ada, bela], base: models/pocket/sd}}
preview:
  drawing: {drawing}
stories:
  lost:   # the first
    line: "`ada` walks and `cyrus` waits"
    runs: [twins, solo]
    panels: 2
"""


def recipe(run="solo", who="cyrus", top=Path(), **changes):
    """A recipe of a run of the project."""
    digest = checkpoint_digest(top / f"models/{run}/step-000002")
    prompt = f"{who}, head, forest"
    figure = Figure(character=who, run=run, step=2, checkpoint=digest, prompt=prompt)
    said = {"base": "models/pocket/sd", "figures": [figure], "prompt": prompt, "seed": 7, "width_px": 64,
            "height_px": 64, "drawing": {**DRAWING, "batch_size": 1, "width_px": None, "height_px": None}}  # fmt: skip
    return Recipe(**said | changes)


def grey(shade, side=32):
    """A picture of one shade."""
    return np.full((side, side, 3), shade, np.uint8)


def write_studio(top: Path) -> None:
    """Writes the project into an empty folder."""
    drawing = yaml.safe_dump(DRAWING, default_flow_style=True, width=1000).strip()
    (top / "params.yaml").write_text(PARAMS.format(drawing=drawing))
    (top / "votes.yaml").write_text("# votes\n{}\n")
    (top / "models").mkdir(exist_ok=True)
    (top / "models/pocket").symlink_to(TOP / "models/pocket")
    for run, characters in RUNS.items():
        _write_run(top, run, characters)
    write_story(top)


def _write_run(top: Path, run: str, characters: list[str]) -> None:
    for step in STEPS[run]:
        folder = top / f"models/{run}/step-{step:06d}"
        folder.mkdir(parents=True)
        (folder / "adapter.safetensors").write_bytes(bytes([step]))
    about = {"run": run, "method": "lora", "base": "models/pocket/sd", "family": "sd", "clip_skip": None,
             "style": None, "last": f"step-{STEPS[run][-1]:06d}", "params": {},
             "characters": {key: {"trigger": key, "pictures": 9} for key in characters}}  # fmt: skip
    write_json(about, top / f"models/{run}/run.json")
    rows = [
        preview(step, n, grey(40 * n + 10 * step), who, run=run, preview_id=f"{run}-{step:06d}-fixed-{who}-00-{n:02d}")
        for step in (0, *STEPS[run])
        for who in characters
        for n in range(2)
    ]
    write_previews(rows, top / f"data/previews/{run}")
    same = {"recscore": 0.5, "recscore_interval": [0.4, 0.6]}
    by_step = {f"step-{step:06d}": same | {"recscore": step / 10} for step in (0, *STEPS[run])}
    best = STEPS[run][-1]
    verdict = {"run": run, "best_step": best, "reason": f"Step {best} is <best>.", "by_step": by_step}
    write_json(verdict, top / f"data/scores/{run}/verdict.json")


def write_story(top: Path) -> None:
    """Writes the storyboard and the panels of the story."""
    scenes = [
        {"place": "forest", "action": "walks", "characters": [{"name": who}], "framing": "close",
         "prompt": f"{who}, head, forest", "caption": f"{who.title()} <walks>."}
        for who in ("ada", "cyrus")
    ]  # fmt: skip
    board = {"title": "Lost", "line": "`ada` walks and `cyrus` waits", "cast": {"ada": "twins", "cyrus": "solo"}}
    write_json(board | {"scenes": scenes}, top / "data/storyboards/lost.json")
    rows = [
        {"panel_id": f"lost-{n:02d}", "scene": n, "image": encode_png(grey(60 * n)),
         "caption": f"{who.title()} <walks>.", "characters": [who], "found": [who],
         "seed": 7, "tries": 1, "right": 1.0, "placed": True, "strangers": 0,
         "agreement": None, "flag": None, "recipe": recipe(run, who, top).model_dump_json()}
        for n, (run, who) in enumerate([("twins", "ada"), ("solo", "cyrus")], 1)
    ]  # fmt: skip
    write_table(rows, PANELS, top / "data/panels/lost/panels.parquet")


def settings(top: Path) -> dict:
    """The story as params.yaml has it."""
    return yaml.safe_load((top / "params.yaml").read_text())["stories"]["lost"]


def told(error) -> str:
    """What an error says, on one line."""
    assert "\n" not in str(error.value)
    return str(error.value)


def as_json(value) -> str:
    """A value as the page gets it."""
    return json.dumps(value)
