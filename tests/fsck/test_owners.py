"""Whose an object is: by hand, in a repository of three commits without any data."""

import os
import subprocess

import pytest

from dramatis.fsck.outs import Out
from dramatis.fsck.owners import owners_of
from dramatis.fsck.report import SHOWN, WORKSPACE, Checked, Finding, Owner, Report

A, B, C, LIST = "a" * 32, "b" * 32, "c" * 32, "d" * 32 + ".dir"
LOCK = "schema: '2.0'\nstages:\n  train@solo:\n    cmd: x\n    outs:\n    - path: models/solo\n      md5: {}\n"
NAMES = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@pytest.fixture
def history(tmp_path):
    """Three commits: the output is A, then the folder LIST, then B; and a video C beside them."""
    own = os.environ | NAMES | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_COMMITTER_DATE": "2026-11-20T12:00:00Z"}

    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=tmp_path, env=own, check=True, capture_output=True, text=True)

    git("init", "-q")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/e01.mkv.dvc").write_text(f"outs:\n- md5: {C}\n  path: e01.mkv\n")
    (tmp_path / "broken.lock").write_text(f"{A}: [not: yaml")
    commits = []
    for oid in (A, LIST, B):
        (tmp_path / "dvc.lock").write_text(LOCK.format(oid))
        git("add", "-A")
        git("commit", "-qm", oid)
        commits.append(git("rev-parse", "HEAD").stdout[:10])
    return tmp_path, commits


def test_worked_example(history):
    top, commits = history
    outs = [Out("models/solo", "train@solo", B, "md5", True, True, None)]
    files = {LIST: {"step/x.safetensors": A}}
    found = owners_of([A, B, C, "e" * 32], outs, files, top)
    assert found == {
        A: (
            Owner("models/solo/step/x.safetensors", "train@solo", f"{commits[1]} (2026-11-20)"),
            Owner("models/solo", "train@solo", f"{commits[0]} (2026-11-20)"),
        ),
        B: (Owner("models/solo", "train@solo", WORKSPACE),),
        C: (Owner("raw/e01.mkv", "raw/e01.mkv.dvc", f"{commits[0]} (2026-11-20)"),),
    }


def test_without_git_the_workspace_is_all_there_is(tmp_path):
    outs = [Out("models/solo", "train@solo", B, "md5", True, True, None)]
    assert owners_of([A, B], outs, {}, tmp_path) == {B: (Owner("models/solo", "train@solo", WORKSPACE),)}


def test_words_and_exit_code():
    owners = tuple(Owner(f"data/{number}", "crops@e01", WORKSPACE) for number in range(SHOWN + 2))
    found = Finding("cache", "corrupt", A, f".dvc/cache/files/md5/aa/{'a' * 30}", 4_500_000, "", owners)
    assert found.left("look").lines() == [
        f"corrupt in cache: {A}, 4.5 MB: its bytes are not what its name says",
        *(f"  data/{number} of crops@e01, workspace" for number in range(SHOWN)),
        "  and 2 more",
        f"  .dvc/cache/files/md5/aa/{'a' * 30}",
        "  -> look",
    ]
    checked = Checked("cache", 3, 1_000_000, 0.5)
    assert checked.line([]) == "cache: 3 files, 1.0 MB, 2.0 MB/s: sound"
    assert checked.line([found, found.mended("done")]) == "cache: 3 files, 1.0 MB, 2.0 MB/s: 1 corrupt, 1 repaired"
    assert not Report(findings=[found]).clean
    assert Report(findings=[found.mended("done")]).clean
    assert Report(findings=[found]).as_json()["findings"][0]["owners"][0]["stage"] == "crops@e01"
