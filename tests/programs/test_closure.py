"""Which files a script runs."""

from pathlib import Path

from small_code import FILES, write

from dramatis.programs.closure import closure

USED = set(FILES) - {f"src/dramatis/{name}.py" for name in ("a/hidden", "a/unused", "__init__", "backends/see/two")}


def used(top, backends):
    return {str(file) for file in closure(Path("stages/a.py"), {"see": backends}, top)}


def test_closure_follows_functions_packages_and_the_backends_in_use(tmp_path):
    write(tmp_path, FILES)
    assert used(tmp_path, {"one"}) == USED
    assert used(tmp_path, {"one", "two"}) == USED | {"src/dramatis/backends/see/two.py"}
    assert used(tmp_path, {"none"}) == USED - {"src/dramatis/backends/see/one.py", "src/dramatis/core/boxes.py"}


def test_a_file_that_does_not_parse_counts_and_imports_nothing(tmp_path):
    write(tmp_path, FILES | {"src/dramatis/a/late.py": "def (:\n"})
    assert used(tmp_path, {"one"}) == USED
