"""docs/extending.md: what it shows is put into a copy of the project and run."""

import re
import shutil
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
from clips import PARAMS, film, write_clip
from conftest import TOP

from dramatis.core.params import read_yaml
from dramatis.frames.run import run as frames
from dramatis.pipeline.closure import closure
from dramatis.pipeline.graph import load_stages

PAGE = TOP / "docs/extending.md"
BLOCK = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project with the page's files; those that there are already go on with the page's lines."""
    top = tmp_path_factory.mktemp("extended")
    for name in ("src", "stages", "pipelines"):
        shutil.copytree(TOP / name, top / name, ignore=shutil.ignore_patterns("__pycache__", "*.lock", "*.egg-info"))
    for name in ("dvc.yaml", "params.yaml", "cast.yaml", "captions.yaml", "pyproject.toml"):
        shutil.copy(TOP / name, top)
    for name, text in BLOCK.findall(PAGE.read_text()):
        file = top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text().rstrip("\n") + "\n\n" if file.is_file() else "") + text)
    return top


def python(project, code, *words):
    command = [sys.executable, "-c", code, *words]
    paths = f"{project / 'src'}:{TOP / 'tests'}"
    environment = {"PYTHONPATH": paths, "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_page_shows_whole_files(project):
    names = [name for name, _ in BLOCK.findall(PAGE.read_text())]
    assert len(names) == 8 and all((project / name).is_file() for name in names)
    assert all(not line.endswith(" ") for line in PAGE.read_text().splitlines())


def test_the_shown_code_is_in_our_style(project):
    shown = [name for name, _ in BLOCK.findall(PAGE.read_text()) if name.endswith(".py")]
    for check in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *check, *shown]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


TAGGER = """
import numpy as np
from dramatis.backends.tag import load_tagger
tagger = load_tagger("light", ".")
pictures = [np.full((9, 7, 3), level, np.uint8) for level in (0, 255, 51)]
percent = (100 * tagger.scores(pictures)).round().astype(int)
print(percent.tolist(), tagger.scores([]).shape, tagger.sentences(pictures[:1]))
"""


def test_the_backend(project):
    assert python(project, TAGGER).strip() == "[[0, 100], [100, 0], [20, 80]] (0, 2) [None]"


METHOD = """
import sys
from pathlib import Path
import torch
from lessons import bare, base_model, build, prediction, teach
from dramatis.diffusion.apply import apply
from dramatis.train.methods import names
from tiny_sd import build_tiny_sd

base = build_tiny_sd(Path("work/base"))
assert "cross_attention" in names()
method = build("cross_attention", base)
assert torch.equal(prediction(method), bare(base_model(base)))
share = sum(t.numel() for t in method.parameters()["unet"].values()) / sum(p.numel() for p in method.unet.parameters())
losses = teach(method, 12, 1e-2)
method.save(Path("work/step"))
drawn = base_model(base)
apply(drawn, Path("work/step"))
print(losses[-1] < 0.999 * losses[0], torch.equal(bare(drawn), prediction(method)), 0 < share < 0.2)
"""


def test_the_method(project):
    assert python(project, METHOD).split() == ["True", "True", "True"]


def test_the_stage(project, monkeypatch):
    stage = next(stage for stage in load_stages(project) if stage.name == "light")
    used = {str(file) for file in closure(stage.script, {}, project)}
    listed = {dep for dep in stage.deps if dep.startswith(("src/", "stages/"))}
    assert used == {file for file in used if any(file == dep or file.startswith(f"{dep}/") for dep in listed)}
    images, _ = film()
    clip = write_clip(project / "raw/a.mp4", images)
    params = read_yaml(project / "params.yaml")
    assert params["light"] == {"dark": 0.25}
    frames(PARAMS, video="e01", source=clip, out=project / "data/frames/e01")
    python(project, (project / "stages/light.py").read_text(), "e01")
    rows = pq.read_table(project / "data/light/e01/light.parquet").to_pylist()
    assert [row["shot_id"] for row in rows] == [f"e01-{shot:04d}" for shot in range(len(rows))] and len(rows) == 5
    assert [row["dark"] for row in rows] == [row["brightness"] < 0.25 for row in rows]
    assert rows[2]["brightness"] == min(row["brightness"] for row in rows)
