"""The commands: what they print, and how they end."""

import json
import os
import subprocess
import sys

from conftest import TOP

ENVIRONMENT = os.environ | {"PYTHONPATH": str(TOP / "src")}


def dramatis(*words):
    command = [sys.executable, "-c", "from dramatis.cli.main import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)


def test_in_and_out(project, clips):
    done = dramatis("add", str(clips / "e1.mp4"))
    assert done.returncode == 0 and "e1: raw/e1.mp4, 00:00:00.500" in done.stdout
    assert "To track the changes with git" not in done.stdout + done.stderr  # DVC's own words
    assert "raw/e1.mp4 → raw/a.mp4" in dramatis("rename", "e1", "a").stdout
    assert dramatis("remove", "a").stdout.startswith("a: raw/a.mp4 and its .dvc file go")


def test_one_document_for_scripts(project, clips):
    documents = [
        json.loads(dramatis(*words, "--json").stdout)
        for words in (
            ("add", str(clips / "e1.mp4"), "--dry-run"),
            ("add", str(clips / "e1.mp4"), "--id", "b"),
            ("rename", "b", "a"),
            ("remove", "a"),
        )
    ]
    assert [each["written"] for each in documents] == [False, True, True, True]
    assert [each["videos"] for each in documents] == [
        {"e1": "raw/e1.mp4"},
        {"b": "raw/b.mp4"},
        {"b": None, "a": "raw/a.mp4"},
        {"a": None},
    ]
    assert "b: raw/b.mp4, 00:00:00.500, 160×90, 24 fps" in documents[1]["said"]


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
