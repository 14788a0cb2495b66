"""The real clients against real servers: what is pushed comes back, all or one thing of it, and nothing reruns."""

import pytest
from remote_servers import KINDS

ALL = [pytest.param(kind, marks=() if kind == "local" else pytest.mark.slow) for kind in KINDS]


@pytest.mark.parametrize("kind", ALL)
def test_a_fresh_clone_pulls_one_dataset_one_run_then_everything_and_reruns_nothing(project, shared, kind):
    shared(kind)
    assert "in sync" in project.does("dvc", "status", "-c")
    clone = project.clone("clone")
    clone.does("dvc", "pull", "data/dataset")
    assert clone.contents() == project.contents("data/dataset")
    clone.does("dvc", "pull", "train@solo", "release@solo")
    assert clone.contents() == project.contents("data/dataset", "models/solo", "models/release/solo")
    clone.does("dvc", "fetch", "raw/e01.mkv")  # into the cache only
    assert not (clone.top / "raw/e01.mkv").exists()
    clone.does("dvc", "pull")
    assert clone.contents() == project.contents()
    said = clone.does("dvc", "repro")
    assert "running" not in said
    assert "up to date" in said
    assert clone.does("git", "status", "--short") == ""


@pytest.mark.slow
def test_one_run_is_pushed_alone_and_the_rest_is_known_to_be_missing(project, shared):
    shared("local", push=False)
    project.does("dvc", "push", "train@solo")
    said = project.does("dvc", "status", "-c")
    assert "models/twins" in said
    assert "models/solo" not in said
    clone = project.clone("clone")
    clone.does("dvc", "pull", "models/solo")
    assert clone.contents() == project.contents("models/solo")
    project.does("dvc", "push")
    clone.does("dvc", "pull")
    assert clone.contents() == project.contents()
