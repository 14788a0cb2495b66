"""A lock that somebody holds, and one that becomes free."""

import threading
import time

from dramatis.core.locks import take


def test_it_is_waited_for_as_long_as_is_said(tmp_path):
    file = tmp_path / "lock"
    with file.open("w") as first, file.open("w") as second:
        assert take(first)
        before = time.monotonic()
        assert not take(second) and not take(second, patience_s=0.1, pause_s=0.01)
        assert time.monotonic() - before >= 0.1
        threading.Timer(0.1, first.close).start()
        assert take(second, patience_s=20, pause_s=0.01)
