"""The files that other stages depend on."""

import json

from small_code import FILES, write

from dramatis.programs.params import BackendChoice
from dramatis.programs.run import in_use, run

CHOICE = BackendChoice(backend="one")


def programs(top):
    run({"see": CHOICE}, top / "data/programs", top)
    return {file.stem: json.loads(file.read_text()) for file in (top / "data/programs").iterdir()}


def test_each_stage_has_its_files_with_digests(tmp_path):
    write(tmp_path, FILES | {"stages/b.py": "from dramatis.core import moments\n"})
    found = programs(tmp_path)
    assert set(found["b"]) == {"stages/b.py", "src/dramatis/core/moments.py"}
    assert set(found["b"]) - {"stages/b.py"} <= set(found["a"])
    assert all(len(digest) == 64 for digests in found.values() for digest in digests.values())


def test_only_the_stages_that_run_a_changed_file_change(tmp_path):
    write(tmp_path, FILES | {"stages/b.py": "from dramatis.core import moments\n"})
    before = programs(tmp_path)
    write(tmp_path, {"src/dramatis/core/boxes.py": "WIDTH = 1\n", "src/dramatis/core/moments.py": "# a comment\n"})
    after = programs(tmp_path)
    assert {stage for stage in before if before[stage] != after[stage]} == {"a"}


def test_backends_are_those_that_the_parameters_name(tmp_path):
    write(tmp_path, FILES | {"src/dramatis/backends/see/fused.py": ""})
    several = BackendChoice.model_validate({"backend": "one", "weights": "x", "also": [{"backend": "two", "max": 1}]})
    assert in_use("see", CHOICE, tmp_path) == {"one"}
    assert in_use("see", several, tmp_path) == {"one", "two"}
    assert in_use("see", BackendChoice(backend=None), tmp_path) == set()
    assert in_use("see", BackendChoice(backend="fused"), tmp_path) == {"one", "two", "fused"}


def test_a_project_without_code_of_its_own_runs_the_installed_package(tmp_path):
    write(tmp_path, {"stages/a.py": "import numpy\nfrom dramatis.core.boxes import iou\n"})
    (tmp_path / "data").mkdir()
    assert set(programs(tmp_path)["a"]) == {"stages/a.py", "src/dramatis/core/boxes.py"}
