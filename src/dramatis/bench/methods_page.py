"""`docs/methods.md`: what each method reaches, with pictures."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from PIL import Image as Pictures

from dramatis.bench.bars import shown
from dramatis.bench.methods_recipes import RECIPES
from dramatis.core.images import Image, decode, resize

HEADER = """\
# Methods: what each of them reaches

Written by `make methods`: every method on the sample film and the pocket base, with the recipes of
`src/dramatis/bench/methods_recipes.py`, judged by stage `score`. `seconds` is CPU time of training on one core. How to
say what is trained: [training.md](training.md).

`recscore` is how well the character is recognised, `identified` how often it is the nearest of the whole cast,
`control` how many of the asked tags are there, `copy_risk` how often a picture is nearer to a training picture than to
a held-out one (0.5 is no copying); beside each stands the bare base. A ControlNet is for poses: `pose_error` is the
distance of the points from those asked for. A style is judged by `style_gain`: the share of the base's distance from
the look that is gone.
"""
COLUMNS = ("recscore", "identified", "control", "copy_risk")
ACROSS, SIDE_PX = 8, 96


def page(result: Mapping[str, Any]) -> str:
    """Markdown."""
    lines = ["| method | what | " + " | ".join(f"{name}, base" for name in COLUMNS) + " | for | seconds |"]
    lines.append("|---" * (len(COLUMNS) + 4) + "|")
    for name, one in result["methods"].items():
        cells = [f"{shown(one.get(key))}, {shown(one.get(f'base_{key}'))}" for key in COLUMNS]
        whole = [f"[{name}](#{name})", RECIPES[name].what, *cells, _aim(name, one), f"{one['seconds']:.0f}"]
        lines.append(f"| {' | '.join(whole)} |")
    spearman = shown(result["oracle_spearman"])
    lines += ["", f"An embedder trained apart ranks all their steps alike: Spearman {spearman}.", ""]
    for name in result["methods"]:
        lines += [f"## {name}", "", f"![{name}: the base above, the chosen step below](methods-{name}.png)", ""]
    return "\n".join([HEADER, *lines])


def _aim(name: str, one: Mapping[str, Any]) -> str:
    aim = RECIPES[name].aim
    if aim == "recscore":
        return "who"
    return f"`{aim}` {shown(one.get(aim))}, base {shown(one.get(f'base_{aim}'))}"


def strip(previews: Path, best: int, out: Path) -> None:
    """Writes the first pictures of some prompts by the base, and below them by the chosen step.

    Args:
        previews: folder of stage `preview`.
        best: the chosen step.
        out: PNG.
    """
    columns = ["step", "prompt", "seed", "image", "control_image"]
    rows = pq.read_table(previews / "previews.parquet", columns=columns).to_pylist()
    by_step = {step: {(row["prompt"], row["seed"]): row for row in rows if row["step"] == step} for step in (0, best)}
    keys = list(by_step[best])
    keys = [keys[i] for i in np.unique(np.linspace(0, len(keys) - 1, min(ACROSS, len(keys))).astype(int))]
    asked = [[by_step[best][key]["control_image"] for key in keys]]
    shown_rows = (asked if asked[0][0] else []) + [
        [by_step[step].get(key, {"image": None})["image"] for key in keys] for step in (0, best)
    ]
    whole = np.vstack([np.hstack([_cell(data) for data in row]) for row in shown_rows])
    scratch = io.BytesIO()
    Pictures.fromarray(whole).quantize(192).save(scratch, "PNG", optimize=True)
    out.write_bytes(scratch.getvalue())


def _cell(data: bytes | None) -> Image:
    """A picture in its cell, as large as fits, on white."""
    cell = np.full((SIDE_PX, SIDE_PX, 3), 255, np.uint8)
    if data is not None:
        image = decode(data)
        height, width = image.shape[:2]
        scale = (SIDE_PX - 4) / max(height, width)
        small = resize(image, round(width * scale), round(height * scale))
        top, left = ((SIDE_PX - side) // 2 for side in small.shape[:2])
        cell[top : top + small.shape[0], left : left + small.shape[1]] = small
    return cell
