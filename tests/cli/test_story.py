"""`dramatis story`: a story of params.yaml, or a line."""

import json

import pytest
import yaml
from told import LOST, project

from dramatis.cli import story as command
from dramatis.cli.story import Wishes, tell_story
from dramatis.core.errors import MissingError, ParameterError


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A project whose story is `lost`, and where commands run."""
    settings, sources = project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "SOURCES", sources)
    monkeypatch.setattr(command, "load_settings", lambda: settings)
    story = {"line": LOST, "runs": ["pair", "alone"], "panels": 3}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"stories": {"lost": story}}))
    return tmp_path


def test_a_story_is_printed(here, capsys):
    tell_story("lost", Wishes())
    said = capsys.readouterr().out
    assert "Ada loses her umbrella in the snow." in said and "ada (pair), cyrus (alone)" in said


def test_a_line_is_told_by_all_runs(here, capsys):
    tell_story("`bela` finds a kite", Wishes(panels=2, seed=1), as_json=True)
    board = json.loads(capsys.readouterr().out)
    assert board["cast"] == {"bela": "pair"} and len(board["scenes"]) == 2


def test_what_is_kept_is_the_story_from_then_on(here, capsys):
    tell_story("lost", Wishes(panels=2), keep=True)
    assert "Kept as" in capsys.readouterr().out
    tell_story("lost", Wishes(), as_json=True)
    assert len(json.loads(capsys.readouterr().out)["scenes"]) == 2
    tell_story("lost", Wishes(panels=5), as_json=True)
    assert len(json.loads(capsys.readouterr().out)["scenes"]) == 5, "wishes ask the writer"


def test_what_cannot_be_told(here):
    with pytest.raises(MissingError, match="there is no story 'found'. There are lost"):
        tell_story("found", Wishes())
    with pytest.raises(ParameterError, match="the line: it has no key to be kept by"):
        tell_story("`ada` sings", Wishes(), keep=True)
    with pytest.raises(ParameterError, match="this command: panels = 500"):
        tell_story("`ada` sings", Wishes(panels=500))
    with pytest.raises(ParameterError, match="stories.lost.panels = 0"):
        tell_story("lost", Wishes(panels=0))
    with pytest.raises(ParameterError, match="this command: line = ''"):
        tell_story("", Wishes())
