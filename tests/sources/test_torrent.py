"""Torrents from a tracker and a seed on this machine, by the real aria2c; where it is not installed, only the rest."""

import hashlib
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.served import Shelf, serving
from waiting import until

from dramatis.core.errors import InputError, MissingError
from dramatis.sources.kinds import Torrent, kind_of
from dramatis.sources.torrent import _value, fetch_torrent, read_torrent, urn_of

PIECE = 1 << 14
BODY = np.random.default_rng(7).bytes(200_000)
ALONE = ("--enable-dht=false", "--bt-enable-lpd=false", "--enable-peer-exchange=false", "--bt-tracker-interval=1")
"""No talk with anybody but the tracker."""
needs_aria2c = pytest.mark.skipif(not shutil.which("aria2c"), reason="aria2c is not installed (apt install aria2)")


def bencoded(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(map(bencoded, value)) + b"e"
    return b"d" + b"".join(bencoded(key) + bencoded(value[key]) for key in sorted(value)) + b"e"


def described(files, name, tracker):
    """A torrent of one file, or of a folder if there are several; and its magnet link."""
    data = b"".join(files.values())
    pieces = b"".join(hashlib.sha1(data[at : at + PIECE]).digest() for at in range(0, len(data), PIECE))
    info = {b"name": name.encode(), b"piece length": PIECE, b"pieces": pieces}
    if len(files) == 1:
        info[b"length"] = len(data)
    else:
        info[b"files"] = [{b"length": len(body), b"path": [file.encode()]} for file, body in files.items()]
    magnet = f"magnet:?xt=urn:btih:{hashlib.sha1(bencoded(info)).hexdigest()}&dn={name}&tr={tracker}"
    return bencoded({b"announce": tracker.encode(), b"info": info}), magnet


class Tracker(BaseHTTPRequestHandler):
    """Tells everybody who asks about everybody who asked (BEP 3, BEP 23)."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query, encoding="latin-1")
        peers = self.server.peers
        peers.add(int(asked["port"][0]))
        packed = b"".join(socket.inet_aton("127.0.0.1") + port.to_bytes(2, "big") for port in sorted(peers))
        body = bencoded({b"interval": 1, b"min interval": 1, b"peers": packed})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def tracking():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tracker)
    server.peers = set()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/announce"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def seeding(folder, torrent, *options):
    """An aria2c that gives away what lies in a folder."""
    command = ["aria2c", "--no-conf=true", *ALONE, "--seed-ratio=0.0", "--check-integrity=true", "--quiet=true"]
    seed = subprocess.Popen([*command, *options, f"--dir={folder}", str(torrent)])
    try:
        yield
    finally:
        seed.terminate()
        seed.wait()


@pytest.fixture
def shared(tmp_path):
    """A folder with what is given away, its torrent and magnet link, while tracker and seed are there."""

    @contextmanager
    def give(files, name, *options):
        folder = tmp_path / "seed"
        folder.mkdir()
        for file, body in files.items():
            to = folder / name if len(files) == 1 else folder / name / file
            to.parent.mkdir(exist_ok=True)
            to.write_bytes(body)
        with tracking() as tracker:
            data, magnet = described(files, name, tracker)
            torrent = tmp_path / "show.torrent"
            torrent.write_bytes(data)
            with seeding(folder, torrent, *options):
                yield str(torrent), magnet

    return give


@needs_aria2c
@pytest.mark.slow
def test_a_file_by_torrent_and_by_magnet(shared, tmp_path):
    with shared({"a": BODY}, "Ümläut %41 -.mp4") as (torrent, magnet):
        found, urn = fetch_torrent(kind_of(torrent), tmp_path / "parts", extra=ALONE, patience_s=30)
        assert (found.name, found.read_bytes()) == ("Ümläut %41 -.mp4", BODY)
        assert f"xt={urn}" in magnet
        found, again = fetch_torrent(kind_of(magnet), tmp_path / "parts", extra=ALONE, patience_s=30)
        assert (found.read_bytes(), again) == (BODY, urn)


@needs_aria2c
@pytest.mark.slow
def test_several_files_from_a_torrent_of_the_web(shared, tmp_path):
    files = {"e1.mkv": BODY[:50_000], "e2.mkv": BODY[50_000:]}
    shelf = Shelf()
    with shared(files, "season") as (torrent, _), serving({"/show.torrent": shelf}) as address:
        shelf.body = Path(torrent).read_bytes()
        kind = kind_of(f"{address}/show.torrent")
        found, _ = fetch_torrent(kind, tmp_path / "parts", extra=ALONE, patience_s=30)
    assert {file.name: file.read_bytes() for file in found.iterdir()} == files


KILLED = """
import sys; from pathlib import Path
from dramatis.sources.kinds import kind_of; from dramatis.sources.torrent import fetch_torrent
fetch_torrent(kind_of(sys.argv[1]), Path(sys.argv[2]), extra=tuple(sys.argv[3:]))
"""


@needs_aria2c
@pytest.mark.slow
def test_a_killed_one_goes_on_and_leaves_no_process(shared, tmp_path):
    body, parts = BODY * 20, tmp_path / "parts"
    with shared({"a": body}, "a.mp4", "--max-upload-limit=400K") as (torrent, _):
        process = subprocess.Popen([sys.executable, "-c", KILLED, torrent, str(parts), *ALONE])
        until(lambda: _came(parts), 60)
        process.kill()
        process.wait()
        until(lambda: not _at_work(parts))  # aria2c looks once a second whether it is still wanted
        assert 0 < _came(parts) < len(body)
        found, _ = fetch_torrent(kind_of(torrent), parts, extra=ALONE, patience_s=60)
        assert found.read_bytes() == body


def _at_work(parts):
    """Processes whose command names the folder."""
    named = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it ended just now
            named += [file.parent.name] * (str(parts).encode() in file.read_bytes())
    return named


def _came(parts):
    return sum(file.stat().st_blocks * 512 for file in parts.rglob("a.mp4"))


@needs_aria2c
@pytest.mark.slow
def test_nobody_has_it(tmp_path):
    with tracking() as tracker:
        data, _ = described({"a": BODY}, "a.mp4", tracker)
        torrent = tmp_path / "a.torrent"
        torrent.write_bytes(data)
        with pytest.raises(InputError, match="nobody sent a piece"):
            fetch_torrent(kind_of(str(torrent)), tmp_path / "parts", extra=ALONE, patience_s=2)


def test_without_the_program(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingError, match=r"aria2c, which is not installed\. Install it \(`apt install aria2`"):
        fetch_torrent(Torrent("magnet:?xt=urn:btih:" + "0" * 40, None), tmp_path)


@pytest.mark.parametrize(
    "data", (b"", b"<html>", b"d4:infoi1ee", b"d4:infod4:name1:aee", b"d4:infod6:lengthi-5e4:name1:aee", b"l" * 5000)
)
def test_what_is_no_torrent(tmp_path, data):
    (tmp_path / "a.torrent").write_bytes(data)
    with pytest.raises(InputError, match="this is no torrent"):
        read_torrent(tmp_path / "a.torrent", "a.torrent")


@needs_aria2c
def test_a_torrent_that_is_too_large(tmp_path):
    info = {b"name": b"a", b"length": 1 << 60, b"piece length": PIECE, b"pieces": b""}
    (tmp_path / "a.torrent").write_bytes(bencoded({b"info": info}))
    with pytest.raises(InputError, match="are free on the disk"):
        fetch_torrent(kind_of(str(tmp_path / "a.torrent")), tmp_path / "parts")


values = st.recursive(
    st.integers() | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.binary(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_bencoding_is_read_as_it_is_written(value):
    assert _value(bencoded(value), 0, 0) == (value, len(bencoded(value)))


def test_the_name_of_a_torrent_is_the_digest_of_its_info():
    one = b"d6:lengthi3e4:name1:a12:piece lengthi16e6:pieces20:" + b"x" * 20 + b"e"
    two = b"d9:file treede12:meta versioni2e4:name1:ae"
    around = b"d8:announce3:url4:info%s5:otheri1ee"
    assert urn_of(around % one) == f"urn:btih:{hashlib.sha1(one).hexdigest()}"
    assert urn_of(around % two) == f"urn:btmh:1220{hashlib.sha256(two).hexdigest()}"
