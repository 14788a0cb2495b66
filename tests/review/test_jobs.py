"""Jobs: what a command says while it runs, and how it ends."""

import sys

from waiting import until

from dramatis.review.jobs import ALL, Job, Runner


def job(code):
    return Job([sys.executable, "-c", code])


def test_log_stage_and_progress():
    made = job(
        "import sys\n"
        "print(\"Running stage 'pipelines/dataset/dvc.yaml:cast':\")\n"
        "sys.stderr.write('references:   0%|   | 0/2\\rreferences:  50%|#  | 1/2\\r')\n"
        "sys.stderr.flush()\n"
    )
    made.wait(20)
    assert made.state == "done" and made.stage == "cast" and made.share == 0.5
    assert made.lines == ["Running stage 'pipelines/dataset/dvc.yaml:cast':", "references:  50%|#  | 1/2"]


def test_a_failure_keeps_its_last_words():
    made = job("import sys; sys.exit('error: cast.yaml: it is wrong')")
    made.wait(20)
    assert made.state == "failed" and made.lines[-1] == "error: cast.yaml: it is wrong"


def test_stopped_as_by_ctrl_c():
    made = job("import time\nprint('here', flush=True)\ntime.sleep(60)")
    until(lambda: made.lines)
    made.stop()
    made.wait(20)
    assert made.state == "stopped" and made.ended
    made.stop()
    assert made.state == "stopped"


def test_one_that_heeds_no_ctrl_c_is_ended_when_asked_again():
    made = job("import signal, time\nsignal.signal(2, signal.SIG_IGN)\nprint('here', flush=True)\ntime.sleep(60)")
    until(lambda: made.lines)
    made.stop()
    assert made.state == "stopping"
    made.stop()
    made.wait(20)
    assert made.state == "stopped"


def test_whoever_stops_waits_until_it_has_cleared_up(monkeypatch, tmp_path):
    """So that no other run begins, and nothing is read, before."""
    code = """
import os, signal, time
signal.signal(signal.SIGINT, lambda *_: print("clearing", flush=True))
print("here", flush=True)
until = time.monotonic() + 60
while time.monotonic() < until and not os.path.exists("enough"):
    time.sleep(0.05)
"""
    monkeypatch.chdir(tmp_path)
    runner = Runner()
    runner.job = made = job(code)
    until(lambda: made.lines)
    runner.stop()
    until(lambda: "clearing" in made.lines)
    assert made.state == "stopping" and runner.busy and runner.start(ALL) is made
    (tmp_path / "enough").touch()
    made.wait(20)
    assert made.state == "stopped" and not runner.busy
