"""The pipeline files against the code: imports are dependencies, truth stays hidden, documents are up to date."""

import re
import sys
from pathlib import Path

import pytest
from conftest import TOP

from dramatis.core.params import PARAMS, read_yaml
from dramatis.pipeline.documents import documents
from dramatis.pipeline.graph import PROGRAMS, filled, load_stages, needed_by, without_detours
from dramatis.programs.closure import closure, imports_of
from dramatis.programs.params import SECTIONS, BackendChoice
from dramatis.programs.run import run as write_programs

SETTINGS = read_yaml(TOP / PARAMS)
BACKENDS = {capability: {SETTINGS[section]["backend"]} for capability, section in SECTIONS.items()}
OTHERS = {
    capability: {
        file.stem
        for file in (TOP / "src/dramatis/backends" / capability).glob("*.py")
        if re.search(r"^def load\(", file.read_text(), re.MULTILINE)
    }
    for capability in SECTIONS
}
"""All backends of each capability."""
STAGES = {stage.name: stage for stage in load_stages(TOP)}
FILLED = {stage.name: stage for stage in filled(list(STAGES.values()), SETTINGS)}
ONE_OF_EACH = {name.split("@")[0]: stage for name, stage in FILLED.items()}


def listed(file, deps):
    return any(Path(dep) == file or Path(dep) in file.parents for dep in deps)


def test_all_code_that_stages_run_is_seen():  # DVC does not see Python imports: stage `programs` does
    deps = FILLED[PROGRAMS].deps
    used = set().union(*(closure(stage.script, OTHERS, TOP) for stage in ONE_OF_EACH.values()))
    missing = {str(file) for file in used if not listed(file, deps)}
    assert not missing, f"{FILLED[PROGRAMS].file}: add to the deps: {', '.join(sorted(missing))}"
    idle = [dep for dep in deps if not any(listed(file, [dep]) for file in used)]
    assert not idle, f"{FILLED[PROGRAMS].file}: no stage imports {', '.join(idle)}"


@pytest.mark.parametrize("name", [name for name in ONE_OF_EACH if name != PROGRAMS])
def test_a_stage_depends_on_the_code_that_it_runs_and_on_no_other(name):
    code = [dep for dep in ONE_OF_EACH[name].deps if dep.startswith(("src/", "stages", "data/programs"))]
    assert code == [f"data/programs/{name}.json"]


def test_no_code_of_a_stage_reads_its_own_docstrings():
    """Docstrings do not count in `data/programs`, so they may decide nothing."""
    for stage in ONE_OF_EACH.values():
        for file in closure(stage.script, OTHERS, TOP):
            if file.suffix == ".py":
                assert not re.search(r"__doc__|getdoc|getsource|f_lineno", (TOP / file).read_text()), file


def test_programs_are_written_for_all_stages(tmp_path):
    out = tmp_path / "programs"
    choices = {capability: BackendChoice(backend=next(iter(names))) for capability, names in BACKENDS.items()}
    write_programs(choices, out, TOP)
    assert {file.stem for file in out.iterdir()} == set(STAGES)


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
            said = [file for file in used if re.search(rb"[\"'/]truth\b", (TOP / file).read_bytes())]
            assert not said, f"{name} names the truth in {said}"


def test_packages_import_only_what_they_may():
    """core <- nothing; backends <- core; libraries <- few; a stage <- those, itself, and schemas of other stages."""
    shared = {"core", "backends", "diffusion", "eyes", "regions", "attention"}
    may_of = {
        "core": {"core"},
        "backends": {"core", "backends"},
        "diffusion": {"core", "diffusion"},
        "eyes": {"core", "backends", "eyes"},
        "regions": {"core", "diffusion", "attention", "regions"},
        "attention": {"core", "diffusion", "attention"},
    }
    for file in (TOP / "src/dramatis").rglob("*.py"):
        package = file.relative_to(TOP / "src/dramatis").parts[0]
        may = may_of.get(package, shared | {package} if package in STAGES else None)
        for used in imports_of(file.relative_to(TOP), TOP) if may else []:
            parts = used.parts[2:]
            fine = parts[0] in may or parts[-1] in ("schema.py", "__init__.py") and package not in shared
            assert fine or len(parts) == 1, f"{file.relative_to(TOP)} imports {used}"


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_has_one_name_everywhere(name):
    """Only `programs` has no section of its own: it reads which backends the others choose."""
    for place in (STAGES[name].script, f"src/dramatis/{name}/run.py", f"src/dramatis/{name}/params.py"):
        assert (TOP / place).is_file(), place
    assert STAGES[name].script == Path("stages", f"{name}.py")
    assert name in SETTINGS or name == PROGRAMS
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


def test_no_line_of_the_picture_runs_behind_a_stage():
    """Else an arrow seems to come from where it passes."""
    text = (TOP / "docs/pipeline.svg").read_text()
    number = r"(-?[\d.]+)"
    boxes = [
        tuple(map(float, found))
        for found in re.findall(rf'<rect x="{number}" y="{number}" width="{number}" height="{number}" rx="6"', text)
    ]
    turns = re.findall(rf"M{number} {number} H{number} .*? V{number} Q.*? {number} H{number}", text)
    assert len(boxes) == len(STAGES.keys() - {PROGRAMS}) and len(turns) > 10
    for x0, out, gutter, _, into, x1 in (map(float, found) for found in turns):
        for x, y, width, height in boxes:
            for level, ends in ((out, (x0, gutter)), (into, (gutter, x1))):
                beside = max(ends) <= x or min(ends) >= x + width
                assert beside or not y < level < y + height, (x0, out, x1, into)
