"""`make seeds`: the whole pipeline on three other films, in throw-away copies, and their scores beside those here."""

import json
import logging
import os
import shutil
import subprocess
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dramatis.core.errors import InputError, one_line_errors
from dramatis.core.params import PARAMS
from dramatis.project.presets import overlaid

SEEDS = (101, 202, 303)
"""Values of `film.seed` that nothing was tuned on."""

FIGURES = {
    "frames": ("shots_covered", "duplicates_kept"),
    "detect": ("face_recall", "face_precision", "idf1", "track_pairs"),
    "cluster": ("ari", "strangers_merged"),
    "cast": ("naming_precision", "naming_recall"),
    "outfit": ("ari", "changers_ari", "false"),
    "caption": ("name_order", "tag_f1"),
    "score/*": ("recscore", "base_recscore", "identified", "control", "base_control", "oracle_spearman"),
}
"""File under `metrics/`, and the figures of it that have a bar."""

WORK = Path("work/seeds")
log = logging.getLogger("seeds")


def read_figures(metrics: Path) -> dict[str, float | None]:
    """All figures of a `metrics` folder, as `cluster.ari` or `score/solo.recscore`."""
    found: dict[str, float | None] = {}
    for pattern, names in FIGURES.items():
        for file in sorted(metrics.glob(f"{pattern}.json")):
            values = json.loads(file.read_text())
            key = file.relative_to(metrics).with_suffix("")
            found |= {f"{key}.{name}": values.get(name) for name in names}
    return found


def copy_project(top: Path, seed: int) -> None:
    """A copy of the files that git knows, with another film; without data, and with an empty DVC cache."""
    shutil.rmtree(top, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if Path(name).is_file() and not name.startswith((".dvc/", "metrics/")):
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(name, top / name)
    (top / PARAMS).write_text(overlaid(PARAMS.read_text(), {"film": {"seed": seed}}, f"film.seed {seed}"))
    subprocess.run(["dvc", "init", "--no-scm", "--quiet"], cwd=top, check=True)


def run_copy(seed: int, *targets: str) -> dict[str, float | None]:
    """The figures of the pipeline on the film of one seed.

    Args:
        targets: stages to bring up to date; none for all.

    Raises:
        InputError: a stage failed; its output is above.
    """
    top = (WORK / str(seed)).resolve()
    copy_project(top, seed)
    environment = os.environ | {"PYTHONPATH": str(top / "src"), "DVC_NO_ANALYTICS": "1"}
    if subprocess.run(["dvc", "repro", *targets], cwd=top, env=environment).returncode:
        raise InputError(f"film.seed {seed}", "a stage failed, see above", f"Look at {WORK / str(seed)}")
    figures = read_figures(top / "metrics")
    shutil.rmtree(top)
    return figures


def table(columns: dict[str, dict[str, float | None]]) -> Table:
    """A row for each figure, a column for each film."""
    shown = Table("figure", *columns, box=None, header_style="dim")
    for name in next(iter(columns.values())):
        values = [figures.get(name) for figures in columns.values()]
        shown.add_row(name, *("" if value is None else f"{value:.3f}" for value in values))
    return shown


def main() -> None:
    """Runs all copies, one after the other, and prints the table."""
    columns = {"here": read_figures(Path("metrics"))}
    for seed in SEEDS:
        log.info("film.seed %d", seed)
        columns[str(seed)] = run_copy(seed)
    Console().print(table(columns))


if __name__ == "__main__":
    with one_line_errors():
        main()
