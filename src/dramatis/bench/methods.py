"""`make methods`: every method on the sample film, judged as every run is.

Trains each recipe of `bench.methods_recipes` on the pocket base by the stages' own scripts, in work/methods/, two at a
time; what is done there and unchanged is not done again. Writes `metrics/bench/methods.json`, `docs/methods.md` and a
strip of pictures for each method. `dvc repro` first: it reads data/dataset.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console

from dramatis.bench.methods_page import page, strip
from dramatis.bench.methods_recipes import RECIPES, Recipe
from dramatis.bench.methods_style import write_styled
from dramatis.bench.scratch import open_scratch, run_stage, verdict
from dramatis.core.digests import file_digest
from dramatis.core.errors import one_line_errors
from dramatis.core.params import PARAMS, read_yaml
from dramatis.core.tables import write_json
from dramatis.score.oracle import spearman

WORK, OUT, PAGE = Path("work/methods"), Path("metrics/bench/methods.json"), Path("docs/methods.md")
BASE = "models/pocket/sd"
STAGES = ("train", "preview", "score")
KEPT = ("recscore", "base_recscore", "identified", "base_identified", "control", "base_control", "copy_risk")
"""Figures of every method; null where they are not its aim or cannot be told."""
AIMS = {"pose_error": ("pose_error", "base_pose_error"), "style_gain": ("style_gain", "base_style_gain")}
AT_ONCE = 2
log = logging.getLogger("methods")


def params_for(name: str, recipe: Recipe, project: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the scratch project of a method: the project's, with this run alone and fewer previews."""
    run = {"base": BASE, **recipe.run}
    kinds = ("tags", "fixed", "guard", "pair", "forget")
    preview = project["preview"] | {kind: project["preview"][kind] | {"images": 0} for kind in kinds}
    preview["fixed"] = preview["fixed"] | {"images": 3}
    preview["control"] = preview["control"] | {"images": 2, "kinds": ["landmarks"]}
    return {**project, "preview": preview, "runs": {name: run}}


def try_method(name: str, recipe: Recipe, project: Mapping[str, Any], dataset: Path, work: Path) -> dict[str, Any]:
    """Trains, draws and judges a method, or reads what an earlier call with the same settings found."""
    top = work / name
    params = params_for(name, recipe, project)
    top.mkdir(parents=True, exist_ok=True)
    mark = hashlib.sha256(json.dumps(params, sort_keys=True).encode() + _digest(dataset)).hexdigest()
    done = top / "done.json"
    if done.is_file() and json.loads(done.read_text())["mark"] == mark:
        return json.loads(done.read_text())
    open_scratch(top, Path.cwd(), params, dataset)
    seconds = {stage: run_stage(top, stage, name) for stage in STAGES}
    log.info("%s: %.0f CPU seconds", name, sum(seconds.values()))
    found = {"mark": mark, "seconds": seconds["train"], "verdict": verdict(top, name)}
    write_json(found, done)
    return found


def _digest(dataset: Path) -> bytes:
    return "".join(file_digest(file) for file in sorted(dataset.glob("**/*.parquet"))).encode()


def figures(name: str, recipe: Recipe, found: Mapping[str, Any]) -> dict[str, Any]:
    """One line of the table."""
    judged = found["verdict"]
    line = {key: judged.get(key) for key in KEPT} | {"seconds": found["seconds"], "best_step": judged["best_step"]}
    for key in AIMS.get(recipe.aim, ()):
        line[key] = judged.get(key, 0.0 if key == "base_style_gain" else None)
    return line


def agreement(found: Mapping[str, Mapping[str, Any]]) -> float | None:
    """Spearman's rank correlation of recscore with that of an embedder trained apart, over all steps of all methods.

    The base is counted once, not with every method.
    """
    ours: list[float] = []
    theirs: list[float] = []
    for about in found.values():
        by_step, second = about["verdict"]["by_step"], (about["verdict"].get("second") or {}).get("by_step", {})
        for step, numbers in by_step.items():
            if numbers.get("recscore") is not None and step in second and (step != "step-000000" or not ours):
                ours.append(numbers["recscore"])
                theirs.append(second[step])
    return spearman(ours, theirs) if len(ours) > 2 else None


def main() -> None:
    """Tries every method, writes, prints."""
    project = read_yaml(PARAMS)
    styled = write_styled(Path("data/dataset"), WORK / "styled")
    datasets = {name: styled if recipe.styled else Path("data/dataset") for name, recipe in RECIPES.items()}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tried = pool.map(lambda name: try_method(name, RECIPES[name], project, datasets[name], WORK), RECIPES)
        found = dict(zip(RECIPES, tried, strict=True))
    lines = {name: figures(name, RECIPES[name], about) for name, about in found.items()}
    result = {"methods": lines, "oracle_spearman": agreement(found)}
    write_json(result, OUT)
    for name, about in found.items():
        strip(WORK / name / f"data/previews/{name}", about["verdict"]["best_step"], PAGE.parent / f"methods-{name}.png")
    PAGE.write_text(page(result))
    Console().print(result)


if __name__ == "__main__":
    logging.getLogger().setLevel(logging.INFO)
    with one_line_errors():
        main()
