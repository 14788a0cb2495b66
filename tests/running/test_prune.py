"""`dramatis prune` on a project that DVC really runs, and what another clone sees of it."""

import json

import pytest


@pytest.mark.slow
def test_a_removed_item_leaves_nothing_behind(project, tmp_path):
    """Not on the disk, not in the lock, not in what all items make together; and a fresh clone agrees."""
    project.ok("dvc", "remote", "add", "-q", "-d", "there", str(tmp_path / "remote"))
    assert project.dramatis("repro", "-j", "3").returncode == 0
    (project.top / "data/one/stray").write_text("mine")
    project.edit("params.yaml", "  c: {text: x, wait: 0}\n", "")
    warned = project.dramatis("repro")
    assert "2 stages of the locks are gone, such as one@c: `dramatis prune` first" in warned.stderr
    asked = project.dramatis("prune")
    assert asked.returncode == 1 and asked.stderr.startswith("error: --yes: there is nobody to ask")
    looked = project.dramatis("prune", "--dry-run", "--json")
    paths = ["data/one/c", "data/two/c", "work/logs/one@c.log", "work/logs/two@c.log"]
    document = json.loads(looked.stdout)
    assert [item["path"] for item in document["paths"]] == paths and document["removed"] is False
    assert (project.top / "data/one/c").exists()
    done = project.dramatis("prune", "--yes")
    assert done.returncode == 0 and "dvc.lock: 2 entries" in done.stdout and "--all-experiments" in done.stdout
    assert not [path for path in paths if (project.top / path).exists()]
    assert (project.top / "data/one/stray").exists()  # no stage reads data/one whole
    assert "Nothing" in project.dramatis("prune", "--yes").stdout
    assert "1 done" in project.dramatis("repro", "-j", "2").stdout  # join, whose folder changed
    project.ok("dvc", "push", "-q")
    project.ok("git", "add", "-A")
    project.ok("git", "commit", "-qm", "without c")
    clone = type(project)(tmp_path / "clone")
    project.ok("git", "clone", "-q", str(project.top), str(clone.top))
    clone.ok("dvc", "pull", "-q")
    (clone.top / "work").mkdir()
    assert clone.dramatis("repro").stdout == "5 up to date\n" and not (clone.top / "work/order.txt").exists()
    assert "Everything is up to date" in clone.ok("dvc", "status") or "up to date" in clone.ok("dvc", "status")


@pytest.mark.slow
def test_the_last_stage_of_a_file_takes_its_lock_along(project):
    assert project.dramatis("repro", "one@a").returncode == 0
    (project.top / "dvc.yaml").write_text("stages: {}\n")
    done = project.dramatis("prune", "--yes")
    assert done.returncode == 0, done.stderr
    assert not (project.top / "dvc.lock").exists() and not (project.top / "data/one").exists()
