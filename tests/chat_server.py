"""A server on this machine that speaks the protocol of chat completions, and misbehaves as it is told."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


def says(text: str | None, status: int = 200, finish: str = "stop", **headers: str) -> Reply:
    """A reply in which the model says something."""
    return sends(json.dumps({"choices": [{"message": {"content": text}, "finish_reason": finish}]}), status, **headers)


def sends(body: str, status: int = 200, **headers: str) -> Reply:
    """A reply of any bytes."""

    def reply(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        data = body.encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return reply


def hangs(seconds: float) -> Reply:
    """A reply that never comes."""
    return lambda handler, _: time.sleep(seconds)


def never_ends(pause_s: float = 0.0, chunk: bytes = b" " * 4096) -> Reply:
    """A reply without end."""

    def reply(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(10_000):
                handler.wfile.write(chunk)
                time.sleep(pause_s)
        except OSError:
            return

    return reply


def drips_headers(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    """One header after the other, without end."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(600):
            handler.wfile.write(f"X-{number}: 1\r\n".encode())
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        return


def breaks_off(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    """Half a reply."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices"')


class Desk:
    """What the server was asked, and what it says: one reply after the other, the last for ever."""

    def __init__(self, address: str, replies: list[Reply]):
        self.address, self.replies = address, replies
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []


@contextmanager
def chat_server(*replies: Reply):
    """A server for the time of a `with`; gives its `Desk`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            desk.asked.append({"path": self.path, **question})
            desk.keys.append(self.headers.get("Authorization"))
            self.close_connection = True
            (desk.replies.pop(0) if len(desk.replies) > 1 else desk.replies[0])(self, question)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    desk = Desk(f"http://127.0.0.1:{server.server_port}/v1", list(replies))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
