"""The whole pipeline by DVC itself, in copies with empty caches: its bars, its bytes, and a video that breaks."""

import shutil

import pytest
from conftest import TOP
from whole import LOCKS, copy, repro, succeed

from dramatis.bench.seeds import read_figures
from dramatis.core.params import PARAMS, read_yaml
from dramatis.project.presets import overlaid

NOTHING_TO_DO = "Data and pipelines are up to date."
UNSEEN_SEED = 404

pytestmark = pytest.mark.slow


def test_the_sample_film_reaches_the_bars(whole_project):
    found = read_figures(whole_project / "metrics")
    assert found["frames.shots_covered"] == 1 and found["frames.duplicates_kept"] <= 0.02
    assert found["detect.face_recall"] >= 0.95 and found["detect.face_precision"] >= 0.97
    assert found["detect.idf1"] >= 0.95 and found["detect.track_pairs"] >= 0.95
    assert found["cluster.ari"] >= 0.97 and found["cluster.strangers_merged"] == 0
    assert found["cast.naming_precision"] >= 0.99 and found["cast.naming_recall"] >= 0.95
    assert found["outfit.changers_ari"] >= 0.9 and found["outfit.false"] == 0
    for run, bar in {"solo": 0.75, "twins": 0.6}.items():
        score = {key: found[f"score/{run}.{key}"] for key in ("recscore", "base_recscore", "identified", "control")}
        assert score["recscore"] >= bar and score["base_recscore"] <= 0.2 and score["identified"] >= 0.85
        assert score["control"] >= found[f"score/{run}.base_control"] - 0.1
        assert found[f"score/{run}.oracle_spearman"] >= 0.8


def test_a_second_repro_does_nothing(whole_project):
    assert NOTHING_TO_DO in succeed(repro(whole_project))


def test_a_rerun_from_an_empty_cache_gives_the_same_bytes(whole_project, tmp_path):
    again = copy(tmp_path / "again", read_yaml(TOP / PARAMS)["film"]["seed"])
    succeed(repro(again))
    for lock in LOCKS:
        assert (again / lock).read_bytes() == (whole_project / lock).read_bytes()


def test_a_truncated_episode_stops_with_one_line_and_the_next_repro_goes_on(whole_project):
    """A third episode whose file ends early fails alone; with the whole file the pipeline goes on up to the names."""
    params = (whole_project / PARAMS).read_text()
    whole = (whole_project / "data/film/sample/e01.mp4").read_bytes()
    source = whole_project / "raw/- épisode 3.mp4"
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(whole[: len(whole) // 2])
    three = overlaid(params, {"videos": {"e03": {"source": "raw/- épisode 3.mp4"}}}, "a third episode")
    locks = {lock: (whole_project / lock).read_bytes() for lock in LOCKS}
    names = "pipelines/dataset/dvc.yaml:cast"
    try:
        (whole_project / PARAMS).write_text(three)
        broken = repro(whole_project, names)
        told = [line for line in broken.stderr.splitlines() if line.startswith("error: ")]
        assert broken.returncode != 0 and "Traceback" not in broken.stderr
        assert len(told) == 1 and "raw/- épisode 3.mp4" in told[0]
        assert not (whole_project / "data/frames/e03").exists()
        assert (whole_project / "pipelines/dataset/dvc.lock").read_bytes() == locks["pipelines/dataset/dvc.lock"]
        source.write_bytes(whole)
        done = succeed(repro(whole_project, names))
        assert "Running stage 'pipelines/videos/dvc.yaml:frames@e03'" in done
        assert "Running stage 'pipelines/videos/dvc.yaml:frames@e01'" not in done
        assert (whole_project / "data/cast/e03.parquet").exists()
    finally:
        (whole_project / PARAMS).write_text(params)
        shutil.rmtree(source.parent)
        for lock, content in locks.items():
            (whole_project / lock).write_bytes(content)
        succeed(repro(whole_project))


def test_a_film_that_nothing_was_tuned_on_reaches_nearly_the_same(tmp_path):
    other = copy(tmp_path / "other", UNSEEN_SEED)
    succeed(repro(other, "measure@sample"))
    found = read_figures(other / "metrics")
    assert found["frames.shots_covered"] == 1 and found["frames.duplicates_kept"] <= 0.07
    assert found["detect.face_recall"] >= 0.9 and found["detect.face_precision"] >= 0.92
    assert found["detect.idf1"] >= 0.93 and found["detect.track_pairs"] >= 0.95
    assert found["cluster.ari"] >= 0.9
    assert found["cast.naming_precision"] >= 0.94 and found["cast.naming_recall"] >= 0.85
