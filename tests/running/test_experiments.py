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

from dramatis.core.params import PARAMS
from dramatis.project.presets import overlaid

pytestmark = pytest.mark.slow
PROMPTS = ["{trigger}, 1person, head, front view, room"]
SMALL = {
    "runs": {"twins": None},
    "stories": {"lost": None},
    "train": {"steps": 4, "save_every": None, "batch_size": 4},
    "preview": {
        "tags": {"images": 1, "clusters": 1},
        "fixed": {"images": 1, "prompts": PROMPTS},
        "pair": {"images": 0},
        "forget": {"images": 0},
        "drawing": {"steps": 2},
    },
    "score": {"resamples": 100},
}
TRIED = {"rank": 8, "steps": 3}
"""What experiment `rank-8` has otherwise."""


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
        ["dvc", "config", "--local", "cache.dir", str(whole_project / ".dvc/cache")],
        ["dvc", "remote", "add", "-q", "-d", "there", str(top.with_name("remote"))],
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
    """One run at once, which trains; then four from a queue, two at a time. The project is as it was before."""
    before = (project.top / PARAMS).read_text()
    values = ["-S", f"train.adapter.rank={TRIED['rank']}", "-S", f"train.steps={TRIED['steps']}"]
    project.ok("dvc", "exp", "run", "-n", "rank-8", *values)
    after = (project.top / PARAMS).read_text()
    project.ok("git", "restore", ".")
    project.ok("dvc", "checkout", "-q")
    assert (project.top / PARAMS).read_text() == before
    sweep = ["-S", "measure.min_face_px=12,20", "-S", "measure.max_occlusion=0.4,0.6"]
    assert project.ok("dvc", "exp", "run", "--queue", *sweep).count("Queued experiment") == 4
    project.ok("dvc", "queue", "start", "-j", "2")
    until = time.monotonic() + 1800
    while (said := project.ok("dvc", "queue", "status")).count("Success") < 4:
        assert time.monotonic() < until and "Failed" not in said, said
        time.sleep(2)
    return before, after


def test_every_value_and_comment_stays_but_those_that_were_set(experiments):
    before, after = experiments
    old, new = yaml.safe_load(before), yaml.safe_load(after)
    old["train"]["adapter"]["rank"], old["train"]["steps"] = TRIED["rank"], TRIED["steps"]
    assert new == old
    assert comments(after) == comments(before)


def test_all_are_shown_side_by_side(project, experiments):
    rows = shown(project)
    tried = {name: row for name, row in rows.items() if name != "main"}
    assert len(tried) == 5 and tried["rank-8"]["train.adapter.rank"] == str(TRIED["rank"])
    swept = {(row["measure.min_face_px"], row["measure.max_occlusion"]) for row in tried.values()}
    assert {("12", "0.4"), ("12", "0.6"), ("20", "0.4"), ("20", "0.6")} < swept
    assert all(0 <= float(row["recscore"]) <= 1 for row in tried.values())
    document = json.loads(project.ok("dvc", "exp", "show", "--json"))
    assert document[0]["rev"] == "workspace" and len(document[1]["experiments"]) == 5


def test_a_sweep_over_the_values_of_one_run(project, experiments):
    """A key that the run does not have yet is added, and the sweep is of the run alone."""
    before = (project.top / PARAMS).read_text()
    said = project.ok("dvc", "exp", "run", "--queue", "-S", "+runs.solo.train.adapter.rank=4,12")
    assert said.count("Queued experiment") == 2 and (project.top / PARAMS).read_text() == before
    stash = project.ok("git", "log", "-g", "--format=%H", "refs/exps/celery/stash").split()[:2]
    ranks = {
        yaml.safe_load(project.ok("git", "show", f"{commit}:params.yaml"))["runs"]["solo"]["train"]["adapter"]["rank"]
        for commit in stash
    }
    project.ok("dvc", "queue", "remove", "--queued")
    assert ranks == {4, 12}


def test_two_are_compared(project, experiments):
    params = json.loads(project.ok("dvc", "params", "diff", "main", "rank-8", "--json"))["params.yaml"]
    assert {key: value["new"] for key, value in params.items()} == {
        "train.adapter.rank": TRIED["rank"],
        "train.steps": TRIED["steps"],
    }
    metrics = json.loads(project.ok("dvc", "metrics", "diff", "main", "rank-8", "--json", "--all"))
    assert metrics["metrics/score/solo.json"]["best_step"]["new"] == TRIED["steps"]


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
    clone.ok("dvc", "exp", "apply", "rank-8")
    (clone.top / "work").mkdir(exist_ok=True)
    assert "started" not in clone.dramatis("repro").stdout
