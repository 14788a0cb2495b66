"""Stage `release`: takes the chosen checkpoint of a run and writes it for others to use."""

import json
import shutil
from pathlib import Path
from typing import Any

from dramatis.core.errors import MissingError
from dramatis.core.tables import whole_folder
from dramatis.diffusion.files import ADAPTER
from dramatis.release.card import card
from dramatis.release.params import ReleaseParams
from dramatis.train.schema import RUN_FILE, checkpoint_name


def run(name: str, params: ReleaseParams, *, models: Path, score: Path, out: Path) -> None:
    """Writes the weights of the best step twice, in the keys of diffusers and of sd-scripts, and a model card.

    Args:
        name: of the run.
        params: section `release`.
        models: folder of the run's checkpoints.
        score: its metrics, which name the best step.
        out: folder to write.

    Raises:
        MissingError: the run is not trained or not scored, or the chosen step is gone.
    """
    scored, trained = _read(score, f"score@{name}"), _read(models / RUN_FILE, f"train@{name}")
    chosen = models / checkpoint_name(scored["best_step"]) / ADAPTER
    if not chosen.is_file():
        raise MissingError(str(chosen), "the chosen step is not there", f"Run `dvc repro`: stage score@{name} makes it")
    with whole_folder(out) as folder:
        shutil.copyfile(chosen, folder / f"{name}.safetensors")
        (folder / "README.md").write_text(card(trained, scored, params.license), encoding="utf-8")


def _read(file: Path, made_by: str) -> dict[str, Any]:
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", f"Run `dvc repro`: stage {made_by} makes it")
    return json.loads(file.read_text())
