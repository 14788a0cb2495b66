"""Jobs: what a command says while it runs, and how it ends."""

import sys
import time

from dramatis.review.jobs import Job


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
    until = time.monotonic() + 20
    while not made.lines and time.monotonic() < until:
        time.sleep(0.05)
    made.stop()
    made.wait(20)
    assert made.state == "stopped"
