"""The frame of every stage script, tried on small scripts: ends, orphans, and two at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import TOP
from waiting import until

SLEEPY = """
import sys, time
from pathlib import Path
from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as item:
        from dramatis.core.tables import whole_folder
        with whole_folder(Path("out")) as folder:
            (folder / "item").write_text(item)
            with Path("begun").open("a", 1) as begun:
                begun.write(f"{item}\\n")
                until = time.monotonic() + float(sys.argv[2])
                while time.monotonic() < until and not Path("enough").exists():
                    time.sleep(0.02)
                begun.write(f"{item} done\\n")
"""
POOL = """
import os, time
from pathlib import Path
from dramatis.core.stage import stage

def load():
    Path(f"worker-{os.getpid()}").write_text("")

def work(model, item):
    time.sleep(30)

if __name__ == "__main__":
    with stage():
        from dramatis.core.workers import map_in_order
        list(map_in_order(load, work, range(8), 2))
"""
HALF = POOL.replace(
    "def work(model, item):",
    """
def work(model, item):
    import struct, sys
    frame = sys._getframe()
    while "result_queue" not in frame.f_locals:
        frame = frame.f_back
    os.write(frame.f_locals["result_queue"]._writer.fileno(), struct.pack("!i", 100_000) + b"half")
    Path(f"half-{os.getpid()}").write_text("")
""",
)
"""A worker writes the head of a result of 100,000 bytes to the pool's queue, and four of these."""
SLOW_START = POOL.replace(
    'if __name__ == "__main__":',
    """
if __name__ == "__mp_main__":
    Path(f"starts-{os.getpid()}").write_text("")
    time.sleep(1)
if __name__ == "__main__":""",
)
"""Its workers take a while to load, as those do that import a large library."""
DROPS = """
import ctypes, os, time
from pathlib import Path
from dramatis.core.errors import one_line_errors
from dramatis.core.stage import stage

def ask():
    os.kill(os.getpid(), {number})

def as_another():
    try:
        ask()
    except BaseException:
        pass
    raise AttributeError("partially initialized module")

def in_a_callback():
    ctypes.CFUNCTYPE(None)(ask)()
    time.sleep(30)

def printed():
    ctypes.pythonapi.PyRun_SimpleString(b"import __main__; __main__.ask()")
    time.sleep(30)

def unseen():
    try:
        ask()
    except BaseException:
        pass

if __name__ == "__main__":
    with {frame}():
        {way}()
"""
"""Ways in which a library loses a Ctrl-C."""
ENVIRONMENT = {name: text for name, text in os.environ.items() if name != "DVC_STAGE"} | {
    "PYTHONPATH": str(TOP / "src")
}


def start(folder, text, *arguments, under=(), **more):
    (folder / "script.py").write_text(text)
    command = [*under, sys.executable, "script.py", *arguments]
    return subprocess.Popen(command, cwd=folder, env=ENVIRONMENT | more, stderr=subprocess.PIPE, text=True)


