"""Servers on this machine that remotes of DVC live on, and what breaks the line to them. None outlives its block."""

import asyncio
import functools
import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

LOCAL = "127.0.0.1"
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


@dataclass
class Server:
    """Where a remote is.

    Attributes:
        url: as `dvc remote add` takes it.
        port: on which it listens; None for a folder.
        options: for `dvc remote modify`.
        folder: where its objects lie on this machine; None for S3.
        s3: address of the S3 server, else None.
    """

    url: str
    port: int | None = None
    options: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None
    s3: str | None = None

    def through(self, line):
        """The same behind another port."""
        url = self.url.replace(f":{self.port}", f":{line.port}")
        options = {key: value.replace(f":{self.port}", f":{line.port}") for key, value in self.options.items()}
        return Server(url, line.port, options, self.folder, self.s3)

    def client(self):
        import boto3

        keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests", "region_name": "us-east-1"}
        return boto3.client("s3", endpoint_url=self.s3, **keys)

    def read(self, oid):
        """Bytes of an object; None if there is none."""
        if self.folder:
            file = self.folder / "files/md5" / oid[:2] / oid[2:]
            return file.read_bytes() if file.exists() else None
        client = self.client()
        with suppress(client.exceptions.NoSuchKey):
            return client.get_object(Bucket="cast", Key=f"dvc/files/md5/{oid[:2]}/{oid[2:]}")["Body"].read()
        return None

    def write(self, oid, data):
        """Puts other bytes there; None takes the object away."""
        if self.folder:
            file = self.folder / "files/md5" / oid[:2] / oid[2:]
            file.chmod(0o644)
            return file.unlink() if data is None else file.write_bytes(data)
        key = {"Bucket": "cast", "Key": f"dvc/files/md5/{oid[:2]}/{oid[2:]}"}
        client = self.client()
        return client.delete_object(**key) if data is None else client.put_object(**key, Body=data)


def free_port():
    with socket.socket() as one:
        one.bind((LOCAL, 0))
        return one.getsockname()[1]


def wait_for(port, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection((LOCAL, port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


@contextmanager
def process(command, port, **more):
    """A program that listens on a port while the block lasts."""
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    try:
        wait_for(port)
        yield
    finally:
        running.terminate()
        running.wait()


@contextmanager
def folder(top):
    """A folder, such as that of a mounted disk."""
    (top / "disk").mkdir()
    yield Server(str(top / "disk"), folder=top / "disk")


def keys(top):
    """A key of a host and one of a client, in files."""
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", top / name], check=True)
    shutil.copy(top / "client.pub", top / "authorized")


def ssh_server(top, port):
    (top / "disk").mkdir()
    return Server(f"ssh://{LOCAL}:{port}{top}/disk", port, {"keyfile": str(top / "client")}, top / "disk")


@contextmanager
def sshd(top):
    """OpenSSH's own server with keys and settings of its own."""
    keys(top)
    port = free_port()
    settings = {
        "Port": port,
        "ListenAddress": LOCAL,
        "HostKey": top / "host",
        "AuthorizedKeysFile": top / "authorized",
        "StrictModes": "no",
        "UsePAM": "no",
        "PidFile": "none",
        "PasswordAuthentication": "no",
        "Subsystem": "sftp internal-sftp",
    }
    (top / "sshd_config").write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
    Path("/run/sshd").mkdir(exist_ok=True) if os.getuid() == 0 else None
    with process([SSHD, "-D", "-f", top / "sshd_config"], port):
        yield ssh_server(top, port)


@contextmanager
def ssh(top):
    """The SFTP server of asyncssh, the library that DVC's client uses too."""
    import asyncssh

    for name in ("host", "client"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(top / name)
        key.write_public_key(top / f"{name}.pub")
    shutil.copy(top / "client.pub", top / "authorized")
    loop, port = asyncio.new_event_loop(), free_port()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    files = {"server_host_keys": [str(top / "host")], "authorized_client_keys": str(top / "authorized")}

    async def listen():
        return await asyncssh.listen(LOCAL, port, sftp_factory=True, **files)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    try:
        yield ssh_server(top, port)
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(server.wait_closed(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@contextmanager
def s3(top):
    """S3 by moto, with a bucket `cast`."""
    port = free_port()
    with process([sys.executable, "-m", "moto.server", "-H", LOCAL, "-p", str(port)], port, cwd=top):
        address = f"http://{LOCAL}:{port}"
        server = Server("s3://cast/dvc", port, {"endpointurl": address}, s3=address)
        server.client().create_bucket(Bucket="cast")
        yield server


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, to be read only."""

    def log_message(self, *_):
        pass


@contextmanager
def http_folder(top):
    """A folder that others read by HTTP; whoever writes to it does so on its disk."""
    (top / "disk").mkdir()
    with http.server.ThreadingHTTPServer((LOCAL, 0), functools.partial(Quiet, directory=str(top / "disk"))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Server(f"http://{LOCAL}:{server.server_port}", server.server_port, folder=top / "disk")
        server.shutdown()
        thread.join()


KINDS = {"local": folder, "ssh": ssh, "sshd": sshd, "s3": s3, "http": http_folder}


class Line:
    """A line to a server that is cut for good, in both directions, after so many bytes."""

    def __init__(self, port, after):
        self.to, self.left = port, after
        self.listener = socket.create_server((LOCAL, 0))
        self.port = self.listener.getsockname()[1]
        self.sockets, self.lock = [], threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def cut(self):
        return self.left <= 0

    def _accept(self):
        with suppress(OSError):
            while True:
                one, _ = self.listener.accept()
                if self.cut:
                    one.close()
                    continue
                other = socket.create_connection((LOCAL, self.to))
                self.sockets += [one, other]
                for pair in ((one, other), (other, one)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source, sink):
        with suppress(OSError):
            while data := source.recv(16384):
                with self.lock:
                    self.left -= len(data)
                    if self.cut:
                        break
                sink.sendall(data)
        if self.cut:
            self.close()
        for one in (source, sink):
            one.close()

    def close(self):
        for one in [self.listener, *self.sockets]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextmanager
def line_to(server, after):
    """A server behind a line that is cut after so many bytes."""
    with ExitStack() as stack:
        line = Line(server.port, after)
        stack.callback(line.close)
        yield server.through(line), line
