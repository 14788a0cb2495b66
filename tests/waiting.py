"""Waiting for what other threads and processes do."""

import time


def until(true, limit_s=20):
    """Waits for something to be so, and gives it."""
    end = time.monotonic() + limit_s
    while not (found := true()):
        assert time.monotonic() < end, f"not so after {limit_s} s"
        time.sleep(0.02)
    return found
