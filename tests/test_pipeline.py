"""The pipeline files against the code: imports are dependencies, truth stays hidden, documents are up to date."""

import re
import sys
from pathlib import Path

import pytest
from conftest import TOP

from dramatis.core.params import PARAMS, read_yaml
from dramatis.pipeline.closure import closure, imports_of
from dramatis.pipeline.documents import documents
from dramatis.pipeline.graph import filled, load_stages, needed_by, without_detours

SETTINGS = read_yaml(TOP / PARAMS)
SECTION_OF = {"detect": "detect", "embed": "embed", "landmarks": "landmark", "tag": "tag"}
"""Section that names the backend of each capability."""
BACKENDS = {capability: SETTINGS[section]["backend"] for capability, section in SECTION_OF.items()}
OTHERS = [
    BACKENDS | {capability: file.stem}
    for capability in SECTION_OF
    for file in sorted((TOP / "src/dramatis/backends" / capability).glob("*.py"))
    if re.search(r"^def load\(", file.read_text(), re.MULTILINE)
]
"""The backends in use, with one of them replaced by another, in all ways."""
STAGES = {stage.name: stage for stage in load_stages(TOP)}
FILLED = {stage.name: stage for stage in filled(list(STAGES.values()), SETTINGS)}
ONE_OF_EACH = {name.split("@")[0]: stage for name, stage in FILLED.items()}


def listed(file, deps):
    return any(Path(dep) == file or Path(dep) in file.parents for dep in deps)


def with_backends(name, backends):
    """A stage as it is with other backends, and the code that it runs then."""
    sections = {SECTION_OF[capability]: {"backend": backend} for capability, backend in backends.items()}
    settings = SETTINGS | {section: SETTINGS[section] | change for section, change in sections.items()}
    stage = next(stage for stage in filled([STAGES[name]], settings))
    return stage, closure(stage.script, backends, TOP)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_every_imported_file_is_a_dependency(name):  # DVC does not see Python imports: this test does
    for backends in OTHERS:
        stage, used = with_backends(name, backends)
        missing = [file for file in sorted(used) if not listed(file, stage.deps)]
        assert not missing, f"{stage.file}: add to the deps of {name}: {', '.join(map(str, missing))}"


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_no_code_is_a_dependency_without_need(name):
    stage = ONE_OF_EACH[name]
    used = set().union(*(with_backends(name, backends)[1] for backends in OTHERS))
    idle = [
        dep for dep in stage.deps if dep.startswith(("src/", "stages/")) and not any(listed(f, [dep]) for f in used)
    ]
    assert not idle, f"{stage.file}: {name} does not import {', '.join(idle)}"


def test_closure_follows_functions_packages_and_the_backend_in_use(tmp_path):
    files = {
        "stages/a.py": "from dramatis.a.run import run\nimport numpy\n",
        "src/dramatis/a/run.py": "from typing import TYPE_CHECKING\nfrom dramatis.backends.see import load\n"
        "if TYPE_CHECKING:\n    from dramatis.a import hidden\ndef run():\n    from . import late, methods\n",
        "src/dramatis/a/late.py": "",
        "src/dramatis/a/hidden.py": "",
        "src/dramatis/a/unused.py": "",
        "src/dramatis/__init__.py": '"""Only words."""\n',
        "src/dramatis/backends/see/__init__.py": "def load(): ...\n",
        "src/dramatis/backends/see/one.py": "from dramatis.core import boxes\n",
        "src/dramatis/backends/see/two.py": "",
        "src/dramatis/core/boxes.py": "",
        "src/dramatis/a/methods/__init__.py": "def build(): ...\n",
        "src/dramatis/a/methods/lora.py": "from dramatis.core import moments\n",
        "src/dramatis/core/moments.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert {str(file) for file in closure(Path("stages/a.py"), {"see": "one"}, tmp_path)} == {
        "stages/a.py",
        "src/dramatis/a/run.py",
        "src/dramatis/a/late.py",
        "src/dramatis/backends/see/__init__.py",
        "src/dramatis/backends/see/one.py",
        "src/dramatis/core/boxes.py",
        "src/dramatis/a/methods/__init__.py",
        "src/dramatis/a/methods/lora.py",
        "src/dramatis/core/moments.py",
    }


def test_only_measure_depends_on_the_truth():
    truth = {out for out in FILLED["film@sample"].outs if out.endswith("/truth")}
    assert truth, "the film declares its truth as an output of its own"
    readers = {
        name
        for name, stage in FILLED.items()
        for out in truth
        if any(
            Path(dep) == Path(out) or Path(dep) in Path(out).parents or Path(out) in Path(dep).parents
            for dep in stage.data
        )
    }
    assert readers == {"measure@sample"}


