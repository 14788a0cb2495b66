"""The server as it is started by hand, asked without a browser."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from browser_desk import served
from conftest import TOP
from gallery_desk import CAPTIONS, write_gallery
from review_desk import damage_frame

from dramatis.core.images import decode


@pytest.fixture
def address(project, tmp_path):
    with served(tmp_path, tmp_path / "log") as made:
        yield made


@pytest.fixture
def gallery(project, tmp_path):
    return write_gallery(tmp_path)


def ask(address):
    """Status, headers and body of an answer; the path is sent as it stands."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_only_the_token_opens_and_only_numbers_name_things(address):
    top = address.rsplit("/", 2)[0]
    token = address.split("/")[-2]
    assert address.startswith("http://127.0.0.1:") and len(token) >= 32
    for path in ("/", "/face/1/0.jpg", "/x" * 40, f"/{token}x/", f"/{token[:-1]}/", "//", "/_nicegui_ws/socket.io/"):
        assert ask(top + path)[0] == 403, path
    status, headers, page = ask(address)
    assert status == 200 and b"Dramatis review" in page
    assert headers["Referrer-Policy"] == "no-referrer" and headers["X-Frame-Options"] == "DENY"
    status, headers, picture = ask(address + "face/1/0.jpg")
    assert status == 200 and decode(picture).shape == (128, 128, 3) and "immutable" in headers["Cache-Control"]
    assert ask(address + "frame/1/0.jpg")[0] == ask(address + "reference/1/0.jpg")[0] == 200
    assert b"v@0.000" in ask(address + "about/1/0.json")[2]
    unknown = "face/1/14.jpg face/2/0.jpg face/1/-1.jpg reference/1/9.jpg"
    outside = (
        "params.yaml %2e%2e/cast.yaml face/1/../../params.yaml face/1/%2e%2e%2fparams.yaml clip/1/..%2fcast.yaml.mp4"
    )
    for path in f"{unknown} {outside}".split():
        assert ask(address + path)[0] == 404, path
    status, _, body = ask(address + "clip/1/0.mp4")
    assert status == 422 and b"raw/v.mp4: there is no such file" in body


def test_a_damaged_frame_is_one_line(project, request, tmp_path):
    damage_frame("v", 0)
    status, _, body = ask(request.getfixturevalue("address") + "face/1/0.jpg")
    assert status == 422 and b"its picture cannot be read. Run `dvc repro`" in body
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_pictures_of_captions_are_named_by_number(gallery, address):
    top, token = address.rsplit("/", 2)[0], address.split("/")[-2]
    assert ask(address + "captions")[0] == 200 and ask(top + "/captions")[0] == ask(top + "/small/1/0.jpg")[0] == 403
    status, headers, picture = ask(address + "small/1/3.jpg")
    assert status == 200 and decode(picture).shape == (90, 40, 3) and "immutable" in headers["Cache-Control"]
    kinds = [ask(address + f"whole/1/{n}")[1]["Content-Type"] for n in (0, 4)]
    assert kinds == ["image/png", "image/jpeg"]
    status, headers, body = ask(address + "gallery/1.json")
    assert headers["Content-Type"].startswith("application/json") and headers["X-Content-Type-Options"] == "nosniff"
    assert [row[0] for row in json.loads(body)] == list(CAPTIONS)
    told = json.loads(ask(address + "captions-since/1/0.json")[2])
    assert [row[1] for row in told["rows"]] == list(CAPTIONS.values())
    assert json.loads(ask(address + f"captions-since/1/{told['version']}.json")[2])["rows"] == []
    unknown = "small/1/7.jpg small/2/0.jpg small/1/-1.jpg whole/1/7 gallery/2.json captions-since/9/0.json"
    outside = "captions.yaml small/1/../../captions.yaml whole/1/..%2f..%2fcaptions.yaml whole/1/%2e%2e/params.yaml"
    for path in f"{unknown} {outside}".split():
        assert ask(address + path)[0] == 404, path
    assert token not in body.decode()


