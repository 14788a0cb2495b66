"""Another id for a video: everywhere that a person wrote it."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dramatis.cast.decisions import decisions_of
from dramatis.core.errors import InputError, ParameterError
from dramatis.sources import rename as renaming
from dramatis.sources.add import Wishes, add
from dramatis.sources.moments import renamed_moments
from dramatis.sources.rename import rename
from dramatis.sources.tracked import RAW, is_safe_to_delete

CAST = """\
characters:
  ada: {display: e1@1.0 }   # e1@1.000:0.500,0.500 is her
pins:   # of e1
  e1-b@1.000:0.500,0.500: ada
  e1@1.000:0.500,0.500: ada   # sure
  e1/a.png: ada
reject: ["e1@2.000:0.500,0.500", "e2@2.000:0.500,0.500"]
outfits:
  e1@3.000:0.100,0.100: red-coat
"""


@pytest.fixture
def one(project, clips):
    """A project with a video `e1`, that is held out, and that people have decided about."""
    list(add([str(clips / "e1.mp4")], Wishes(title="Pilot")))
    file = project / "params.yaml"
    file.write_text(file.read_text().replace("validation_videos: []", "validation_videos: [e02, e1]"))
    (project / "cast.yaml").write_text(CAST)
    return project


def state(top):
    files = [
        file for file in top.rglob("*") if file.is_file() and not {".git", ".dvc"} & {*file.relative_to(top).parts}
    ]
    return {str(file.relative_to(top)): file.read_bytes() for file in files}


def test_everywhere(one):
    content = (RAW / "e1.mp4").read_bytes()
    lines = list(rename("e1", "pilot"))
    text = Path("params.yaml").read_text()
    assert "  pilot: {source: raw/pilot.mp4}   # Pilot\n" in text
    assert yaml.safe_load(text)["selection"]["validation_videos"] == ["e02", "pilot"]
    assert "raw/e1.mp4 → raw/pilot.mp4" in lines and any("run again" in line for line in lines)
    assert (RAW / "pilot.mp4").read_bytes() == content and is_safe_to_delete(RAW / "pilot.mp4")
    assert sorted(file.name for file in RAW.iterdir()) == ["pilot.mp4", "pilot.mp4.dvc"]
    assert Path("cast.yaml").read_text().count("pilot@") == 3


def test_and_back(one):
    before = state(one)
    list(rename("e1", "pilot"))
    list(rename("pilot", "e1"))
    assert state(one) == before


def test_only_moments_of_that_video_change():
    after = renamed_moments(CAST, "e1", "x")
    assert after == CAST.replace("  e1@1.000:0.500,0.500: ada", "  x@1.000:0.500,0.500: ada").replace(
        '["e1@2', '["x@2'
    ).replace("e1@3", "x@3")


def test_a_source_elsewhere_stays_where_it_is(one):
    list(rename("e02", "second"))
    assert yaml.safe_load(Path("params.yaml").read_text())["videos"]["second"] == {"source": "data/film/sample/e02.mp4"}


def test_what_is_refused(one, clips):
    before = state(one)
    (RAW / "taken.mp4").write_bytes(b"x")
    for old, new, said in (
        ("e9", "x", "no such video"),
        ("e1", "e02", "taken"),
        ("e1", "X", "must match"),
        ("e1", "e2", "decides about a video e2 already"),
    ):
        with pytest.raises(ParameterError, match=said):
            list(rename(old, new))
    with pytest.raises(InputError, match="another file is there already"):
        list(rename("e1", "taken"))
    (RAW / "taken.mp4").unlink()
    lines = list(rename("e1", "pilot", dry_run=True))
    assert {"+  pilot: {source: raw/pilot.mp4}   # Pilot", "Nothing was written"} <= {*lines}
    assert state(one) == before


@pytest.mark.parametrize("where", ("update", "rewrite"))
def test_what_fails_is_undone(one, monkeypatch, where):
    before = state(one)

    def fails(*_):
        monkeypatch.undo()
        monkeypatch.chdir(one)
        raise KeyboardInterrupt

    monkeypatch.setattr(renaming, where, fails)
    with pytest.raises(KeyboardInterrupt):
        list(rename("e1", "pilot"))
    assert state(one) == before


names = st.from_regex(r"[a-z][a-z0-9-]{0,3}", fullmatch=True)
moments = st.builds("{}@{}.000:0.500,0.500".format, names, st.integers(0, 9))


@settings(max_examples=20)
@given(st.lists(moments, max_size=5, unique=True), names)
def test_decisions_keep_their_number_and_order(things, old):
    text = "reject:\n" + "".join(f"  - {thing}\n" for thing in things)
    after = decisions_of(renamed_moments(text, old, "renamed"), "cast.yaml").reject
    assert after == ["renamed" + thing[len(old) :] if thing.startswith(f"{old}@") else thing for thing in things]