def test_only_film_and_measure_know_the_tables_of_the_truth():
    for name, stage in ONE_OF_EACH.items():
        if name not in ("film", "measure"):
            used = closure(stage.script, BACKENDS, TOP)
            known = [file for file in used if file.is_relative_to("src/dramatis/film") or "measure" in file.parts]
            assert not known, f"{name} imports {known}"
            said = [file for file in used if re.search(r"[\"'/]truth\b", (TOP / file).read_text())]
            assert not said, f"{name} names the truth in {said}"


def test_packages_import_only_what_they_may():
    """core <- nothing; backends <- core; a stage <- core, backends, diffusion, itself, and schemas of other stages."""
    shared = {"core", "backends", "diffusion"}
    for file in (TOP / "src/dramatis").rglob("*.py"):
        package = file.relative_to(TOP / "src/dramatis").parts[0]
        may = {"core": {"core"}, "backends": {"core", "backends"}, "diffusion": {"core", "diffusion"}}.get(
            package, shared | {package} if package in STAGES else None
        )
        for used in imports_of(file.relative_to(TOP), TOP) if may else []:
            parts = used.parts[2:]
            fine = parts[0] in may or parts[-1] in ("schema.py", "__init__.py") and package not in shared
            assert fine or len(parts) == 1, f"{file.relative_to(TOP)} imports {used}"


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_has_one_name_everywhere(name):
    for place in (STAGES[name].script, f"src/dramatis/{name}/run.py", f"src/dramatis/{name}/params.py"):
        assert (TOP / place).is_file(), place
    assert STAGES[name].script == Path("stages", f"{name}.py")
    assert name in SETTINGS
    assert list((TOP / "tests" / name).glob("test_*.py"))
    assert len((TOP / STAGES[name].script).read_text().splitlines()) <= 40


def test_no_script_hides_a_module_of_python():
    """Python looks first in the folder of the script that it runs: a `select.py` would break all stages."""
    assert not {file.stem for file in (TOP / "stages").iterdir()} & sys.stdlib_module_names


def test_placeholders_are_filled_as_dvc_fills_them(monkeypatch):
    from dvc.repo import Repo

    with Repo(str(TOP)) as repo:
        theirs = {
            stage.name: stage
            for stage in repo.index.stages
            if getattr(stage, "name", None) and "pocket" not in stage.path_in_repo
        }
        assert theirs.keys() == FILLED.keys()
        for name, stage in FILLED.items():
            files = {dep.def_path for dep in theirs[name].deps if dep.def_path not in ("params.yaml", "cast.yaml")}
            assert files == set(stage.deps), name
            assert {out.def_path for out in theirs[name].outs} == set(stage.outs), name
            assert theirs[name].cmd == stage.cmd, name


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_every_section_and_folder_that_a_script_names_is_declared(name):
    stage, item = ONE_OF_EACH[name], ONE_OF_EACH[name].name.split("@")[-1]
    text = (TOP / stage.script).read_text()
    for section, in_cast in re.findall(r"load_params\(f?\"(\w+)[^\"]*\"([^)]*cast\.yaml)?", text):
        wanted = f"cast.yaml:{section}" if in_cast else section
        assert any(key.split(".")[0] == wanted or key == wanted for key in stage.params), f"{name}: params: {wanted}"
    if "load_run(" in text:
        assert f"runs.{item}" in stage.params
    for path in re.findall(r"Path\(f?\"((?:data|models|metrics)/[^\"]+)\"\)", text):
        path = Path(re.sub(r"\{\w+\}", item, path))
        known = [Path(other) for other in (*stage.deps, *stage.outs)]
        assert any(path == other or path in other.parents or other in path.parents for other in known), (
            f"{name}: {path}"
        )


def test_the_pipeline_never_trains_the_pocket_models():
    """They are files in git: a stage that writes one would run for hours in `make repro` when its code changed."""
    from dvc.repo import Repo

    used = [Path(dep) for stage in FILLED.values() for dep in stage.data]
    with Repo(str(TOP)) as repo:
        free = [stage for stage in repo.index.stages if not stage.frozen]
        outs = {Path(out.fspath).relative_to(TOP) for stage in free for out in stage.outs}
    pocket = {out for out in outs if out.is_relative_to("models/pocket")}
    assert not [out for out in pocket for dep in used if out == dep or out in dep.parents or dep in out.parents]


def test_the_fewest_edges_keep_the_order():
    assert without_detours({"a": set(), "b": {"a"}, "c": {"a", "b"}}) == {"a": set(), "b": {"a"}, "c": {"b"}}


def test_stages_stand_after_those_that_they_need():
    order = list(STAGES)
    for name, needs in needed_by(list(STAGES.values()), SETTINGS).items():
        assert all(order.index(other) < order.index(name) for other in needs)


@pytest.mark.parametrize("file", ["README.md", "docs/pipeline.svg", "docs/parameters.md", "docs/tables.md"])
def test_generated_documents_are_up_to_date(file):
    text = documents(TOP)[Path(file)]
    assert (TOP / file).is_file() and (TOP / file).read_text() == text, f"{file} is old: run `dramatis docs`"
