"""The wheel, built and installed as a user does it, makes a project that runs."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from conftest import TOP

pytestmark = pytest.mark.slow
SMALL = {"width_px: 480": "width_px: 320", "height_px: 270": "height_px: 180", "episode_s: 44": "episode_s: 12"}


@pytest.fixture(scope="module")
def bin_of(tmp_path_factory) -> Path:
    """Programs of an environment with the wheel; the packages that it needs are those of this one."""
    place = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", place / "dist", TOP], check=True)
    venv.create(place / "venv", with_pip=False)
    python = place / "venv/bin/python"
    [wheel] = (place / "dist").glob("*.whl")
    assert wheel.stat().st_size < 60e6
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--no-index", wheel], check=True)
    outer = next(path for path in sys.path if path.endswith("site-packages"))
    inner = next((place / "venv/lib").glob("python*/site-packages"))
    (inner / "zz_outer.pth").write_text(f"{outer}\n")  # a path in a .pth does not run that folder's own .pth files
    return python.parent


def run(bin_of, where, *command) -> str:
    programs = f"{bin_of}:{Path(sys.executable).parent}:/usr/bin:/bin"
    hidden = ("PYTHONPATH", "VIRTUAL_ENV")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    environment |= {"PATH": programs, "DVC_NO_ANALYTICS": "1", "OMP_WAIT_POLICY": "PASSIVE", "HOME": str(where)}
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout[-1000:]}{done.stderr[-1000:]}"
    return done.stdout


def test_a_project_outside_the_clone(bin_of, tmp_path):
    where = run(bin_of, tmp_path, "python", "-c", "import dramatis; print(dramatis.__file__)")
    assert where.startswith(str(bin_of.parent))
    run(bin_of, tmp_path, "dramatis", "init", "show", "--sample")
    show = tmp_path / "show"
    params = (show / "params.yaml").read_text()
    for old, new in SMALL.items():
        assert old in params
        params = params.replace(old, new)
    (show / "params.yaml").write_text(params)
    run(bin_of, show, "git", "add", "--all")
    assert "are whole" in run(bin_of, show, "dramatis", "check")
    made = run(bin_of, show, "dvc", "repro", "pipelines/videos/dvc.yaml:detect@e01")
    assert "python stages/detect.py e01" in made
    assert (show / "data/detections/e01/detections.parquet").is_file()
    assert "didn't change" in run(bin_of, show, "dvc", "repro", "pipelines/videos/dvc.yaml:detect@e01")


def test_an_upgrade_reruns_the_stage_whose_code_changed(bin_of, tmp_path):
    run(bin_of, tmp_path, "dramatis", "init", "show", "--sample")
    show = tmp_path / "show"
    inner = next((bin_of.parent / "lib").glob("python*/site-packages"))
    code = inner / "dramatis/frames/run.py"
    before = code.read_text()
    try:
        code.write_text(before + "# another version\n")
        said = run(bin_of, show, "dramatis", "upgrade", "--dry-run")
        assert said == "frames: its code changed, so it reruns\n"
        old = (show / "code.yaml").read_text()
        run(bin_of, show, "dramatis", "upgrade")
        changed = {*(show / "code.yaml").read_text().splitlines()} - {*old.splitlines()}
        assert [line.split(":")[0].strip() for line in changed] == ["frames"]
    finally:
        code.write_text(before)
