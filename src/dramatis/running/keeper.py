"""The process that outlives a killed `dramatis repro`, only to end what it had started.

The runner holds one end of a pipe, and this program, run by itself with the standard library alone, reads the other:
`+<n>` when a process group is there, `-<n>` when it is gone. The end of the pipe is the end of the runner, however it
came: the groups that are left are then ended, politely first.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable

STOPPING = ((signal.SIGTERM, 8.0), (signal.SIGKILL, 0.0))
"""What the groups are sent, and how long they then have [s]: a stage takes up to 5 to end by itself."""
LOOK_EVERY_S = 0.05


def left_over(lines: Iterable[bytes]) -> list[int]:
    """The groups that were there when the pipe ended."""
    groups: dict[int, None] = {}
    for line in lines:
        kind, number = line[:1], line[1:].strip()
        if number.isdigit() and kind == b"+":
            groups[int(number)] = None
        elif number.isdigit():
            groups.pop(int(number), None)
    return list(groups)


def end(groups: list[int]) -> None:
    """Ends process groups: SIGTERM, then SIGKILL for what is left."""
    for number, seconds in STOPPING:
        groups = [group for group in groups if _send(group, number)]
        until = time.monotonic() + seconds
        while groups and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
            groups = [group for group in groups if _send(group, 0)]


def _send(group: int, number: int) -> bool:
    """Sends a signal to a group (0 only asks); False if nothing of it is left."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # not ours: the number went to others
        return False
    return True


def main() -> None:
    """Reads until the pipe ends. Signals that end the runner must not end this program too."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end(left_over(sys.stdin.buffer))


if __name__ == "__main__":
    main()
