"""`--help` and `status` start quickly, since they load nothing of weight."""

import json
import os
import subprocess
import sys

import pytest
from conftest import TOP

# typer itself loads pydantic
HEAVY = {
    "cv2",
    "datasets",
    "dvc",
    "matplotlib",
    "numpy",
    "PIL",
    "pyarrow",
    "ruamel",
    "scipy",
    "torch",
    "transformers",
}
CODE = """
import resource, sys
sys.argv = ["dramatis", *sys.argv[1:]]
from dramatis.cli.main import main
try:
    main()
finally:
    import json
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    sys.stderr.write(json.dumps([sorted({name.split(".")[0] for name in sys.modules}), used]))
"""


def start(top, *words):
    """Modules that were loaded, and seconds of the processor."""
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    done = subprocess.run(
        [sys.executable, "-c", CODE, *words], cwd=top, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    modules, seconds = json.loads(done.stderr)
    return set(modules), seconds


@pytest.mark.parametrize("words", [("--help",), ("status", "--help")])
def test_help_loads_nothing_of_weight(tmp_path, words):
    modules, _ = start(tmp_path, *words)
    assert modules & HEAVY == set()


def test_status_loads_nothing_of_weight_the_second_time(project):
    start(project, "status")
    for _ in range(2):  # files are remembered two seconds after their last change
        modules, _ = start(project, "status", "--json")
    assert modules & HEAVY == set()


def test_both_take_a_fraction_of_a_second(project):
    start(project, "status")
    bare = min(start(project, "--show-completion", "--help")[1] for _ in range(2))
    assert min(start(project, "status")[1] for _ in range(3)) < 4 * bare
    assert bare < 1.0
