"""The pipeline from the film to the names, twice from nothing, on a film that nothing was tuned on."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dramatis.bench.seeds import copy_project

TOP = Path(__file__).parents[1]
SEED = 404


def repro(top, monkeypatch):
    monkeypatch.chdir(TOP)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    copy_project(top, SEED)
    environment = os.environ | {"PYTHONPATH": str(top / "src"), "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(["dvc", "repro", "measure@sample"], cwd=top, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return {stage: json.loads((top / f"metrics/{stage}.json").read_text())
            for stage in ("frames", "detect", "cluster", "cast")}


@pytest.mark.slow
def test_another_film_reaches_the_bars_and_a_rerun_gives_the_same_bytes(tmp_path, monkeypatch):
    metrics = repro(tmp_path / "first", monkeypatch)
    assert metrics["frames"]["shots_covered"] == 1 and metrics["frames"]["duplicates_kept"] <= 0.02
    assert metrics["detect"]["face_recall"] >= 0.9 and metrics["detect"]["face_precision"] >= 0.92
    assert metrics["cluster"]["ari"] >= 0.9
    assert metrics["cast"]["naming_precision"] >= 0.94 and metrics["cast"]["naming_recall"] >= 0.85
    repro(tmp_path / "second", monkeypatch)
    for lock in ("dvc.lock", "pipelines/videos/dvc.lock", "pipelines/dataset/dvc.lock"):
        assert (tmp_path / "first" / lock).read_bytes() == (tmp_path / "second" / lock).read_bytes()
