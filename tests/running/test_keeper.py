"""What ends process groups when the program that started them is gone."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from waiting import until

from dramatis.running import keeper
from dramatis.running.keeper import left_over

KEEPER = [sys.executable, "-I", "-S", keeper.__file__]


def test_what_is_left():
    assert left_over([b"+12\n", b"+13\n", b"-12\n", b"+1"]) == [13, 1]
    assert left_over([b"-5\n", b"what\n", b"+\n"]) == []


@given(st.lists(st.integers(2, 30), unique=True), st.data())
def test_those_that_ended_are_left_alone(groups, data):
    ended = data.draw(st.lists(st.sampled_from(groups), unique=True)) if groups else []
    lines = [b"+%d\n" % group for group in groups] + [b"-%d\n" % group for group in ended]
    assert left_over(lines) == [group for group in groups if group not in ended]


def sleeper(*, stubborn=False):
    """A group of two: a shell, and a program that it waits for; a stubborn one does not end when asked."""
    trap = "trap '' TERM; " if stubborn else ""
    process = subprocess.Popen(
        ["sh", "-c", f"{trap}echo there; sleep 60; sleep 60"], stdout=subprocess.PIPE, start_new_session=True
    )
    process.stdout.readline()
    return process


def ignores(process, number):
    status = Path(f"/proc/{process}/status").read_text()
    return bool(int(re.search(r"SigIgn:\s*(\w+)", status)[1], 16) >> (number - 1) & 1)


def test_the_end_of_the_pipe_ends_the_groups_that_are_left():
    left, other = sleeper(), sleeper()
    watching = subprocess.Popen(KEEPER, stdin=subprocess.PIPE)
    watching.stdin.write(f"+{left.pid}\n+{other.pid}\n-{other.pid}\n".encode())
    watching.stdin.flush()
    until(lambda: ignores(watching.pid, signal.SIGINT))
    watching.send_signal(signal.SIGINT)  # as a terminal would
    assert left.poll() is None and watching.poll() is None
    watching.stdin.close()
    assert left.wait(20) == -signal.SIGTERM and watching.wait(20) == 0 and other.poll() is None
    os.killpg(other.pid, signal.SIGKILL)
    other.wait()


def test_what_does_not_end_when_asked_is_killed(monkeypatch):
    stubborn = sleeper(stubborn=True)
    monkeypatch.setattr(keeper, "STOPPING", ((signal.SIGTERM, 0.2), (signal.SIGKILL, 0.0)))
    keeper.end([stubborn.pid])
    assert stubborn.wait(20) == -signal.SIGKILL
