"""Waiting for a lock of the system, which ends with the process that holds it, however that ends."""

import fcntl
import time
from typing import IO


def take(lock: int | IO[str], patience_s: float = 0.0, pause_s: float = 0.05) -> bool:
    """Takes the lock of an open file; False if another process still holds it after `patience_s`.

    Args:
        patience_s: how long it is waited for [s].
        pause_s: how long between two tries [s].
    """
    until = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(pause_s)
