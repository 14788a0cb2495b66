"""Videos out again: only what DVC can bring back is deleted."""

import subprocess
from pathlib import Path

import pytest
import yaml

from dramatis.core.errors import InputError, ParameterError
from dramatis.sources import remove as removing
from dramatis.sources.add import Wishes, add
from dramatis.sources.remove import remove
from dramatis.sources.tracked import RAW


@pytest.fixture
def three(project, clips):
    """A project with three videos of its own, the second of which people have decided about."""
    list(add([str(clips)], Wishes()))
    cast = project / "cast.yaml"
    cast.write_text(cast.read_text().replace("reject:\n", "reject:\n  - e2@0.100:0.500,0.500\n"))
    return project


def videos():
    return list(yaml.safe_load(Path("params.yaml").read_text())["videos"])


def files():
    return sorted(file.name for file in RAW.iterdir())


def test_out_of_everything_and_back(three):
    content, pointer = (RAW / "e2.mp4").read_bytes(), (RAW / "e2.mp4.dvc").read_text()
    lines = list(remove(["e2"]))
    assert lines[0] == "e2: raw/e2.mp4 and its .dvc file go"
    assert lines[1] == "e2: cast.yaml decides 1 times about it, such as e2@0.100:0.500,0.500; the lines stay"
    assert videos() == ["e01", "e02", "e1", "e3"] and files() == ["e1.mp4", "e1.mp4.dvc", "e3.mp4", "e3.mp4.dvc"]
    assert "e2@0.100:0.500,0.500" in Path("cast.yaml").read_text()
    (RAW / "e2.mp4.dvc").write_text(pointer)
    subprocess.run(["dvc", "checkout", "--quiet", "raw/e2.mp4"], check=True)
    assert (RAW / "e2.mp4").read_bytes() == content


def test_the_file_stays_if_asked_or_if_it_is_the_only_copy(three):
    assert list(remove(["e1"], keep_file=True))[0] == "e1: raw/e1.mp4 stays: as you said"
    with (RAW / "e2.mp4").open("ab") as stream:
        stream.write(b"more")
    assert "stays: DVC's cache does not hold" in list(remove(["e2"]))[0]
    (RAW / "e3.mp4.dvc").unlink()
    assert "stays: DVC holds no copy" in list(remove(["e3"]))[0]
    assert videos() == ["e01", "e02"]
    assert files() == ["e1.mp4", "e1.mp4.dvc", "e2.mp4", "e2.mp4.dvc", "e3.mp4"]


def test_a_file_that_two_videos_share_stays(three):
    params = three / "params.yaml"
    params.write_text(params.read_text().replace("  e3: {source: raw/e3.mp4}", "  e3: {source: raw/e1.mp4}"))
    assert "stays: e3 has it too" in list(remove(["e1"]))[0]
    assert list(remove(["e01"]))[0] == "e01: data/film/sample/e01.mp4 stays: it is not in raw/"


def test_one_that_is_not_checked_out_goes_too(three):
    (RAW / "e1.mp4").unlink()
    list(remove(["e1"]))
    assert "e1.mp4.dvc" not in files()


def test_the_last_one(three):
    assert any("names no video now" in line for line in remove(videos()))
    assert videos() == [] and files() == []


def test_nothing_happens_if_one_is_unknown_or_it_is_dry(three):
    before, there = Path("params.yaml").read_text(), files()
    with pytest.raises(ParameterError, match="no such video; there are: e01, e02, e1, e2, e3"):
        list(remove(["e1", "e9"]))
    lines = list(remove(["e1"], dry_run=True))
    assert "-  e1: {source: raw/e1.mp4}" in lines and lines[-1] == "Nothing was written"
    assert (Path("params.yaml").read_text(), files()) == (before, there)


def test_what_fails_is_undone(three, monkeypatch):
    before, there, untrack = Path("params.yaml").read_text(), files(), removing.tracked.untrack

    def fails(source):
        untrack(source)
        raise InputError("raw", "DVC is at work here", "Wait")

    monkeypatch.setattr(removing.tracked, "untrack", fails)
    with pytest.raises(InputError):
        list(remove(["e1", "e2"]))
    assert (Path("params.yaml").read_text(), files()) == (before, there)
