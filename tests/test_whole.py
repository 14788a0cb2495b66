"""The whole pipeline by DVC itself, in copies with empty caches: its bars, its bytes, and a video that breaks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TOP

from dramatis.bench.seeds import copy_project, read_figures
from dramatis.cli.preset import overlaid
from dramatis.core.params import PARAMS, read_yaml

LOCKS = ("dvc.lock", "pipelines/videos/dvc.lock", "pipelines/pictures/dvc.lock", "pipelines/dataset/dvc.lock")
NOTHING_TO_DO = "Data and pipelines are up to date."
UNSEEN_SEED = 404

pytestmark = pytest.mark.slow


def copy(top: Path, seed: int) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(TOP)
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        copy_project(top, seed)
    for lock in LOCKS:
        (top / lock).unlink()
    return top


def repro(top: Path, *targets: str) -> subprocess.CompletedProcess:
    """`dvc repro` in a copy; its code, not the installed one, runs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PYTHONPATH": str(top / "src"), "PATH": path, "DVC_NO_ANALYTICS": "1"}
    return subprocess.run(["dvc", "repro", *targets], cwd=top, env=environment, capture_output=True, text=True)


def succeed(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of this project in which everything ran once, from nothing."""
    top = copy(tmp_path_factory.mktemp("whole") / "project", read_yaml(TOP / PARAMS)["film"]["seed"])
    succeed(repro(top))
    return top


def test_the_sample_film_reaches_the_bars(project):
    found = read_figures(project / "metrics")
    assert found["frames.shots_covered"] == 1 and found["frames.duplicates_kept"] <= 0.02
    assert found["detect.face_recall"] >= 0.95 and found["detect.face_precision"] >= 0.97
    assert found["detect.idf1"] >= 0.95 and found["detect.track_pairs"] >= 0.95
    assert found["cluster.ari"] >= 0.97 and found["cluster.strangers_merged"] == 0
    assert found["cast.naming_precision"] >= 0.99 and found["cast.naming_recall"] >= 0.95
    assert found["outfit.changers_ari"] >= 0.9 and found["outfit.false"] == 0
    for run, bar in {"solo": 0.6, "twins": 0.4}.items():
        assert found[f"score/{run}.recscore"] >= bar and found[f"score/{run}.base_recscore"] <= 0.2


def test_a_second_repro_does_nothing(project):
    assert NOTHING_TO_DO in succeed(repro(project))


def test_a_rerun_from_an_empty_cache_gives_the_same_bytes(project, tmp_path):
    again = copy(tmp_path / "again", read_yaml(TOP / PARAMS)["film"]["seed"])
    succeed(repro(again))
    for lock in LOCKS:
        assert (again / lock).read_bytes() == (project / lock).read_bytes()


def test_a_truncated_episode_stops_with_one_line_and_the_next_repro_goes_on(project):
    """A third episode whose file ends early fails alone; with the whole file the pipeline goes on up to the names."""
    params = (project / PARAMS).read_text()
    whole = (project / "data/film/sample/e01.mp4").read_bytes()
    source = project / "raw/- épisode 3.mp4"
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(whole[: len(whole) // 2])
    three = overlaid(params, {"videos": {"e03": {"source": "raw/- épisode 3.mp4"}}}, "a third episode")
    locks = {lock: (project / lock).read_bytes() for lock in LOCKS}
    names = "pipelines/dataset/dvc.yaml:cast"
    try:
        (project / PARAMS).write_text(three)
        broken = repro(project, names)
        told = [line for line in broken.stderr.splitlines() if line.startswith("error: ")]
        assert broken.returncode != 0 and "Traceback" not in broken.stderr
        assert len(told) == 1 and "raw/- épisode 3.mp4" in told[0]
        assert not (project / "data/frames/e03").exists()
        assert (project / "pipelines/dataset/dvc.lock").read_bytes() == locks["pipelines/dataset/dvc.lock"]
        source.write_bytes(whole)
        done = succeed(repro(project, names))
        assert "Running stage 'pipelines/videos/dvc.yaml:frames@e03'" in done
        assert "Running stage 'pipelines/videos/dvc.yaml:frames@e01'" not in done
        assert (project / "data/cast/e03.parquet").exists()
    finally:
        (project / PARAMS).write_text(params)
        shutil.rmtree(source.parent)
        for lock, content in locks.items():
            (project / lock).write_bytes(content)
        succeed(repro(project))


def test_a_film_that_nothing_was_tuned_on_reaches_nearly_the_same(tmp_path):
    other = copy(tmp_path / "other", UNSEEN_SEED)
    succeed(repro(other, "measure@sample"))
    found = read_figures(other / "metrics")
    assert found["frames.shots_covered"] == 1 and found["frames.duplicates_kept"] <= 0.07
    assert found["detect.face_recall"] >= 0.9 and found["detect.face_precision"] >= 0.92
    assert found["detect.idf1"] >= 0.93 and found["detect.track_pairs"] >= 0.95
    assert found["cluster.ari"] >= 0.9
    assert found["cast.naming_precision"] >= 0.94 and found["cast.naming_recall"] >= 0.85
