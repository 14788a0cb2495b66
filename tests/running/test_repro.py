"""`dramatis repro` on a project that DVC really runs."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from dramatis.running.processes import complaint, last_words, outputs_of

COMMAND = [sys.executable, "-c", "from dramatis.cli.main import main; main()", "repro"]


def lock_of(project):
    return yaml.safe_load((project.top / "dvc.lock").read_text())


def test_one_stage_and_what_it_needs(project):
    shown = project.dramatis("repro", "two@a", "--dry-run").stdout.splitlines()
    assert [line.split()[:2] for line in shown[:-1]] == [["1", "one@a"], ["2", "two@a"]] and shown[
        -1
    ] == "2 may run, 0 stand"
    assert not (project.top / "dvc.lock").exists()
    done = project.dramatis("repro", "two@a")
    assert done.returncode == 0 and done.stdout.splitlines()[-1].startswith("2 done; ")
    assert lock_of(project)["stages"].keys() == {"one@a", "two@a"}
    assert "Running stage 'two@a'" in (project.top / "work/logs/two@a.log").read_text()


def test_what_cannot_run_is_one_line(project):
    for arguments, said in {
        ("onee",): "error: onee: there is no such stage. Name one such as one",
        ("-j", "0"): "Invalid value for '--jobs'",
    }.items():
        assert said in project.dramatis("repro", *arguments).stderr
    (project.top / "dvc.yaml").write_text("stages: {a: {cmd: x, outs: [d]}, b: {cmd: x, outs: [d]}}")
    assert project.dramatis("repro").stderr.startswith("error: dvc.yaml: DVC says: output 'd' is specified in")
    (project.top / "dvc.yaml").unlink()
    assert project.dramatis("repro").stderr.startswith("error: dvc.yaml: there is no such file")


@pytest.mark.slow
def test_the_same_as_dvc_repro(project, tmp_path):
    """The locks hold the same, whatever the number of jobs; then nothing is left to do, and git sees no data."""
    other = type(project)(tmp_path / "other")
    shutil.copytree(project.top, other.top)
    other.ok("dvc", "repro")
    done = project.dramatis("repro", "-j", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert lock_of(project) == lock_of(other) and len(lock_of(project)["stages"]) == 7
    assert {line[0] for line in project.order()} == {f"data/{x}/{i}" for x in ("one", "two") for i in "abc"} | {
        "data/join"
    }
    again = project.dramatis("repro", "-j", "3")
    assert again.stdout == "7 up to date\n" and again.returncode == 0
    assert other.ok("dvc", "status").strip().endswith("up to date.")
    assert project.ok("git", "status", "--short").split() == ["??", "dvc.lock"]
    assert project.ok("dvc", "status").strip().endswith("up to date.")
    project.edit("params.yaml", "b: {text: x", "b: {text: y")  # two@b writes the same as before
    assert "join" not in project.dramatis("repro", "-j", "2").stdout
    project.edit("params.yaml", "b: {text: y", "b: {text: x")  # ran before
    assert "one@b  from the cache" in project.dramatis("repro", "-j", "2").stdout
    assert lock_of(project) == lock_of(other)


@pytest.mark.slow
def test_a_failure_is_named_and_others_end(project):
    project.edit("params.yaml", "a: {text: x, wait: 0}", "a: {text: fail, wait: 1}")
    project.edit("params.yaml", "b: {text: x, wait: 0}", "b: {text: x, wait: 10}")
    done = project.dramatis("repro", "-j", "2")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "error: one@a: one@a failed: step.py: text = 'fail': must be another. Change it (work/logs/one@a.log). Mend"
    )
    assert (project.top / "data/one/b").read_text() == "x" and not (project.top / "data/one/a").exists()
    assert project.ok("git", "status", "--short").split() == ["M", "params.yaml", "??", "dvc.lock"]
    assert lock_of(project)["stages"].keys() == {"one@b"}
    kept = project.dramatis("repro", "-j", "2", "--keep-going")
    assert kept.returncode == 1 and lock_of(project)["stages"].keys() == {"one@b", "two@b", "one@c", "two@c"}
    assert project.ok("git", "status", "--short").split() == ["M", "params.yaml", "??", "dvc.lock"]
    project.edit("params.yaml", "a: {text: fail, wait: 1}", "a: {text: x, wait: 0}")
    assert project.dramatis("repro", "-j", "2").returncode == 0 and len(lock_of(project)["stages"]) == 7


def begun(project):
    """`dramatis repro` with two stages at work, each for a minute."""
    for name in "ab":
        project.edit("params.yaml", f"{name}: {{text: x, wait: 0}}", f"{name}: {{text: x, wait: 60}}")
    process = subprocess.Popen(
        [*COMMAND, "-j", "2"],
        cwd=project.top,
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    until = time.monotonic() + 60
    while not (project.top / "work/order.txt").exists() or len(project.order()) < 2:
        assert time.monotonic() < until and process.poll() is None
        time.sleep(0.05)
    return process


def workers(project):
    """Processes that work in the project's folder."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                folder = os.readlink(f"/proc/{name}/cwd")
                command = Path(f"/proc/{name}/cmdline").read_bytes()
            except OSError:
                continue
            if folder == str(project.top) and command:
                found.append(command)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_all_and_waits(project, number, code):
    process = begun(project)
    busy = project.dramatis("repro")
    assert busy.returncode == 1 and "another `dramatis repro` runs here" in busy.stderr
    assert "another `dramatis repro` runs here" in project.dramatis("prune").stderr
    process.send_signal(number)
    _, said = process.communicate(timeout=40)
    assert process.returncode == code and said.count("\n") == 1 and said.startswith("stopped")
    assert workers(project) == []
    for name in "ab":
        project.edit("params.yaml", f"{name}: {{text: x, wait: 60}}", f"{name}: {{text: x, wait: 0}}")
    assert project.dramatis("repro", "-j", "2").returncode == 0 and len(lock_of(project)["stages"]) == 7


