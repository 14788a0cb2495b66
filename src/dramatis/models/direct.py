"""Bytes from an address, by HTTPS alone, gone on with where they were cut off: in this process, or by the next one."""

import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

from tqdm import tqdm

from dramatis.core.errors import InputError

BLOCK = 2**20
WAIT_S = 30.0
"""How long a server may say nothing [s]."""
MOST = 64 * 2**30
"""Bytes that are taken of one file, at most: a server that never ends fills no disk."""
TRIES, PAUSE_S = 5, 1.0
"""How often a connection that broke is made again without a new byte, and how long is waited in between [s]."""
HERE = ("127.0.0.1", "localhost")
AGAIN = "Run it again where there is a network: what has come so far is kept"


class _BrokenError(InputError):
    """A connection that ended early: more may come when it is made again."""


class _Onward(urllib.request.HTTPRedirectHandler):
    """Follows a redirection only to HTTPS (or on this machine); another host is not shown the token."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # noqa: ANN001, ANN201
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if after.scheme != "https" and (before.hostname not in HERE or after.hostname not in HERE):
            raise urllib.error.URLError(f"it leads away from HTTPS, to {newurl}")
        onward = super().redirect_request(req, fp, code, msg, headers, newurl)
        if onward is not None and before.netloc != after.netloc:
            onward.remove_header("Authorization")
        return onward


def download(url: str, part: Path, most: int | None = None, headers: Mapping[str, str] | None = None) -> Path:
    """Fetches `url` into `part`, after the bytes that are there already, and goes on if the connection breaks.

    Args:
        most: bytes that the file has, if that is known; what is longer is refused.
        headers: more to be sent, such as a token.

    Raises:
        InputError: the server is out of reach, says no, stops early again and again, or sends more than it should.
    """
    part.parent.mkdir(parents=True, exist_ok=True)
    tries = TRIES
    while True:
        before = _size(part)
        try:
            return _once(url, part, most, headers or {})
        except _BrokenError as error:
            tries = TRIES if _size(part) > before else tries - 1
            if tries <= 0:
                raise InputError(error.place, error.problem, error.remedy) from None
            time.sleep(PAUSE_S)


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _once(url: str, part: Path, most: int | None, headers: Mapping[str, str]) -> Path:
    have = _size(part)
    if most is not None and have >= most:
        return part
    said = {"User-Agent": "dramatis", **headers, "Accept-Encoding": "identity"}
    request = urllib.request.Request(url, headers=said | ({"Range": f"bytes={have}-"} if have else {}))
    try:
        with urllib.request.build_opener(_Onward).open(request, timeout=WAIT_S) as response:
            _receive(response, url, part, have, most or MOST)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # nothing is behind what is there
            return part
        raise InputError(url, f"the server says no ({error.code}: {error.reason})", AGAIN) from None
    except urllib.error.URLError as error:
        raise InputError(url, f"the server is out of reach ({error.reason})", AGAIN) from None
    except (HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
        raise _BrokenError(url, f"the connection broke ({error or type(error).__name__})", AGAIN) from None
    return part


def _receive(response: HTTPResponse, url: str, part: Path, have: int, most: int) -> None:
    """Writes the body behind what is there, or from the start if the server sends all of it."""
    if response.status == 206:
        told = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        if not told or int(told[1]) != have:
            raise InputError(url, "the server sends another part than the one asked for", "Bring the file by hand")
    else:
        have = 0
    length = response.headers.get("Content-Length")
    total = have + int(length) if length and length.isdigit() else None
    if total is not None and total > most:
        raise InputError(url, f"it is {total} bytes, and at most {most} are expected", "See what lies there")
    bar = tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=part.name, disable=None, leave=False)
    with part.open("ab" if have else "wb") as stream, bar:
        while block := response.read(BLOCK):
            have += len(block)
            if have > most:
                raise InputError(url, f"it sends more than the {most} bytes expected", "See what lies there")
            stream.write(block)
            bar.update(len(block))
    if total is not None and have < total:
        raise _BrokenError(url, f"the connection broke after {have} of {total} bytes", AGAIN)
