"""`dramatis prune` on a project that DVC really runs, and what another clone sees of it."""

import json

import pytest
import yaml
from dvc.repo import Repo

from dramatis.cli.prune import prune
from dramatis.core.errors import InputError
from dramatis.running.alone import alone


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


GONE = {"schema": "2.0", "stages": {"gone": {"cmd": "x", "outs": [{"path": "data/gone", "md5": "0" * 32}]}}}


def test_it_keeps_out_while_others_are_between_two_stages(project, monkeypatch, capsys):
    """`dramatis repro` has its own lock, and `dvc repro` DVC's, which it lets go of only while a stage runs."""
    monkeypatch.chdir(project.top)
    (project.top / "dvc.lock").write_text(yaml.safe_dump(GONE))
    with alone(), pytest.raises(InputError, match="another `dramatis repro` runs here"):
        prune(dry_run=True, yes=False, as_json=False)
    with Repo() as repo, repo.lock, pytest.raises(InputError, match="DVC is at work here"):
        prune(dry_run=False, yes=True, as_json=False)
    assert yaml.safe_load((project.top / "dvc.lock").read_text()) == GONE
    prune(dry_run=False, yes=True, as_json=False)
    assert not (project.top / "dvc.lock").exists()