@pytest.mark.slow
def test_all_ends_when_the_runner_is_killed(project):
    """Also stages of others, which do not look for their parent themselves, as `step.py` here."""
    process = begun(project)
    process.kill()
    process.wait()
    gone(project)


@pytest.mark.slow
@pytest.mark.parametrize("after_s", (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8))
def test_nothing_starts_after_the_runner_was_killed(project, after_s):
    """Whatever it was about to start: DVC as it comes up, the shell of a stage, a stage that loads its libraries."""
    for name in "ab":
        project.edit("params.yaml", f"{name}: {{text: x, wait: 0}}", f"{name}: {{text: x, wait: 60}}")
    process = subprocess.Popen([*COMMAND, "-j", "2"], cwd=project.top, env=project.environment, stdout=subprocess.PIPE)
    process.stdout.readline()  # the first has started
    time.sleep(after_s)
    process.kill()
    process.wait()
    gone(project)


def gone(project):
    """Waits until nothing works in the project's folder any more."""
    until = time.monotonic() + 15
    while workers(project):
        assert time.monotonic() < until, workers(project)
        time.sleep(0.1)


@pytest.mark.slow
def test_gpu_slots_are_shared(project, monkeypatch):
    """Three stages want a GPU, two at a time may have one; what they see is the slot's."""
    project.edit("params.yaml", "device: cpu", "device: cuda")
    for name in "abc":
        project.edit("params.yaml", f"{name}: {{text: x, wait: 0}}", f"{name}: {{text: x, wait: 2}}")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    done = project.dramatis("repro", "one", "-j", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    running = set()
    for out, gpu, kind, _ in project.order():
        (running.add if kind == "start" else running.discard)((out, gpu))
        assert len({slot for _, slot in running}) == len(running) <= 2
    assert {line[1] for line in project.order()} == {"4", "7"} and "started on GPU 7" in done.stdout


@pytest.mark.slow
def test_a_tracked_file_that_changed_is_taken_in(project):
    (project.top / "raw").mkdir()
    (project.top / "raw/a.txt").write_text("1")
    project.edit("dvc.yaml", "    deps: [step.py, data/two]", "    deps: [step.py, data/two, raw/a.txt]")
    project.ok("dvc", "add", "-q", "raw/a.txt")
    assert project.dramatis("repro", "-j", "3").returncode == 0
    (project.top / "raw/a.txt").write_text("22")
    done = project.dramatis("repro", "-j", "3")
    assert done.returncode == 0 and "raw/a.txt.dvc" in done.stdout and "join  done" in done.stdout
    assert project.ok("dvc", "status").strip().endswith("up to date.")


def test_what_dvc_says_of_outputs(tmp_path, monkeypatch):
    """The files of a folder that the cache lists, by their paths from the top; else the folder as one."""
    monkeypatch.chdir(tmp_path)
    lock, listed = tmp_path / "p/v/dvc.lock", tmp_path / ".dvc/cache/files/md5/ab/cd.dir"
    for file, value in {
        lock: {
            "stages": {"a": {"outs": [{"path": "d/f", "md5": "abcd.dir"}, {"path": "m.json", "md5": "12"}]}, "b": {}}
        },
        listed: [{"relpath": "x/1.json", "md5": "34"}],
        tmp_path / "raw/a.mkv.dvc": {"outs": [{"path": "a.mkv", "md5": "56"}]},
    }.items():
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(value))
    assert outputs_of("p/v/dvc.yaml:a", ".") == {"d/f/x/1.json": "34", "m.json": "12"}
    assert outputs_of("p/v/dvc.yaml:a", "p/v")["p/v/m.json"] == "12"
    assert outputs_of("raw/a.mkv.dvc", "raw") == {"raw/a.mkv": "56"}
    listed.write_text("{")
    assert outputs_of("p/v/dvc.yaml:a")["d/f"] == "abcd.dir"
    assert outputs_of("p/v/dvc.yaml:b") is outputs_of("p/v/dvc.yaml:c") is outputs_of("d") is None


def test_what_a_stage_said_last(tmp_path):
    log = tmp_path / "log"
    log.write_text("Running stage 'x':\n> python x\n 10%|#\r 20%|##\r")
    assert last_words(log) == "20%|##"
    log.write_text(
        "> python x\nTraceback\nKeyError: 'a'\nERROR: failed to reproduce 'x': failed to run: python x, exited with 1\n"
    )
    assert complaint(log) == "KeyError: 'a'"
    log.write_text("> x\nerror: a: b. Do c\nlast\nERROR: failed to reproduce 'x': failed to run: x, exited with 1\n")
    assert complaint(log) == "a: b. Do c"
    log.write_text("ERROR: 'dvc.yaml' is invalid.\n")
    assert complaint(log) == "ERROR: 'dvc.yaml' is invalid."
    log.write_text("")
    assert complaint(log) == "it printed nothing"
