"""The commands: what they print, and how they end."""

import subprocess
import sys


def dramatis(*words):
    return subprocess.run(
        [sys.executable, "-c", "from dramatis.cli.main import main; main()", *words], capture_output=True, text=True
    )


def test_in_and_out(project, clips):
    done = dramatis("add", str(clips / "e1.mp4"))
    assert done.returncode == 0 and "e1: raw/e1.mp4, 00:00:00.500" in done.stdout
    assert "To track the changes with git" not in done.stdout + done.stderr  # DVC's own words
    assert "raw/e1.mp4 → raw/a.mp4" in dramatis("rename", "e1", "a").stdout
    assert dramatis("remove", "a").stdout.startswith("a: raw/a.mp4 and its .dvc file go")


def test_errors_are_one_line(project):
    for words, code, said in (
        (("add", "nothing.mp4"), 1, "error: nothing.mp4: there is no such file or folder"),
        (("add",), 2, "Missing argument"),
        (("rename", "e01"), 2, "Missing argument"),
        (("remove", "e9"), 1, "error: params.yaml: videos.e9: there is no such video"),
    ):
        done = dramatis(*words)
        assert done.returncode == code and said in done.stderr
        assert code == 2 or (done.stderr.count("\n") == 1 and not done.stdout)
