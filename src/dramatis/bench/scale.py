"""`make benchmark-scale`: what DVC costs on a show of 40 videos and 12 runs, with stand-ins for all that stages do."""

import json
import logging
import os
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dramatis.bench.rebuild_project import RAN
from dramatis.bench.stand_in import change_params, copy_code, settle, write_outputs, write_programs, write_scripts
from dramatis.core.errors import InputError, one_line_errors
from dramatis.core.tables import write_json
from dramatis.pipeline.graph import FILES

WORK = Path("work/scale")
FIGURES = Path("metrics/bench/scale.json")
SIZES = {"default": (2, 2), "show": (40, 12)}
"""Videos and runs."""
log = logging.getLogger("scale")


def build(top: Path, videos: int, runs: int, prepare: Callable[[Path], None] = lambda top: None) -> None:
    """A project in which every stage has run.

    Args:
        prepare: changes its files before that.
    """
    shutil.rmtree(top, ignore_errors=True)
    top.mkdir(parents=True)
    copy_code(Path.cwd(), top)
    change_params(top, lambda params: grow(params, videos, runs))
    write_programs(top)
    prepare(top)
    write_scripts(top)
    write_outputs(top)
    subprocess.run(["dvc", "init", "--no-scm", "--quiet"], cwd=top, check=True)
    settle(top)


def grow(params: Any, videos: int, runs: int) -> None:
    """Adds episodes and runs to `params.yaml` until there are so many."""
    for number in range(len(params["videos"]) + 1, videos + 1):
        params["videos"][f"e{number:02}"] = {"source": f"raw/e{number:02}.mkv"}
    for number in range(len(params["runs"]) + 1, runs + 1):
        params["runs"][f"run{number:02}"] = dict(params["runs"]["solo"])


def list_code(top: Path) -> None:
    """The other way to say which code a stage runs: every file in its deps, in place of one that stands for them."""
    for file in FILES[1:]:
        text = (top / file).read_text()
        for name in set(re.findall(r"data/programs/(\w+)\.json", text)):
            code = json.loads((top / f"data/programs/{name}.json").read_text())
            indent = re.search(rf"( *)- data/programs/{name}\.json", text)[1]
            lines = "\n".join(f"{indent}- {path}" for path in code)
            text = text.replace(f"{indent}- data/programs/{name}.json", lines)
        (top / file).write_text(text)


def timed(top: Path, *command: str) -> tuple[str, dict[str, float]]:
    """What a command prints, and what it took: seconds of the clock and of the processor."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = os.environ | {"DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise InputError(str(top), f"`{' '.join(command)}` failed: {done.stderr[-1000:]}", "Look at the copy there")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, {"wall_s": round(wall, 2), "cpu_s": round(cpu, 2)}


def measure(top: Path) -> dict[str, Any]:
    """The locks, and what it costs to find that there is nothing to do."""
    locks = {str(file.with_suffix(".lock")): (top / file).with_suffix(".lock").stat().st_size for file in FILES}
    timed(top, "dvc", "status")  # DVC remembers hashes from here on
    found = {"lock_bytes": locks, "lock_bytes_total": sum(locks.values())}
    found["status"] = timed(top, "dvc", "status")[1]
    said, found["repro"] = timed(top, "dvc", "repro")
    ran = RAN.findall(said)
    if ran:
        raise InputError(str(top), f"nothing changed, yet {', '.join(ran)} ran", "Look at the copy there")
    return found


def one_more_episode(top: Path, videos: int, runs: int) -> dict[str, Any]:
    """What DVC does for another episode; stages take no time here."""
    (top / f"raw/e{videos + 1:02}.mkv").write_text("an episode")
    change_params(top, lambda params: grow(params, videos + 1, runs))
    write_outputs(top, only_list=True)
    said, cost = timed(top, "dvc", "repro")
    ran = RAN.findall(said)
    own = [name for name in ran if name.endswith(f"@e{videos + 1:02}")]
    of_runs = [name for name in ran if name.split("@")[0] in ("train", "preview", "score", "release")]
    return {"stages": len(ran), "its_own": len(own), "of_runs": len(of_runs), **cost}


def main() -> None:
    """Measures both sizes, and the large one with all code listed stage by stage."""
    found: dict[str, Any] = {}
    top = (WORK / "project").resolve()
    for name, (videos, runs) in SIZES.items():
        log.info("%s: %d videos, %d runs", name, videos, runs)
        build(top, videos, runs)
        found[name] = {"videos": videos, "runs": runs, **measure(top)}
        found[name]["one_more_episode"] = one_more_episode(top, videos, runs)
        write_json(found, FIGURES)
    build(top, *SIZES["show"], prepare=list_code)
    found["show_with_listed_code"] = measure(top)
    write_json(found, FIGURES)
    shutil.rmtree(WORK)


if __name__ == "__main__":
    with one_line_errors():
        main()
