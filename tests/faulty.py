"""Small stages for the harness of faults: one that does it right, and some that do not."""

import sys
import textwrap
import time
from pathlib import Path

from conftest import TOP

from dramatis.bench.faults_project import Subject
from dramatis.bench.faults_watch import Bench
from dramatis.core.digests import tree_digest

RIGHT = """
import time
from pathlib import Path
from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage():
        from dramatis.core.tables import read_json, whole_folder
        rows = read_json(Path("data/in/rows.json"), "before")
        with whole_folder(Path("data/out")) as folder:
            for number, row in enumerate(rows):
                (folder / f"{number}.txt").write_text(row * 1000)
                time.sleep(0.04)
"""
HALF = """
import json, time
from pathlib import Path

rows = json.loads(Path("data/in/rows.json").read_text())
Path("data/out").mkdir(exist_ok=True, parents=True)
for number, row in enumerate(rows):
    Path(f"data/out/{number}.txt").write_text(row * 1000)
    time.sleep(0.25)
"""
CREDULOUS = """
import json, sys
from pathlib import Path

text = Path("data/in/rows.json").read_text()
if not text:
    sys.exit("error: data/in/rows.json: it is empty. Put it there")
Path("data/out").mkdir(exist_ok=True, parents=True)
for number, row in enumerate(part.strip(' "[]') for part in text.split(",")):
    Path(f"data/out/{number}.txt").write_text(row * 1000)
"""
"""It takes what is left of a file for the whole."""
SILENT = RIGHT.replace(
    "    with stage",
    "    import sys, dramatis.core.stops as stops; stops.terminate = lambda *_: sys.exit(0)\n    with stage",
)
"""It answers SIGTERM from its first moment on, as `stage` sets it."""
ORPHAN = RIGHT.replace(
    "        rows =",
    "        import subprocess; subprocess.Popen(['sleep', '30'], stderr=subprocess.DEVNULL)\n        rows =",
)


def toy(top: Path, text: str) -> tuple[Bench, Subject]:
    """A project of one stage, and how it is undisturbed."""
    (top / "data/in").mkdir(parents=True)
    (top / "data/in/rows.json").write_text('["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]')
    (top / "stage.py").write_text(textwrap.dedent(text))
    (top / "src").symlink_to(TOP / "src")
    bench = Bench(top, top.parent / "logs")
    start = time.monotonic()
    assert bench.start([sys.executable, "stage.py"]).end().code == 0
    digests = {"data/out": tree_digest(top / "data/out")}
    return bench, Subject("stage", "stage", ("stage.py",), ("data/in",), digests, time.monotonic() - start, 10_000)
