import os
import subprocess
import sys

import pytest
from conftest import TOP
from rendered import params, write_story
from ruamel.yaml import YAML

from dramatis.core.errors import MissingError
from dramatis.render.run import FILES, run

PAIR = ("It rains.", "It stops.")


def rendered(top, out, **more):
    board, panels = write_story(top / "in", captions=PAIR)
    return run("lost", params(), storyboard=board, panels=panels, out=out, **more)


def test_all_files_are_there_and_the_same_again(tmp_path):
    files = rendered(tmp_path, tmp_path / "one")
    assert [file.name for file in files] == ["strip.png", "story.pdf", "page.html", "clip.mp4"] == [*FILES.values()]
    again = rendered(tmp_path, tmp_path / "two")
    assert all(file.read_bytes() == other.read_bytes() for file, other in zip(files, again, strict=True))
    assert sorted(file.name for file in (tmp_path / "one").iterdir()) == sorted(FILES.values())


def test_only_one_leaves_the_others(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/page.html").write_text("mine")
    assert rendered(tmp_path, tmp_path / "out", only="strip") == [tmp_path / "out/strip.png"]
    assert (tmp_path / "out/page.html").read_text() == "mine" and len(list((tmp_path / "out").iterdir())) == 2


def test_an_error_leaves_what_was_there(tmp_path, monkeypatch):
    rendered(tmp_path, tmp_path / "out", only="strip")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("dramatis.render.clip.ffmpeg_binary", _no_ffmpeg)
    with pytest.raises(MissingError):
        rendered(tmp_path, tmp_path / "out")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["strip.png"]


def _no_ffmpeg():
    raise MissingError("ffmpeg", "neither PATH nor imageio-ffmpeg has this program", "Install it")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with the panels of one story."""
    settings = {
        "render": params().model_dump(),
        "stories": {"lost": {"line": "It rains.", "runs": ["twins"], "panels": 2, "order": [2, 1]}},
    }
    with (tmp_path / "params.yaml").open("w") as file:
        YAML().dump(settings, file)
    board, panels = write_story(tmp_path / "in", captions=PAIR)
    for source, target in ((board, "data/storyboards/lost.json"), (panels, "data/panels/lost/panels.parquet")):
        (tmp_path / target).parent.mkdir(parents=True)
        source.rename(tmp_path / target)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dramatis(*words):
    command = [sys.executable, "-c", "from dramatis.cli.main import main; main()", *words]
    return subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(TOP / "src")}, check=False
    )


def test_the_command_writes_prints_and_refuses(project):
    done = dramatis("render", "lost", "--only", "page")
    assert done.stdout == "work/stories/lost/page.html\n", done.stderr
    text = (project / "work/stories/lost/page.html").read_text()
    assert text.index("It stops.") < text.index("It rains.")  # its order
    (project / "work/stories/lost/notes.txt").write_text("mine")
    for words, said in (
        (["lost"], "it also holds notes.txt"),
        (["found"], "stories.found"),
        (["lost", "--only", "pdf", "--out", "params.yaml/x"], "it cannot be read or written there"),
    ):
        refused = dramatis("render", *words)
        assert refused.returncode == 1 and said in refused.stderr and refused.stderr.count("\n") == 1, refused.stderr
    assert (project / "work/stories/lost/notes.txt").read_text() == "mine"


def test_the_stage_writes_all(project):
    command = [sys.executable, str(TOP / "stages/render.py"), "lost"]
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(file.name for file in (project / "data/stories/lost").iterdir()) == sorted(FILES.values())
