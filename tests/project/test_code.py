"""One digest a stage for the code of an installed package."""

import pytest
import yaml
from conftest import TOP

from dramatis.core.errors import MissingError
from dramatis.pipeline.graph import FILES
from dramatis.project.code import CODE, code_deps, deps_digest, read_code, watched, written

FILES_OF = ("see/run.py", "see/deep/more.py", "see/page.html", "core/boxes.py")


@pytest.fixture
def package(tmp_path):
    for name in FILES_OF:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n")
    return tmp_path


DEPS = ["src/dramatis/see", "src/dramatis/core/boxes.py"]


@pytest.mark.parametrize("name", FILES_OF)
def test_any_file_that_a_dep_stands_for_counts(package, name):
    before = deps_digest(DEPS, package)
    (package / name).write_text("# other\n")
    assert deps_digest(DEPS, package) != before


def test_other_files_and_caches_do_not_count(package):
    before = deps_digest(DEPS, package)
    (package / "core/phash.py").write_text("")
    (package / "see/__pycache__").mkdir()
    (package / "see/__pycache__/run.pyc").write_text("")
    assert deps_digest(DEPS, package) == before
    assert deps_digest(reversed(DEPS), package) == before


def test_a_renamed_file_is_another(package):
    before = deps_digest(DEPS, package)
    (package / "see/run.py").rename(package / "see/walk.py")
    assert deps_digest(DEPS, package) != before


def test_code_that_is_not_installed_is_named(package):
    with pytest.raises(MissingError, match="src/dramatis/gone.py"):
        deps_digest(["src/dramatis/gone.py"], package)


@pytest.mark.parametrize("file", FILES)
def test_pipelines_watch_code_yaml_and_are_otherwise_the_same(file):
    before, text = yaml.safe_load((TOP / file).read_text()), watched((TOP / file).read_text())
    after = yaml.safe_load(text)
    assert "src/dramatis" not in text
    assert [line for line in (TOP / file).read_text().splitlines() if line.startswith("#")] == [
        line for line in text.splitlines() if line.startswith("#")
    ]
    for name, stage in before["stages"].items():
        was, now = stage.get("do", stage), after["stages"][name].get("do", after["stages"][name])
        if code_deps(was["deps"]):
            assert now["params"].pop() == {str(CODE): ["package"]}
        assert now["deps"] == [dep for dep in was["deps"] if not code_deps([dep])]
        assert {**now, "params": 0, "deps": 0} == {**was, "params": 0, "deps": 0}
        assert now["params"] == was.get("params", [])


def test_what_code_yaml_says_is_read(tmp_path):
    (tmp_path / CODE).write_text(written("1.2.3", "0123456789ab", {"dvc.yaml": "00"}))
    assert read_code(tmp_path / CODE) == {"dramatis": "1.2.3", "package": "0123456789ab", "files": {"dvc.yaml": "00"}}
    assert read_code(tmp_path / "none.yaml") == {}
