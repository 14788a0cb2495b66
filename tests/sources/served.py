"""A web server on this machine that behaves as badly as it is told to."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Shelf:
    """One file behind one path, and how it is given away.

    Attributes:
        body: the file.
        statuses: answers before the first good one.
        cuts: after how many bytes the line is cut, answer by answer; then it is not.
        ranges: whether parts are given.
        etags: ETag of each answer; the last one stays.
        claims: Content-Length instead of the true one; 0: none is sent.
        location: where it leads to, if it leads on.
        pause_s: wait before each of ten pieces of the body [s].
        headers: what else is said.
        asked: headers of each request.
    """

    body: bytes = b""
    statuses: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    ranges: bool = True
    etags: list[str] = field(default_factory=lambda: ['"one"'])
    claims: int | None = None
    location: str | None = None
    pause_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        shelf = self.server.shelves.get(self.path.partition("?")[0])
        self.close_connection = True
        if shelf is None:
            self.send_error(404)
            return
        shelf.asked.append({key.lower(): value for key, value in self.headers.items()})
        if shelf.location:
            self._head(302, {"Location": shelf.location, "Content-Length": "0"})
        elif shelf.statuses:
            self._head(shelf.statuses.pop(0), {"Content-Length": "0", **shelf.headers})
        else:
            self._give(shelf)

    def _give(self, shelf):
        etag = shelf.etags.pop(0) if len(shelf.etags) > 1 else shelf.etags[0] if shelf.etags else ""
        wanted, unless = self.headers.get("Range"), self.headers.get("If-Range")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and shelf.ranges else 0
        if start and unless and unless != etag:
            start = 0
        about = shelf.headers | ({"ETag": etag} if etag else {})
        if start >= len(shelf.body) > 0:
            self._head(416, about | {"Content-Range": f"bytes */{len(shelf.body)}", "Content-Length": "0"})
            return
        body = shelf.body[start:]
        if start:
            about["Content-Range"] = f"bytes {start}-{len(shelf.body) - 1}/{len(shelf.body)}"
        if shelf.claims != 0:
            about["Content-Length"] = str(len(body) if shelf.claims is None else shelf.claims - start)
        self._head(206 if start else 200, about)
        until = shelf.cuts.pop(0) if shelf.cuts else len(body)
        size = max(1, -(-until // 10)) if shelf.pause_s else max(1, until)
        for at in range(0, min(until, len(body)), size):
            time.sleep(shelf.pause_s)
            self.wfile.write(body[at : min(at + size, until)])
            self.wfile.flush()

    def _head(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Clients that hang up are part of the tests."""


@contextmanager
def serving(shelves: dict[str, Shelf]) -> Iterator[str]:
    """Serves shelves by path on 127.0.0.1; gives the address that their paths follow."""
    server = Server(("127.0.0.1", 0), Handler)
    server.shelves = shelves
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