def test_a_request_for_the_options_of_the_server_is_refused(address):
    with socket.create_connection(("127.0.0.1", int(address.split(":")[2].split("/")[0]))) as line:
        line.sendall(b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 403")


def test_a_taken_port_is_one_line(address, tmp_path):
    port = address.split(":")[2].split("/")[0]
    command = [
        sys.executable,
        "-c",
        "from dramatis.cli.main import main; main()",
        "review",
        "--no-open",
        "--port",
        port,
    ]
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and f"error: port {port}: it cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_outputs_of_stages_it_says_what_to_run(project, tmp_path):
    (tmp_path / "data/clusters/faces.parquet").unlink()
    command = [sys.executable, "-c", "from dramatis.cli.main import main; main()", "review", "--no-open"]
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and "Run `dvc repro`: stage cluster makes it" in done.stderr


def said(address, path, *headers, version="HTTP/1.1"):
    """The first line of the answer to a request that is sent as it stands, and its headers."""
    with socket.create_connection(("127.0.0.1", int(address.split(":")[2].split("/")[0]))) as line:
        line.settimeout(30)
        last = () if "Connection: Upgrade" in headers else ("Connection: close",)
        line.sendall("\r\n".join([f"GET {path} {version}", *headers, *last, "", ""]).encode("latin-1"))
        answer = b""
        while b"\r\n\r\n" not in answer and (piece := line.recv(65536)):
            answer += piece
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1").lower().split("\r\n")
    return int(head[0].split()[1]), head[1:]


UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: " + "A" * 22 + "==",
)


def test_another_site_gets_nothing_even_with_the_token(address):
    """A page of another site may make its own name mean 127.0.0.1, open sockets and send forms."""
    port, token = address.split(":")[2].split("/")[0], address.split("/")[-2]
    own, page, stream = (
        f"Host: 127.0.0.1:{port}",
        f"/{token}/",
        f"/{token}/_nicegui_ws/socket.io/?EIO=4&transport=websocket",
    )
    assert said(address, page, own)[0] == said(address, page, "Host: localhost:9000")[0] == 200
    assert said(address, page, own, f"Origin: http://127.0.0.1:{port}")[0] == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "127.0.0.1@evil.example", ""):
        assert said(address, page, f"Host: {host}")[0] == 403, host
    assert said(address, page, version="HTTP/1.0")[0] == 403
    assert said(address, page, own, "Host: evil.example")[0] in (400, 403)
    for origin in (
        "http://evil.example",
        "null",
        f"https://127.0.0.1:{port}",
        "http://127.0.0.1:1",
        f"http://localhost:{port}",
    ):
        assert said(address, page, own, f"Origin: {origin}")[0] == 403, origin
        assert said(address, stream, own, f"Origin: {origin}", *UPGRADE)[0] == 403, origin
    assert said(address, stream, own, f"Origin: http://127.0.0.1:{port}", *UPGRADE)[0] == 101


def test_every_answer_says_what_a_browser_may_not_do(address):
    port, token = address.split(":")[2].split("/")[0], address.split("/")[-2]
    wanted = {
        "referrer-policy: no-referrer", "x-content-type-options: nosniff", "x-frame-options: deny",
        "cross-origin-resource-policy: same-origin", "cross-origin-opener-policy: same-origin",
    }  # fmt: skip
    for path in ("/", f"/{token}/", f"/{token}/face/1/0.jpg", f"/{token}/no/such/thing"):
        _, headers = said(address, path, f"Host: 127.0.0.1:{port}")
        assert wanted <= set(headers), path
        policy = next(line for line in headers if line.startswith("content-security-policy: "))
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "http" not in policy


def test_only_this_machine_is_listened_to(address):
    port = int(address.split(":")[2].split("/")[0])
    listening = [
        line.split() for line in Path("/proc/net/tcp").read_text().splitlines() if f":{port:04X} 00000000:0000" in line
    ]
    assert [fields[1] for fields in listening] == [f"0100007F:{port:04X}"]