def gone(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_is_one_line_and_leaves_no_scratch(tmp_path, number, code):
    running = start(tmp_path, SLEEPY, "e01", "60")
    until((tmp_path / "begun").exists)
    running.send_signal(number)
    said = running.communicate(timeout=20)[1]
    assert running.returncode == code
    assert said.startswith("stopped: ") and said.count("\n") == 1
    assert {file.name for file in tmp_path.iterdir()} == {"script.py", "begun", "work"}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("way", ["as_another", "in_a_callback", "printed", "unseen"])
@pytest.mark.parametrize("frame", ["stage", "one_line_errors"])
def test_a_signal_that_a_library_loses_is_one_line(tmp_path, frame, way, number, code):
    running = start(tmp_path, DROPS.format(frame=frame, way=way, number=int(number)))
    said = running.communicate(timeout=20)[1]
    assert running.returncode == code
    assert said.startswith("stopped: ") and said.count("\n") == 1


def test_whoever_ignores_ctrl_c_goes_on(tmp_path):
    """As a shell has what it runs in the background do."""
    ignoring = "import os, signal, sys; signal.signal(2, signal.SIG_IGN); os.execv(sys.executable, sys.argv[1:])"
    running = start(tmp_path, SLEEPY, "e01", "60", under=[sys.executable, "-c", ignoring])
    until((tmp_path / "begun").exists)
    running.send_signal(signal.SIGINT)
    (tmp_path / "enough").touch()
    assert running.communicate(timeout=20)[1] == "" and running.returncode == 0


def test_two_at_once_run_one_after_the_other(tmp_path):
    first = start(tmp_path, SLEEPY, "e01", "60")
    until((tmp_path / "begun").exists)
    other = start(tmp_path, SLEEPY, "e02", "0")
    assert other.communicate(timeout=20)[1] == "" and first.poll() is None, "another item need not wait"
    second = start(tmp_path, SLEEPY, "e01", "0")
    time.sleep(0.5)
    (tmp_path / "enough").touch()
    assert second.communicate(timeout=20)[1] == first.communicate(timeout=20)[1] == ""
    lines = (tmp_path / "begun").read_text().splitlines()
    assert [line for line in lines if "e01" in line] == ["e01", "e01 done"] * 2


def test_whoever_waits_too_long_is_told_who_runs_it(tmp_path):
    running = start(tmp_path, SLEEPY, "e01", "60")
    until((tmp_path / "begun").exists)
    impatient = SLEEPY.replace(
        "if __name__", "import dramatis.core.stage\ndramatis.core.stage.PATIENCE_S = 0.1\nif __name__"
    )
    said = start(tmp_path, impatient, "e01", "0").communicate(timeout=20)[1]
    running.kill()
    running.communicate()
    assert said == f"error: stage script@e01: process {running.pid} is running it. Wait until it has ended, or end it\n"


@pytest.mark.parametrize("shell", [False, True])
def test_it_ends_with_the_dvc_that_runs_it(tmp_path, shell):
    """The parent stands in for DVC, with a shell between or not."""
    command = f"{sys.executable} script.py e01 60" + ("; true" if shell else "")
    (tmp_path / "script.py").write_text(SLEEPY)
    parent = f"import subprocess; subprocess.run(['/bin/sh', '-c', {command!r}])"
    running = subprocess.Popen([sys.executable, "-c", parent], cwd=tmp_path, env=ENVIRONMENT | {"DVC_STAGE": "script"})
    until((tmp_path / "begun").exists)
    number = int((tmp_path / "work/locks/script@e01").read_text())
    running.kill()
    running.wait()
    until(lambda: gone(number))
    assert not list(tmp_path.glob(".out.*")) and not (tmp_path / "out").exists()


def test_without_dvc_it_may_outlive_who_started_it(tmp_path):
    (tmp_path / "script.py").write_text(SLEEPY)
    parent = f"import subprocess; subprocess.Popen([{sys.executable!r}, 'script.py', 'e01', '2'])"
    subprocess.run([sys.executable, "-c", parent], cwd=tmp_path, env=ENVIRONMENT, check=True)
    until((tmp_path / "out").exists)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_the_stage(tmp_path, number):
    running = start(tmp_path, POOL)
    until(lambda: len(list(tmp_path.glob("worker-*"))) == 3)  # and the model of the stage itself
    running.send_signal(number)
    said = running.communicate(timeout=20)[1]
    workers = [int(file.name.split("-")[1]) for file in tmp_path.glob("worker-*")]
    until(lambda: all(map(gone, workers)))
    assert "Traceback" not in said
    assert said.count("stopped: ") == (number == signal.SIGTERM)


def test_workers_do_not_answer_ctrl_c_while_they_start(tmp_path):
    """A terminal sends it to them too."""
    running = start(tmp_path, SLOW_START)
    for number in until(lambda: len(found := list(tmp_path.glob("starts-*"))) == 2 and found):
        os.kill(int(number.name.split("-")[1]), signal.SIGINT)
    until(lambda: len(list(tmp_path.glob("worker-*"))) == 3)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=20)[1]
    assert running.returncode == 130 and said.startswith("stopped: ") and said.count("\n") == 1


def test_half_a_result_of_an_ended_worker_is_not_waited_for(tmp_path):
    running = start(tmp_path, HALF)
    until(lambda: list(tmp_path.glob("half-*")))
    running.send_signal(signal.SIGTERM)
    said = running.communicate(timeout=20)[1]
    assert running.returncode == 143 and said.startswith("stopped: ") and said.count("\n") == 1


def test_a_thread_without_memory_ends_the_stage(tmp_path):
    """As that of a pool of workers may be, while the stage waits for its results."""
    text = SLEEPY.replace("until = ", "threading.Thread(target=fail).start(); until = ").replace(
        "import sys, time", "import sys, threading, time\ndef fail():\n    raise MemoryError"
    )
    running = start(tmp_path, text, "e01", "60")
    said = running.communicate(timeout=20)[1]
    assert running.returncode == 1 and said.startswith("error: memory: ") and said.count("\n") == 1
    assert not list(tmp_path.glob(".out.*"))


def test_a_killed_worker_is_one_line(tmp_path):
    running = start(tmp_path, POOL)
    files = until(lambda: len(found := list(tmp_path.glob("worker-*"))) == 3 and found)
    workers = [int(file.name.split("-")[1]) for file in files]
    os.kill(next(number for number in workers if number != running.pid), signal.SIGKILL)
    said = running.communicate(timeout=20)[1]
    assert running.returncode == 1 and said.count("\n") == 1
    assert said.startswith("error: a worker process: it was ended from outside") and "Lower `workers`" in said
