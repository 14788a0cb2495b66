"""A small project of git and DVC with outputs of the real kinds, and its clones; every command is the real client."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tiny_dataset import write_dataset

MAKE = '''\
"""Stands for a stage: `make.py dataset`, `make.py train <run>`, `make.py release <run>`."""
import pathlib, random, shutil, sys
import numpy
from safetensors.numpy import save_file

what, *run = sys.argv[1:]
print("running", what, *run)
if what == "dataset":
    shutil.copytree("made", "data/dataset", dirs_exist_ok=True)
else:
    out = pathlib.Path("models", *(["release"] if what == "release" else []), *run)
    for step in (100, 200) if what == "train" else (200,):
        folder = out / f"step-{step:06d}"
        folder.mkdir(parents=True)
        rng = numpy.random.default_rng([step, len(run[0])])
        save_file({"lora": rng.normal(size=(600, 128)).astype("float32")}, folder / "adapter.safetensors")
'''
DATASET = """\
stages:
  dataset:
    wdir: ../..
    cmd: python make.py dataset
    deps: [make.py, made]
    outs: [data/dataset]
"""
RUNS = """\
vars: [params.yaml]
stages:
  train:
    foreach: ${runs}
    do:
      cmd: python make.py train ${key}
      deps:
        - data/dataset
      params:
        - runs.${key}
      outs:
        - models/${key}
  release:
    foreach: ${runs}
    do:
      cmd: python make.py release ${key}
      deps:
        - models/${key}
      outs:
        - models/release/${key}
"""
FILES = {
    "make.py": MAKE,
    "pipelines/dataset/dvc.yaml": DATASET,
    "dvc.yaml": RUNS,
    "params.yaml": "runs:\n  solo: {rank: 4}\n  twins: {rank: 8}\n",
    ".gitignore": "/data/\n/models/\n/raw/?*\n!/raw/*.dvc\n/work/\n",
}
IDENTITY = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def environment(**more):
    """Of every command: these programs, this code, nobody's own settings."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"DVC_NO_ANALYTICS": "1", "PATH": path, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    aws = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}
    offline = {"HF_ENDPOINT": "http://127.0.0.1:9", "GIT_CONFIG_GLOBAL": os.devnull}
    return os.environ | own | aws | offline | IDENTITY | more


class Project:
    """A clone with a site cache of its own, so that DVC remembers nothing of the others."""

    def __init__(self, top):
        self.top = Path(top)

    def tries(self, *command):
        """A finished command, whatever came of it; `dvc …` and `dramatis …` are those of this environment."""
        if command[0] == "dramatis":
            command = (sys.executable, "-c", "from dramatis.cli.main import main; main()", *command[1:])
        elif command[0] == "dvc":
            command = (sys.executable, "-m", *command)
        own = environment(DVC_SITE_CACHE_DIR=str(self.top.parent / f"{self.top.name}-site"))
        return subprocess.run(command, cwd=self.top, env=own, capture_output=True, text=True, timeout=300)

    def does(self, *command):
        """What a command that succeeds prints."""
        done = self.tries(*command)
        assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout + done.stderr

    def commit(self, message):
        self.does("git", "add", "-A")
        self.does("git", "commit", "-qm", message)

    def clone(self, name):
        """A fresh clone beside it, without any data."""
        self.does("git", "clone", "-q", str(self.top), str(self.top.parent / name))
        return Project(self.top.parent / name)

    def copy(self, folder):
        """Itself, with its cache, in another folder."""
        shutil.copytree(self.top, folder, symlinks=True)
        return Project(folder)

    def contents(self, *below):
        """Bytes of all files under these paths, by path."""
        found = {}
        for path in below or ("data", "models", "raw"):
            files = (self.top / path).rglob("*") if (self.top / path).exists() else ()
            found |= {str(file.relative_to(self.top)): file.read_bytes() for file in files if file.is_file()}
        found.pop("raw/e01.mkv.dvc", None)
        return found

    def object(self, oid):
        """File of an object in the cache."""
        return self.top / ".dvc/cache/files/md5" / oid[:2] / oid[2:]


def make_project(top):
    """The project, in which everything ran once and is committed under the tag v1."""
    project = Project(top)
    for name, text in FILES.items():
        (project.top / name).parent.mkdir(parents=True, exist_ok=True)
        (project.top / name).write_text(text)
    write_dataset(project.top / "made", "cc0-1.0")
    (project.top / "raw").mkdir()
    (project.top / "raw/e01.mkv").write_bytes(bytes(range(256)) * 2000)
    for command in ("git init -q -b main", "dvc init -q", "dvc add -q raw/e01.mkv", "dvc repro"):
        project.does(*command.split())
    project.commit("everything once")
    project.does("git", "tag", "v1")
    return project


def flip(file, place=-1):
    """One bit of a file is another: same size, dates and mode, so that DVC sees nothing."""
    stat = file.stat()
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.chmod(0o644)
    with file.open("r+b") as stream:
        stream.write(data)
    file.chmod(stat.st_mode & 0o777)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
