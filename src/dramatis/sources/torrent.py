"""Torrents: fetched by the program aria2c, which also checks each piece."""

import hashlib
import logging
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from dramatis.core.errors import InputError, MissingError
from dramatis.core.pipes import opened
from dramatis.sources.kinds import Torrent, Web
from dramatis.sources.pieces import folder_for
from dramatis.sources.space import check_room
from dramatis.sources.web import fetch

LOG = logging.getLogger("sources")
PROGRAM = "aria2c"
PATIENCE_S = 300
"""How long nothing may come before it ends [s]."""
MOST_DEPTH = 32
READOUT = re.compile(rb"\[#\w+ ([\d.]+)(\w*B)/([\d.]+)(\w*B)")
UNITS = {b"B": 1, b"KiB": 1 << 10, b"MiB": 1 << 20, b"GiB": 1 << 30}
ENDS = {
    7: "it was stopped before the end: nobody sent a piece of it for a while",
    9: "the disk is too small",
    2: "nobody answered in time",
    26: "this is no torrent",
}
"""What aria2c's exit codes mean; its manual lists all."""
OPTIONS = (
    "--no-conf=true", "--seed-time=0", "--continue=true", "--check-integrity=true", "--file-allocation=none",
    "--follow-torrent=false", "--console-log-level=error", "--summary-interval=1", "--show-console-readout=false",
    "--download-result=hide", "--enable-color=false", "--allow-overwrite=true", "--auto-file-renaming=false",
)  # fmt: skip


class Arrived(NamedTuple):
    """What a torrent brought.

    Attributes:
        path: its file, or the folder that holds its files.
        urn: by which anybody finds the same torrent again: `urn:btih:…`, or `urn:btmh:…` of one of version 2 alone.
    """

    path: Path
    urn: str


def fetch_torrent(
    torrent: Torrent, parts: Path, copies: int = 1, patience_s: int = PATIENCE_S, extra: tuple[str, ...] = ()
) -> Arrived:
    """Brings the files of a torrent; goes on where an earlier try ended.

    Args:
        copies: how often the files will be on the disk in the end, for the room that they take.
        extra: more options of aria2c.

    Raises:
        MissingError: aria2c is not installed.
        InputError: it is no torrent, nobody sends it, or the disk is too small.
    """
    program = shutil.which(PROGRAM)
    if not program:
        problem = "torrents are fetched by the program aria2c, which is not installed"
        raise MissingError(torrent.shown, problem, "Install it (`apt install aria2`, `brew install aria2`)")
    folder = folder_for(parts, torrent.link)
    folder.mkdir(parents=True, exist_ok=True)
    options = (*OPTIONS, f"--stop-with-process={os.getpid()}", f"--bt-stop-timeout={patience_s}", *extra)
    about = _about(torrent, folder, parts, (program, *options))
    inside = read_torrent(about, torrent.shown)
    check_room(folder, _bytes(inside) * copies, torrent.shown)
    files = folder / "files"
    _run((program, *options, f"--dir={files.absolute()}", f"--torrent-file={about.absolute()}"), torrent, folder)
    return Arrived(_whole(files, torrent), urn_of(about.read_bytes()))


def _about(torrent: Torrent, folder: Path, parts: Path, command: tuple[str, ...]) -> Path:
    """The torrent's description: a file, a download, or from those who have it."""
    if not torrent.link.startswith("magnet:"):
        return fetch(Web(torrent.link, None), parts).file if "://" in torrent.link else Path(torrent.link)
    found = sorted(folder.glob("*.torrent"))
    if not found:
        asked = ("--bt-metadata-only=true", "--bt-save-metadata=true", f"--dir={folder.absolute()}", torrent.link)
        _run((*command, *asked), torrent, folder)
        found = sorted(folder.glob("*.torrent"))
    if not found:
        raise InputError(torrent.shown, "nobody said what is in it", "Try again later, or another torrent")
    return found[0]


def _run(command: tuple[str, ...], torrent: Torrent, folder: Path) -> None:
    """Runs aria2c, shows how far it is, and ends it with this process."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    last = b""
    try:
        bar = tqdm(desc=torrent.shown[:40], unit="B", unit_scale=True, disable=None, leave=False)
        with bar:
            for line in opened(program.stdout):
                shown = READOUT.match(line)
                if shown:
                    done, unit, total, of = shown.groups()
                    bar.total = int(float(total) * UNITS.get(of, 1)) or None
                    bar.update(int(float(done) * UNITS.get(unit, 1)) - bar.n)
                elif b"ERROR" in line:
                    last = line
        code = program.wait()
    except KeyboardInterrupt:
        LOG.info("%s is kept: the same command goes on from there", folder)
        raise
    finally:
        if program.poll() is None:
            program.send_signal(signal.SIGINT)  # it then writes down how far it came
            program.wait()
        opened(program.stdout).close()
    if code:
        said = " ".join(last.decode(errors="replace").split())[:200]
        reason = ENDS.get(code, f"aria2c ended with code {code}{': ' if said else ''}{said}")
        raise InputError(torrent.shown, reason, f"Try again: what came is kept in {folder}")


def _whole(files: Path, torrent: Torrent) -> Path:
    found = [path for path in files.iterdir() if not path.name.endswith(".aria2")] if files.is_dir() else []
    if len(found) != 1:
        raise InputError(torrent.shown, f"it left {len(found)} things in {files}", "Take that folder away, try again")
    if any(path.is_symlink() for path in (found[0], *found[0].rglob("*"))):
        raise InputError(torrent.shown, "there is a link among its files", "Look for another torrent")
    return found[0]


def read_torrent(file: Path, place: str) -> dict[bytes, Any]:
    """What a torrent's description says under `info`.

    Raises:
        InputError: it is no torrent.
    """
    try:
        described, end = _value(file.read_bytes(), 0, 0)
        info = described[b"info"]
        if not isinstance(info[b"name"], bytes) or _bytes(info) < 0:
            raise ValueError("name and lengths")
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(place, f"this is no torrent ({error})", "Get another copy of it") from None
    return info


def urn_of(described: bytes) -> str:
    """The name of a sound torrent: the digest of what its description says under `info` (BEP 9, BEP 52)."""
    at = 1  # behind the `d` that opens it
    while True:
        key, at = _value(described, at, 1)
        value, end = _value(described, at, 1)
        if key == b"info":
            inside = described[at:end]
            if b"pieces" in value:
                return f"urn:btih:{hashlib.sha1(inside, usedforsecurity=False).hexdigest()}"
            return f"urn:btmh:1220{hashlib.sha256(inside).hexdigest()}"
        at = end


def _bytes(info: dict[bytes, Any]) -> int:
    return sum(file[b"length"] for file in info.get(b"files", [info]))


def _value(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    """One bencoded value that begins at a place, and where it ends (BEP 3)."""
    kind = data[at : at + 1]
    if depth > MOST_DEPTH or not kind:
        raise ValueError("it ends early" if not kind else "it is nested too deep")
    if kind == b"i":
        end = data.index(b"e", at)
        return int(data[at + 1 : end]), end + 1
    if kind in b"dl":
        items, at = [], at + 1
        while data[at : at + 1] != b"e":
            item, at = _value(data, at, depth + 1)
            items.append(item)
        return (dict(zip(items[::2], items[1::2], strict=True)) if kind == b"d" else items), at + 1
    colon = data.index(b":", at)
    end = colon + 1 + int(data[at:colon])
    if not data[at:colon].isdigit() or end > len(data):
        raise ValueError("it ends early")
    return data[colon + 1 : end], end
