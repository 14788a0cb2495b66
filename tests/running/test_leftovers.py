"""What no stage makes any more."""

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dramatis.running.leftovers import STATE, Declared, Entry, find, gone_entries, size_of
from dramatis.running.prune import without
from dramatis.train import state

LOCK, FILE = Path("pipelines/videos/dvc.lock"), Path("pipelines/videos/dvc.yaml")


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """Writes files, `name: content`, below a fresh folder that is the current one."""
    monkeypatch.chdir(tmp_path)

    def write(*names):
        for name in names:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text("12345")

    return write


def found(outs=(), deps=(), entries=(), runs=(), tracked=(), alive=lambda process: False):
    declared = Declared({}, set(map(Path, outs)), set(map(Path, deps)))
    return find(declared, entries, set(runs), set(map(Path, tracked)), alive)


def whys(left):
    return {str(item.path): item.why for item in left.paths}


def entry(stage, *outs):
    return Entry(LOCK, stage, tuple(map(Path, outs)))


def test_outputs_of_stages_that_are_gone(disk):
    disk("data/frames/e01/a", "data/frames/e03/a", "data/frames/e03/b/c", "metrics/control/e03.json")
    gone = entry("frames@e03", "data/frames/e03", "metrics/control/e03.json", "data/frames/never-made")
    left = found(outs=["data/frames/e01"], entries=[gone])
    assert whys(left) == {"data/frames/e03": "frames@e03 is gone", "metrics/control/e03.json": "frames@e03 is gone"}
    assert [item.bytes for item in left.paths] == [10, 5] and left.entries == [gone]


def test_what_is_declared_stays(disk):
    """Also when another stage writes it now, or something in it, or all around it."""
    disk("data/a/x", "data/b/c/x", "data/d/e/x")
    gone = entry("old", "data/a", "data/b", "data/d/e")
    assert not found(outs=["data/a", "data/b/c", "data/d"], entries=[gone]).paths


def test_what_git_tracks_stays_and_is_told(disk):
    disk("metrics/score/solo.json", "models/solo/weights", "models/solo/README.md")
    gone = entry("score@solo", "metrics/score/solo.json", "models/solo")
    left = found(entries=[gone], tracked=["metrics/score/solo.json", "models/solo/README.md", "metrics/other.json"])
    assert not left.paths
    assert list(map(str, left.tracked)) == ["metrics/score/solo.json", "models/solo/README.md"]


@pytest.mark.parametrize("out", ["raw/mine.mkv", "data", "models", "src/x", "params.yaml"])
def test_nothing_outside_of_what_stages_write(disk, out):
    disk(f"{out}/x" if out in ("data", "models") else out)
    assert not found(entries=[entry("old", out)]).paths


def test_strays_in_folders_that_stages_read_whole(disk):
    disk(
        "data/frames/e01/a",
        "data/frames/old/a",
        "data/frames/.gitignore",
        "models/solo/a",
        "models/mixed/a",
        "data/mine",
    )
    left = found(outs=["data/frames/e01", "models/solo"], deps=["data/frames", "models"])
    assert whys(left) == {"data/frames/old": "no stage writes it, and stages read data/frames whole"}
    assert not found(outs=["data/frames/e01"], deps=["data/frames/e01"]).paths  # nobody reads the folder whole


def test_what_killed_processes_left(disk):
    disk("data/frames/e01/a", "data/frames/.e01.77.part/a", "models/.solo.78.part/a", "models/solo/a")
    left = found(outs=["data/frames/e01", "models/solo"], deps=["data/frames"], alive=lambda process: process == 78)
    assert whys(left) == {"data/frames/.e01.77.part": "left by a process that was killed"}


def test_scratch_folders(disk):
    disk(*(f"work/train/{name}/{STATE}" for name in ("solo/a", "solo/b", "gone/a")), "work/preview/gone/x.png")
    disk("work/preview/solo/x.png", "work/logs/old@x.log", "work/logs/train@solo.log", "work/latents/a")
    for at, name in enumerate("ab"):
        os.utime(f"work/train/solo/{name}/{STATE}", (at, at))
    left = found(runs=["solo"], entries=[entry("old@x")])
    assert whys(left) == {
        "work/logs/old@x.log": "old@x is gone",
        "work/preview/gone": "run gone is gone",
        "work/train/gone": "run gone is gone",
        "work/train/solo/a": "run solo was interrupted under other settings",
    }
    assert STATE == state.STATE


def test_entries_of_a_lock(tmp_path):
    content = {
        "stages": {
            "frames@e01": {"outs": [{"path": "data/frames/e01"}]},
            "frames@e03": {
                "outs": [{"path": "data/frames/e03"}, {"path": "../../../etc/passwd"}, {"path": "/etc/passwd"}]
            },
            "old": {"cmd": "x"},
        }
    }
    folders = {"frames": Path("pipelines/videos/../.."), "old": Path()}
    assert gone_entries(LOCK, content, {"frames@e01"}, folders) == [
        entry("frames@e03", "data/frames/e03"),
        entry("old"),
    ]
    assert gone_entries(LOCK, {"schema": "2.0", "stages": {}}, set(), {}) == [] == gone_entries(LOCK, {}, set(), {})


names = st.from_regex(r"[a-z]{1,5}(@[a-z0-9]{1,4})?", fullmatch=True)


@given(st.lists(names, min_size=1, max_size=6, unique=True), st.data())
def test_a_lock_without_some_of_its_stages(stages, data):
    """Every other byte is as it was, and what DVC reads is the rest."""
    entries = {name: {"cmd": f"python {name}", "outs": [{"path": name, "md5": "0" * 32}]} for name in stages}
    text = yaml.safe_dump({"schema": "2.0", "stages": entries}, sort_keys=False)
    gone = data.draw(st.sets(st.sampled_from(stages)))
    rest = {name: value for name, value in entries.items() if name not in gone}
    after = without(text, gone)
    assert after == (yaml.safe_dump({"schema": "2.0", "stages": rest}, sort_keys=False) if rest else "")


def test_a_section_below_the_stages_stays():
    text = "schema: '2.0'\nstages:\n  a:\n    cmd: x\n  b:\n    cmd: y\ndatasets:\n- name: z\n"
    assert without(text, ["b"]) == "schema: '2.0'\nstages:\n  a:\n    cmd: x\ndatasets:\n- name: z\n"


def test_sizes(tmp_path):
    (tmp_path / "a").write_bytes(b"123")
    (tmp_path / "link").symlink_to("/etc")
    assert size_of(tmp_path) == 3 + len("/etc") and size_of(tmp_path / "none") == 0
