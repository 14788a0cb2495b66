"""`add`, `remove` and `rename`, ended just before any change of the disk: all of it or nothing, and it is said."""

import shutil
import signal
from functools import partial
from pathlib import Path

import pytest
from killing import killed_at
from pydantic import ValidationError

from dramatis.checks.faults import faults
from dramatis.core.errors import InputError
from dramatis.sources.add import Wishes, add
from dramatis.sources.journal import JOURNAL, Change, held, refuse_unsettled, settle
from dramatis.sources.remove import remove
from dramatis.sources.rename import rename
from dramatis.sources.tracked import RAW, is_safe_to_delete

CAST = "pins:\n  e1@1.000:0.500,0.500: ada   # sure\n"
OWN = {".git", ".dvc"}


@pytest.fixture(scope="module")
def begun(bare_project, clips, tmp_path_factory):
    """A project with a video `e1`, which people have decided about, and beside it two that are to come."""
    top = tmp_path_factory.mktemp("begun") / "project"
    shutil.copytree(bare_project, top)
    (top.parent / "new").mkdir()
    for name in ("e2.mp4", "e3.mp4"):
        shutil.copy(clips / name, top.parent / "new" / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(top)
        list(add([str(clips / "e1.mp4")], Wishes()))
        Path("cast.yaml").write_text(CAST)
    return top.parent


def state(place):
    """All files but those of git and DVC."""
    files = [file for file in place.rglob("*") if file.is_file() and not OWN & {*file.relative_to(place).parts}]
    return {str(file.relative_to(place)): file.read_bytes() for file in files}


def difference(one, other):
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def drained(work, *arguments):
    """Runs a generator of lines to its end."""
    return list(work(*arguments))


WORKS = {
    "rename": partial(drained, rename, "e1", "pilot"),
    "remove": partial(drained, remove, ["e1"]),
    "copy": partial(drained, add, ["../new"], Wishes()),
    "move": partial(drained, add, ["../new"], Wishes(moves=True, replaces_sample=True)),
}


def tried(begun, tmp_path, monkeypatch, work, number, kind):
    """One try in a fresh copy: what is left is settled, then the same again makes the whole. False past the end."""
    place = tmp_path / f"{number}"
    shutil.copytree(begun, place, symlinks=True)
    monkeypatch.chdir(place / "project")
    before = state(place)
    hit = killed_at(number, WORKS[work], place, kind)
    if not hit:
        return False
    settled = settle()
    assert not JOURNAL.exists()
    between = state(place)
    whole = between != before
    assert settled is None or settled.done == whole, (number, settled, difference(before, between))
    if not whole:
        WORKS[work]()
    assert not (others := difference(after(begun, tmp_path, monkeypatch, work), state(place))), (number, others)
    assert all(is_safe_to_delete(file) for file in RAW.glob("*.mp4"))
    shutil.rmtree(place)
    return True


def after(begun, tmp_path, monkeypatch, work, _known={}):  # noqa: B006
    """What an undisturbed run leaves."""
    if work not in _known:
        place = tmp_path / "whole"
        shutil.copytree(begun, place, symlinks=True)
        with monkeypatch.context() as patch:
            patch.chdir(place / "project")
            WORKS[work]()
        _known[work] = state(place)
    return _known[work]


@pytest.mark.slow
@pytest.mark.parametrize("kind", (signal.SIGKILL, signal.SIGTERM))
@pytest.mark.parametrize("work", WORKS)
def test_at_every_point(begun, tmp_path, monkeypatch, work, kind):
    number, step = 1, 1 if kind == signal.SIGKILL else 5
    while tried(begun, tmp_path, monkeypatch, work, number, kind):
        number += step
    assert number > 15


def test_renaming_at_some_points(begun, tmp_path, monkeypatch):
    hits = [tried(begun, tmp_path, monkeypatch, "rename", number, signal.SIGKILL) for number in (1, 4, 7, 10, 1000)]
    assert hits[0] and not hits[-1]


def test_it_is_told_and_the_same_again_goes_on(begun, tmp_path, monkeypatch):
    """`dramatis check` and a dry run tell of it; the command itself says what became of it."""
    shutil.copytree(begun, tmp_path / "one", symlinks=True)
    monkeypatch.chdir(tmp_path / "one/project")
    assert killed_at(6, WORKS["rename"], tmp_path)
    said = "raw: `dramatis rename e1 pilot` was broken off. Run that again: it is undone or finished first"
    assert said in map(str, faults())
    with pytest.raises(InputError, match="was broken off"):
        list(remove(["e1"], dry_run=True))
    lines = list(rename("e1", "pilot"))
    assert lines[0] == "`dramatis rename e1 pilot` had been broken off: it is undone now" and len(lines) > 4
    assert said not in map(str, faults())


def test_what_is_at_work_is_let_be(project):
    JOURNAL.parent.mkdir(parents=True, exist_ok=True)
    with held():
        JOURNAL.write_text("{}")
        refuse_unsettled()
        JOURNAL.unlink()


@pytest.mark.parametrize("text", ("", "[]", "{", '{"request": [], "videos": {}, "gone": ["/etc"]}'))
def test_what_no_command_wrote_is_refused(project, text):
    JOURNAL.parent.mkdir(parents=True, exist_ok=True)
    JOURNAL.write_text(text)
    with pytest.raises(InputError, match="it is none of ours"):
        settle()
    assert JOURNAL.exists()


@pytest.mark.parametrize("gone", ("raw", "raw/../x", "/etc/x", "data/x"))
def test_nothing_outside_raw_is_taken_away(gone):
    with pytest.raises(ValidationError, match="must lie in raw/"):
        Change(request=("remove",), videos={}, gone=(gone,))
