"""A small project that DVC really runs: three items, each with two stages, and one stage that reads all."""

import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[1]
STEP = """
import os, pathlib, sys, time
out, text, *rest = sys.argv[1:]
with open("work/order.txt", "a") as order:
    order.write(f"{out} {os.environ.get('CUDA_VISIBLE_DEVICES')} start {time.monotonic()}\\n")
time.sleep(float(rest[0]) if rest else 0)
if text == "fail":
    sys.exit("error: step.py: text = 'fail': must be another. Change it")
pathlib.Path(out).parent.mkdir(parents=True, exist_ok=True)
pathlib.Path(out).write_text(text)
with open("work/order.txt", "a") as order:
    order.write(f"{out} {os.environ.get('CUDA_VISIBLE_DEVICES')} end {time.monotonic()}\\n")
"""
PARAMS = """
one: {device: cpu}
items:
  a: {text: x, wait: 0}
  b: {text: x, wait: 0}
  c: {text: x, wait: 0}
"""
PIPELINE = """
vars: [params.yaml]
stages:
  one:
    foreach: ${items}
    do:
      cmd: python step.py data/one/${key} ${item.text} ${item.wait}
      deps: [step.py]
      params: [one]
      outs: ["data/one/${key}"]
  two:
    foreach: ${items}
    do:
      cmd: python step.py data/two/${key} same
      deps:
        - step.py
        - data/one/${key}
      outs: ["data/two/${key}"]
  join:
    cmd: python step.py data/join all
    deps: [step.py, data/two]
    outs: [data/join]
"""


class Project:
    """A project's folder, and commands in it."""

    source = str(TOP / "src")
    """Where its stages and commands find the package."""

    def __init__(self, top: Path):
        self.top = top

    @property
    def environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return os.environ | {"PATH": path, "PYTHONPATH": self.source, "DVC_NO_ANALYTICS": "1"}

    def call(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run(command, cwd=self.top, env=self.environment, capture_output=True, text=True)

    def ok(self, *command: str) -> str:
        done = self.call(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def dramatis(self, *arguments: str) -> subprocess.CompletedProcess:
        return self.call(sys.executable, "-c", "from dramatis.cli.main import main; main()", *arguments)

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.top / file).read_text()
        assert old in text
        (self.top / file).write_text(text.replace(old, new))

    def order(self) -> list[list[str]]:
        """Output, GPU, start or end, and time, in the order in which stages said so."""
        return [line.split() for line in (self.top / "work/order.txt").read_text().splitlines()]
