"""`dramatis compare`: runs side by side on one page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dramatis.compare.load import differing, load_run
from dramatis.compare.page import page
from dramatis.core.errors import InputError

FOLDER = Path("work/compare")


def compare_runs(names: Sequence[str], out: Path | None) -> Path:
    """Writes the page and gives its place.

    Raises:
        InputError: no run is named, or one is named twice.
        MissingError: a run is not trained, drawn or scored.
    """
    if not names or len(set(names)) != len(names):
        said = "no run" if not names else f"{', '.join(names)}: one of them twice"
        raise InputError("dramatis compare", said, "Name runs of params.yaml, such as `dramatis compare solo twins`")
    text = page([load_run(name) for name in names])
    file = out or FOLDER / f"{'-'.join(names)}.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def told(names: Sequence[str]) -> dict[str, Any]:
    """What the page says of runs, without pictures: numbers of the chosen step, and the settings that differ."""
    runs = [load_run(name) for name in names]
    scores = {run.name: {key: run.verdict[key] for key in run.verdict if key != "by_step"} for run in runs}
    return {"runs": scores, "differing": differing({run.name: run.settings for run in runs})}
