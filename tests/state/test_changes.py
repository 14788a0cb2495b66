"""What differs from the locks: the same as DVC says, stage by stage, whatever was edited."""

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from dramatis.cli.status import asked_of_dvc
from dramatis.core.errors import InputError
from dramatis.core.yaml_lines import LOADER
from dramatis.state.changes import Changes
from dramatis.state.hashes import UnsureError
from dramatis.state.memory import Memory
from dramatis.state.plan import load_plan


def quick():
    """What differs by our own reckoning, and all stages that there are."""
    memory = Memory()
    plan = load_plan(memory)
    found = Changes(memory).all(plan)
    memory.save()
    return found, {name for group in plan for name in group.items}


def agree():
    """Our own answer, from memory and from nothing, when it is also that of DVC."""
    found, names = quick()
    assert quick()[0] == found
    shutil.rmtree("work", ignore_errors=True)
    assert quick()[0] == found
    assert found == {name: entries for name, entries in asked_of_dvc().items() if name in names}
    return found


def readers(path):
    """Stages that depend on a file, or on a folder that it is in."""
    return {
        name
        for group in load_plan(Memory())
        for name, item in group.items.items()
        if any(path == dep or path.startswith(f"{dep}/") for dep in item.deps)
    }


def edit(file, old, new, count=1):
    text = Path(file).read_text()
    assert re.search(old, text), old
    Path(file).write_text(re.sub(old, new, text, count=count))


@pytest.fixture
def settled(monkeypatch):
    """All files are old enough to be remembered."""
    monkeypatch.setattr("dramatis.state.memory.SETTLED_NS", 0)


@pytest.mark.slow
def test_nothing_differs_after_what_changes_nothing(project):
    edit("params.yaml", r"\A", "# a comment\n")
    edit("params.yaml", r"max_iou: 0\.6", "max_iou: 6.0e-1")
    edit("cast.yaml", r"\A", "# a comment\n")
    Path("src/dramatis/train/__pycache__").mkdir()
    Path("src/dramatis/train/__pycache__/run.pyc").write_text("bytes")
    Path("src/dramatis/train/left.part").write_text("left over")
    os.utime("stages/frames.py")
    assert agree() == {}


def test_parameters_code_and_decisions(project):
    edit("params.yaml", r"max_iou: 0\.6", "max_iou: 0.7")
    edit("params.yaml", r"method: lora", "method: loha")
    edit("params.yaml", r"  strip: .*\n", "")
    edit("cast.yaml", r"\nmerge:\n", "\nmerge: {a: b}\n")
    edit("cast.yaml", r"\noutfits:", "\nremoved:")
    edit("src/dramatis/caption/schema.py", r"\Z", "\n# a comment\n")
    Path("src/dramatis/score/new.py").write_text("")
    found = agree()
    assert found["detect@e01"] == [{"changed deps": {"params.yaml": {"detect": "modified"}}}]
    code = readers("src/dramatis/caption/schema.py") | readers("src/dramatis/score/new.py")
    assert code and code | {"body@e01", "cast", "outfit", "train@solo"} <= set(found)
    assert not ({"frames@e01", "embed@e01", "cluster"} - code) & set(found)


@pytest.mark.slow
def test_outputs_inputs_and_the_cache(project):
    shutil.rmtree("data/frames/e01")
    Path("data/detections/e01/content").write_text("other")
    Path("data/clusters/more").mkdir()
    Path("data/clusters/more/file").write_text("more")
    shutil.rmtree("data/tags/e02")
    Path("data/tags/e02").mkdir()
    Path("metrics/selection.json").write_text("other")
    Path("models/pocket/ccip/content").unlink()
    objects = {file.read_text(): file for file in Path(".dvc/cache/files/md5").rglob("*") if file.is_file()}
    objects["data/bodies/e01"].unlink()
    objects["data/landmarks/e02"].chmod(0o644)
    objects["data/landmarks/e02"].write_text("corrupt")
    found = agree()
    assert found["body@e01"][-1] == {"changed outs": {"data/bodies/e01": "not in cache"}}
    assert found["landmark@e02"][-1] == {"changed outs": {"data/landmarks/e02": "not in cache"}}
    assert found["selection"][-1] == {"changed outs": {"metrics/selection.json": "modified"}}


@pytest.mark.slow
def test_videos_runs_commands_and_locks(project):
    edit("params.yaml", r"  e02: .*\n", "  e03: {source: new.mkv}\n")
    edit("params.yaml", r"\nruns:\n", "\nruns:\n  trio: {method: lora, characters: [ada], base: models/pocket/sd}\n")
    edit("pipelines/dataset/dvc.yaml", r"cmd: python stages/cluster.py", "cmd: python stages/cluster.py again")
    lock = yaml.load(Path("dvc.lock").read_text(), LOADER)
    del lock["stages"]["release@solo"], lock["stages"]["score@solo"]["deps"][0]
    Path("dvc.lock").write_text(yaml.safe_dump(lock))
    found = agree()
    assert found["cluster"][-1] == "changed command"
    assert {"frames@e03", "train@trio", "release@solo", "score@solo"} <= set(found) and "frames@e02" not in found
    plan = load_plan(Memory())
    assert {"frames@e03", "train@trio", "release@solo"} <= Changes(Memory()).never_run(plan)


@pytest.mark.slow
def test_nothing_has_run(project):
    for lock in Path().rglob("dvc.lock"):
        lock.unlink()
    shutil.rmtree("data")
    Path("cast.yaml").unlink()
    found = agree()
    assert len(found) == len(quick()[1])


def test_an_output_that_is_ignored_is_an_error(project):
    Path(".dvcignore").write_text("data/frames\n")
    with pytest.raises(UnsureError, match="data/frames/"):
        quick()
    with pytest.raises(InputError, match="dvc status: .*is ignored by .dvcignore:1:data/frames"):
        asked_of_dvc()


@pytest.mark.slow
def test_a_cache_elsewhere(project, tmp_path):
    shutil.move(".dvc/cache", tmp_path / "cache")
    assert len(agree()) > 20
    Path(".dvc/config.local").write_text("[core]\n    analytics = false\n[cache]\n    dir = ../../cache\n")
    assert agree() == {}


def test_only_what_changed_is_read_again(project, settled, monkeypatch):
    quick()
    monkeypatch.setattr("dramatis.state.hashes._md5", lambda file: pytest.fail(f"{file} was read"))
    assert quick()[0] == {}
    edit("params.yaml", r"max_iou: 0\.6", "max_iou: 0.7")
    assert set(quick()[0]) >= {"detect@e01", "detect@e02"}


def test_a_change_that_leaves_size_and_time_is_seen(project, settled):
    file = Path("data/clusters/content")
    assert quick()[0] == {}
    before, text = file.stat(), file.read_text()
    file.write_text(text[::-1])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "cluster" in quick()[0]


def test_a_damaged_memory_only_costs_time(project):
    found = []
    for text in ("", "{", "[]", '{"version": 1, "values": {"plan": 3}}', '{"version": 0, "values": {}}'):
        Path("work").mkdir(exist_ok=True)
        Path("work/state.json").write_text(text)
        found.append(Memory().last("plan"))
    assert found == [None] * 5 and quick()[0] == {}


def test_what_only_dvc_can_say(project):
    edit("pipelines/dataset/dvc.yaml", r"(cmd: python stages/cluster.py)", r"\1\n    frozen: true")
    with pytest.raises(UnsureError, match="cluster"):
        quick()
