"""SIGTERM ends a command in one line, after it has cleared up."""

import os
import signal

import pytest

from dramatis.cli import look
from dramatis.cli.main import main


@pytest.fixture
def handlers():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_sigterm_clears_up_and_says_so(monkeypatch, capsys, handlers):
    cleared = []

    def work(*_):
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)  # a second one does not break the clearing up off
            cleared.append(True)

    monkeypatch.setattr("dramatis.cli.status.show_status", work)
    monkeypatch.setattr("sys.argv", ["dramatis", "status"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == look.ENDED and cleared
    assert capsys.readouterr().err.startswith("stopped: ")
