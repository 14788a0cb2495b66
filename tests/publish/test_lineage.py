"""What DVC's lock files say of where something comes from."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
import yaml
from publishable import write_project

from dramatis.core.errors import InputError
from dramatis.publish.dataset import dataset_contents
from dramatis.publish.lineage import lineage_lines, lineage_of
from dramatis.publish.model import model_contents
from dramatis.publish.params import PublishParams

RELEASE = Path("models/release/solo")


def md5_of(folder):
    entries = [
        {"md5": hashlib.md5(file.read_bytes()).hexdigest(), "relpath": file.relative_to(folder).as_posix()}
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    ]
    return hashlib.md5(json.dumps(entries, sort_keys=True).encode()).hexdigest() + ".dir"


def entry(deps, outs):
    return {
        key: [{"path": path, "md5": md5} for path, md5 in said.items()]
        for key, said in (("deps", deps), ("outs", outs))
    }


@pytest.fixture
def project(tmp_path):
    """A project whose lock files tell of a release, in two pipelines, the second with a folder to work in."""
    folder = write_project(tmp_path / "project")
    top = {
        "train@solo": entry(
            {"data/programs/train.json": "p1", "data/dataset/characters": "d1", "models/base": "b1"},
            {"models/solo": "m1"},
        ),
        "score@solo": entry({"models/solo": "m1"}, {"data/scores/solo": "s1"}),
        "release@solo": entry(
            {"models/solo": "m1", "data/scores/solo": "s1"}, {RELEASE.as_posix(): md5_of(folder / RELEASE)}
        ),
    }
    vote = folder / "data/votes/solo.json"
    vote.parent.mkdir(parents=True)
    vote.write_text("null")
    top["vote"] = entry({"votes.yaml": "y1"}, {"data/votes": "w1"})
    top["release@solo"]["deps"].append({"path": "data/votes/solo.json", "md5": hashlib.md5(b"null").hexdigest()})
    below = {
        "frames@e01": entry({"/mnt/films/e01.mkv": "v1"}, {"data/frames/e01": "f1"}),
        "dataset": entry({"data/frames": "f2"}, {"data/dataset": md5_of(folder / "data/dataset")}),
    }
    described = {"frames": {"foreach": [], "do": {"wdir": "../.."}}, "dataset": {"wdir": "../.."}}
    write(folder / "dvc.lock", top)
    write(folder / "dvc.yaml", {name: {} for name in ("train", "score", "release")})
    write(folder / "pipelines/pictures/dvc.lock", below)
    write(folder / "pipelines/pictures/dvc.yaml", described)
    return folder


def write(file, stages):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump({"stages": stages}))


def change(project, stage, key, path, md5):
    file = project / "dvc.lock"
    stages = yaml.safe_load(file.read_text())["stages"]
    for one in stages[stage][key]:
        if one["path"] == path:
            one["md5"] = md5
    write(file, stages)


def test_back_to_the_videos(project):
    found = lineage_of([RELEASE], project)
    assert found.origins == {
        "/mnt/films/e01.mkv": "v1",
        "data/dataset/characters": "d1",
        "models/base": "b1",
        "models/solo": "m1",
        "votes.yaml": "y1",
    }
    assert found.outs == {RELEASE.as_posix(): md5_of(project / RELEASE)}
    assert (found.commit, found.older, found.direct) == (None, set(), [])
    text = "\n".join(lineage_lines(found))
    assert "| `e01.mkv` | `v1` |  |" in text and "/mnt" not in text and "not committed" in text


def test_the_commit_that_holds_the_locks(project):
    def git(*words):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        return subprocess.run(["git", *who, *words], cwd=project, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "x")
    assert lineage_of([RELEASE], project).commit == git("rev-parse", "HEAD").strip()
    change(project, "release@solo", "deps", "data/scores/solo", "s1 ")
    assert lineage_of([RELEASE], project).commit is None


def test_what_was_made_anew_since_is_told_and_not_followed(project):
    change(project, "train@solo", "outs", "models/solo", "m2")
    found = lineage_of([RELEASE], project)
    assert found.origins == {"models/solo": "m1", "votes.yaml": "y1"}
    assert found.direct == ["models/solo"]
    assert "| `models/solo` | `m1` | made anew since |" in lineage_lines(found)
    contents = model_contents("solo", ["solo"], "cc0-1.0", PublishParams(), project)
    assert contents.findings == ("models/solo was made anew since",)
    assert "- models/solo was made anew since." in contents.card


def test_a_vote_that_is_not_released_yet_stands_against_it(project):
    """The lock of the release has one file, that of stage `vote` its whole folder."""
    assert lineage_of([RELEASE], project).direct == []
    (project / "data/votes/solo.json").write_text('{"step": 2, "checkpoint": "0123456789abcdef"}')
    contents = model_contents("solo", ["solo"], "cc0-1.0", PublishParams(), project)
    assert contents.findings == ("data/votes/solo.json was made anew since",)


def test_a_story_follows_the_runs_among_which_its_players_were_chosen(project):
    """The players are written anew only by `dvc repro`: until then they are those of the older release."""
    players, panels = project / "data/players/lost.json", project / "data/panels/lost/panels.parquet"
    for file in (players, panels):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    stories = {
        "players@lost": entry(
            {"models/release": md5_of(project / "models/release")}, {"data/players/lost.json": "9dd4"}
        ),
        "panels@lost": entry({"data/players/lost.json": "9dd4"}, {"data/panels/lost": md5_of(panels.parent)}),
    }
    write(project / "pipelines/stories/dvc.lock", stories)
    write(project / "pipelines/stories/dvc.yaml", {name: {"do": {"wdir": "../.."}} for name in ("players", "panels")})
    assert lineage_of([Path("data/panels/lost")], project).direct == []
    (project / RELEASE / "solo.safetensors").write_bytes(b"another")
    assert lineage_of([Path("data/panels/lost")], project).direct == ["models/release"]
    stories["players@lost"] = entry({}, {"data/players/lost.json": "9dd5"})
    write(project / "pipelines/stories/dvc.lock", stories)
    assert lineage_of([Path("data/panels/lost")], project).direct == ["data/players/lost.json"]


def test_what_several_stages_read_is_told_once(project):
    files = {name: project / f"data/{name}/lost/table" for name in ("panels", "stories")}
    for file in files.values():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    board = {"data/storyboards/lost.json": "b1"}
    stories = {name: entry(board, {f"data/{name}/lost": md5_of(file.parent)}) for name, file in files.items()}
    stories["story@lost"] = entry({}, {"data/storyboards/lost.json": "b2"})
    write(project / "pipelines/stories/dvc.lock", stories)
    write(project / "pipelines/stories/dvc.yaml", {name: {"wdir": "../.."} for name in (*files, "story")})
    assert lineage_of([file.parent.relative_to(project) for file in files.values()], project).direct == [*board]


def test_a_release_that_was_changed_is_refused(project):
    (project / RELEASE / "solo.safetensors").write_bytes(b"another")
    with pytest.raises(InputError, match="models/release/solo: it is not what the last `dvc repro` made"):
        model_contents("solo", ["solo"], "cc0-1.0", PublishParams(), project)


def test_cards_of_datasets_and_models_end_with_it(project):
    for contents in (
        dataset_contents("cc0-1.0", project),
        model_contents("solo", ["solo"], "cc0-1.0", PublishParams(), project),
    ):
        assert contents.card.count("## Lineage") == 1
        assert f"| `{contents.outs[0]}` | `{md5_of(project / contents.outs[0])}` |" in contents.card


def test_without_lock_files_nothing_is_claimed(project):
    (project / "dvc.lock").unlink()
    assert lineage_of([RELEASE], project) is None
    assert "Lineage" not in model_contents("solo", ["solo"], "cc0-1.0", PublishParams(), project).card
