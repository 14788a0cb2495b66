"""Python reads this file as it starts, where this folder is on its path: whoever asks for a network is written down."""

import os
import sys

ASKED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto")


def _watch(event, arguments):
    if event in ASKED:
        address = arguments[1] if event == "socket.connect" else arguments
        if not isinstance(address, str | bytes):  # a name of a file: a socket inside this machine
            with open(os.environ["DRAMATIS_ASKED"], "a") as log:
                log.write(f"{event} {address!r} by {' '.join(sys.argv)[:200]}\n")


if "DRAMATIS_ASKED" in os.environ:
    sys.addaudithook(_watch)
