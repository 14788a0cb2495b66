"""Digests: the order of files does not count, their paths and bytes do."""

from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.digests import files_digest, tree_digest

names = st.text("abc", min_size=1, max_size=4)


@given(contents=st.dictionaries(names, st.binary(max_size=8), min_size=1, max_size=5), seed=st.randoms())
def test_files_in_any_order(tmp_path_factory, contents, seed):
    top = tmp_path_factory.mktemp("files")
    for name, data in contents.items():
        (top / name).write_bytes(data)
    files = [top / name for name in contents]
    seed.shuffle(files)
    assert files_digest(files, top) == tree_digest(top)
    files[0].write_bytes(files[0].read_bytes() + b"x")
    assert files_digest(files, top) == tree_digest(top) != files_digest(files[1:], top)


def test_only_files_of_a_name_count(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.py").write_text("1")
    before = tree_digest(tmp_path, "*.py")
    (tmp_path / "in/a.pyc").write_text("2")
    assert tree_digest(tmp_path, "*.py") == before != tree_digest(tmp_path)
    (tmp_path / "in/a.py").rename(tmp_path / "a.py")
    assert tree_digest(tmp_path, "*.py") != before
