"""What is ignored, and the MD5 of folders: as DVC has them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.state.hashes import Hashes, Ignored, UnsureError
from dramatis.state.memory import Memory

names = st.sampled_from(["a", "b", "ab", "a.json", "x.part", "__pycache__", ".git", ".dvc"])
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
rules = st.builds(
    lambda no, top, path, end: f"{no}{top}{path}{end}",
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "/", "**/"]),
    st.lists(st.sampled_from(["a", "b", "*", "a*", "?b", "*.json", "**", "[ab]"]), min_size=1, max_size=2).map(
        "/".join
    ),
    st.sampled_from(["", "/", "/*", "/**"]),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("ignored")


@given(st.lists(rules, max_size=4), st.lists(st.tuples(paths, st.booleans()), min_size=1, max_size=6))
def test_what_is_ignored(folder, rules, asked):
    from dvc.fs import localfs
    from dvc.ignore import DvcIgnoreFilter

    (folder / ".dvcignore").write_text("\n".join(["# rules", *rules]))
    theirs = DvcIgnoreFilter(localfs, str(folder))
    ours = Ignored(Memory(folder / "state.json"), folder)
    for path, is_folder in asked:
        ask = theirs.is_ignored_dir if is_folder else theirs.is_ignored_file
        assert ours.hides(path, is_folder) == ask(str(folder / path)), (rules, path, is_folder)


@given(st.dictionaries(paths, st.binary(max_size=9), max_size=6))
def test_the_md5_of_a_folder(tmp_path_factory, files):
    from dvc_data.hashfile.build import build
    from dvc_data.hashfile.db import HashFileDB
    from dvc_objects.fs import localfs

    top = tmp_path_factory.mktemp("hashed")
    (top / "in").mkdir()
    for path, content in files.items():
        file = top / "in" / path
        if not any(parent.is_file() for parent in file.parents) and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    memory = Memory(top / "state.json")
    store = HashFileDB(localfs, str(top / "cache"))
    _, _, built = build(store, str(top / "in"), localfs, "md5", dry_run=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(top)
        patch.setattr(Ignored, "hides", lambda *_: False)
        assert Hashes(memory, Ignored(memory)).of("in") == built.hash_info.value


def test_what_dvc_refuses(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/.dvcignore").write_text("")
    memory = Memory(tmp_path / "state.json")
    with pytest.raises(UnsureError, match="in/.dvcignore"):
        Hashes(memory, Ignored(memory)).of("in")
    assert Hashes(memory, Ignored(memory)).of("nothing") is None
