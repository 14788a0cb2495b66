"""Experiments by DVC's own commands on the whole pipeline, its runs made small: run, queue, compare, keep, share."""

import csv
import io
import json
import re
import shutil
import time

import pytest
import yaml
from running_project import Project

from dramatis.cli.preset import overlaid
from dramatis.core.params import PARAMS

pytestmark = pytest.mark.slow
PROMPTS = ["{trigger}, 1person, head, front view, room"]
SMALL = {
    "runs": {"twins": None},
    "train": {"steps": 4, "save_every": None, "batch_size": 2},
    "preview": {
        "tags": {"images": 1, "clusters": 1},
        "fixed": {"images": 1, "prompts": PROMPTS},
        "pair": {"images": 0},
        "forget": {"images": 0},
        "drawing": {"steps": 2},
    },
    "score": {"resamples": 20},
}
CHANGED = {"rank-8": {"train.adapter.rank": 8}}


@pytest.fixture(scope="module")
def project(whole_project, tmp_path_factory):
    """The whole project under git, its data from its cache, with one small run that is up to date and committed."""
    top = tmp_path_factory.mktemp("experiments") / "project"
    shutil.copytree(whole_project, top, ignore=shutil.ignore_patterns("data", ".dvc", ".git", "work", "__pycache__"))
    made = Project(top)
    made.source = "src"  # as an installed package: each copy of a queue runs its own code
    for command in (
        ["git", "init", "-q", "-b", "main"],
        ["git", "config", "user.email", "a@example.org"],
        ["git", "config", "user.name", "a"],
        ["dvc", "init", "-q"],
        ["dvc", "config", "cache.dir", str(whole_project / ".dvc/cache")],
        ["dvc", "checkout", "-q"],
    ):
        made.ok(*command)
    (top / PARAMS).write_text(overlaid((top / PARAMS).read_text(), SMALL, "small runs"))
    done = made.dramatis("repro", "-j", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert made.dramatis("prune", "--yes").returncode == 0
    made.ok("git", "add", "-A")
    made.ok("git", "commit", "-qm", "small runs")
    assert "train@" not in made.dramatis("repro").stdout
    return made


def comments(text):
    return re.findall(r"#.*", text)


def shown(project):
    """Rows of `dvc exp show` by name of the experiment."""
    rows = csv.DictReader(io.StringIO(project.ok("dvc", "exp", "show", "--csv")))
    return {row["Experiment"]: row for row in rows if row["Experiment"]}


@pytest.fixture(scope="module")
def experiments(project):
    """One run at once, then four from a queue, two at a time; the project is as it was before."""
    before = (project.top / PARAMS).read_text()
    project.ok("dvc", "exp", "run", "-n", "rank-8", "-S", "train.adapter.rank=8")
    after = (project.top / PARAMS).read_text()
    project.ok("git", "restore", ".")
    project.ok("dvc", "checkout", "-q")
    assert (project.top / PARAMS).read_text() == before
    sweep = ["-S", "+runs.solo.train.adapter.rank=4,12", "-S", "train.steps=5,6"]
    assert project.ok("dvc", "exp", "run", "--queue", *sweep).count("Queued experiment") == 4
    project.ok("dvc", "queue", "start", "-j", "2")
    until = time.monotonic() + 1800
    while re.search("Queued|Running", said := project.ok("dvc", "queue", "status")):
        assert time.monotonic() < until, said
        time.sleep(2)
    assert said.count("Success") == 4, said
    return before, after


def test_every_value_and_comment_stays_but_the_one_that_was_set(experiments):
    before, after = experiments
    old, new = yaml.safe_load(before), yaml.safe_load(after)
    old["train"]["adapter"]["rank"] = 8
    assert new == old
    assert comments(after) == comments(before)


def test_all_are_shown_side_by_side(project, experiments):
    rows = shown(project)
    assert len(rows) == 5 and rows["rank-8"]["train.adapter.rank"] == "8"
    swept = {(row["runs.solo.train.adapter.rank"], row["train.steps"]) for row in rows.values()}
    assert {("4", "5"), ("4", "6"), ("12", "5"), ("12", "6")} < swept
    assert all(float(row["metrics/score/solo.json:recscore"] or row["recscore"]) >= 0 for row in rows.values())
    document = json.loads(project.ok("dvc", "exp", "show", "--json"))
    assert document[0]["rev"] == "workspace" and len(document[1]["experiments"]) == 5


def test_two_are_compared(project, experiments):
    params = json.loads(project.ok("dvc", "params", "diff", "main", "rank-8", "--json"))
    assert params == {"params.yaml": {"train.adapter.rank": {"old": 16, "new": 8, "diff": -8}}}
    metrics = json.loads(project.ok("dvc", "metrics", "diff", "main", "rank-8", "--json", "--all"))
    assert "recscore" in metrics["metrics/score/solo.json"]


def test_preview_grids_stand_side_by_side(project, experiments):
    """The page shows the pictures of both."""
    project.ok("dvc", "plots", "diff", "main", "rank-8", "-o", "work/plots")
    page = (project.top / "work/plots/index.html").read_text()
    pictures = re.findall(r'src="([^"]*preview_solo_[^"]*grid[^"]*\.png)"', page)
    assert len(pictures) >= 2, re.findall(r'src="([^"]*)"', page)
    files = [project.top / "work/plots" / picture for picture in pictures]
    assert all(file.is_file() for file in files) and len({file.read_bytes() for file in files}) >= 2


def test_one_is_kept_and_another_project_gets_it(project, experiments, tmp_path):
    project.ok("git", "init", "-q", "--bare", str(tmp_path / "git"))
    project.ok("git", "remote", "add", "shared", str(tmp_path / "git"))
    project.ok("dvc", "remote", "add", "-q", "-d", "there", str(tmp_path / "data"))
    project.ok("git", "add", "-A")
    project.ok("git", "commit", "-qm", "a remote")
    project.ok("git", "push", "-q", "shared", "main")
    project.ok("dvc", "exp", "push", "shared", "rank-8")
    project.ok("dvc", "exp", "apply", "rank-8")
    kept = project.dramatis("repro")
    assert kept.returncode == 0 and "started" not in kept.stdout, kept.stdout
    project.ok("git", "restore", ".")
    clone = Project(tmp_path / "clone")
    clone.source = "src"
    project.ok("git", "clone", "-q", "-b", "main", str(tmp_path / "git"), str(clone.top))
    clone.ok("dvc", "exp", "pull", "origin", "rank-8")
    assert "rank-8" in clone.ok("dvc", "exp", "list", "--all")
    assert (clone.top / ".dvc/cache").is_dir()
